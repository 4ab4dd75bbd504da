"""Malformed requests get an error or a closed connection; the database keeps running, and its memory stays flat."""

import json
import socket
import zlib

import pytest
import requests
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from dynamodb.database import Database
from dynamodb.schema import table
from support.aws import AUTHORIZATION

SIGNED = {
    "Authorization": AUTHORIZATION,
    "Content-Type": "application/x-amz-json-1.0",
}


def post(database: Database, operation: str, body, **headers: str) -> requests.Response:
    headers = {**SIGNED, "X-Amz-Target": f"DynamoDB_20120810.{operation}", **headers}
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(database.endpoint, data=body, headers={k: v for k, v in headers.items() if v}, timeout=60)


def nested(levels: int) -> dict:
    value: dict = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


SERIALIZATION = "com.amazon.coral.service#SerializationException"
VALIDATION = "com.amazon.coral.validate#ValidationException"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", SERIALIZATION),
        (b"{", SERIALIZATION),
        (b"null", SERIALIZATION),
        (b"[]", SERIALIZATION),
        (b'"text"', SERIALIZATION),
        (b'{"TableName": 1}', SERIALIZATION),
        (b'{"TableName": {}}', SERIALIZATION),
        (b'{"TableName": "ttt", "Item": []}', SERIALIZATION),
        (b'{"TableName": "ttt", "Item": {"p": 1}}', SERIALIZATION),
        (b'{"TableName": "ttt", "Item": {"p": {"S": 1}}}', SERIALIZATION),
        (b'{"TableName": "ttt", "Item": {"p": {"B": "a"}}}', SERIALIZATION),
        (b'{"TableName": "ttt", "Item": {"p": {"S": "\xff"}}}', SERIALIZATION),
        (b'{"TableName": "ttt", "Item": {"p": {"S": "\\ud800"}}}', SERIALIZATION),
        (b'{"TableName": "ttt", "Item": ' + b"[" * 100_000, SERIALIZATION),
        (b'{"TableName": "ttt", "Item": {"p": ' + b'{"L": [' * 100_000, SERIALIZATION),
        (b'{"TableName": "ttt", "Item": {"p": {"N": "' + b"9" * 100_000 + b'"}}}', VALIDATION),
        (b'{"TableName": "ttt", "Item": {"p": {"N": "1e99999999999999999999"}}}', VALIDATION),
        (b'{"TableName": "ttt", "Item": {"p": {"N": "NaN"}}}', VALIDATION),
        (b'{"TableName": "ttt", "Item": {"p": {"N": ""}}}', VALIDATION),
        (b'{"TableName": "ttt", "Item": {"p": {}}}', VALIDATION),
        (b'{"TableName": "ttt", "Item": {"p": {"S": "a", "N": "1"}}}', VALIDATION),
        (b'{"Item": {}}', VALIDATION),
        (json.dumps({"TableName": "ttt", "Item": {"p": nested(40)}}).encode(), VALIDATION),
    ],
)
def test_a_malformed_body_is_rejected(database: Database, body: bytes, kind: str):
    response = post(database, "PutItem", body)
    assert (response.status_code, response.json()["__type"]) == (400, kind), response.text


@pytest.mark.parametrize(
    "text", ["(" * 4096, "NOT " * 1000 + "a = b", "a[" * 2000, "size(" * 800 + "a", "#" * 4000, "a.b" * 1300]
)
@pytest.mark.parametrize("parameter", ["ConditionExpression", "UpdateExpression"])
def test_a_pathological_expression_is_rejected(database: Database, parameter: str, text: str):
    with table(database.client()) as name:
        response = post(database, "UpdateItem", {"TableName": name, "Key": {"p": {"S": "a"}}, parameter: text})
        assert (response.status_code, response.json()["__type"]) == (400, VALIDATION), response.text


def test_a_failed_condition_returns_the_item_only_on_request(database: Database):
    with table(database.client()) as name:
        put = {"TableName": name, "Item": {"p": {"S": "a"}}}
        assert post(database, "PutItem", put).status_code == 200
        put |= {"ConditionExpression": "attribute_not_exists(p)"}
        assert "Item" not in post(database, "PutItem", put).json()
        put |= {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        assert post(database, "PutItem", put).json()["Item"] == {"p": {"S": "a"}}


def test_an_unsupported_operation_is_unknown(database: Database):
    response = post(database, "TransactWriteItems", {})
    assert response.json()["__type"] == "com.amazon.coral.service#UnknownOperationException"


@pytest.mark.parametrize("authorization", ["", "Basic Zm9vOmJhcg=="])
def test_a_request_without_authorization_is_rejected(database: Database, authorization: str):
    response = post(database, "ListTables", {}, Authorization=authorization)
    assert (response.status_code, response.json()) == (
        400,
        {
            "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
            "message": "Request is missing Authentication Token",
        },
    )


def test_an_incomplete_authorization_header_names_the_missing_parameter(database: Database):
    response = post(database, "ListTables", {}, Authorization="AWS4-HMAC-SHA256 Credential=a/b/c/d/e")
    assert response.json()["__type"] == "com.amazon.coral.service#IncompleteSignatureException"
    assert "requires 'Signature' parameter" in response.json()["message"]


def test_a_credential_without_all_parts_of_its_scope_is_rejected(database: Database):
    authorization = "AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=0"
    response = post(database, "ListTables", {}, Authorization=authorization)
    assert response.json()["__type"] == "com.amazon.coral.service#IncompleteSignatureException"
    assert "exactly 5 slash-delimited elements" in response.json()["message"]


def presigned(database: Database) -> str:
    """The URL of a ListTables request whose signature is in the query."""
    request = AWSRequest("POST", database.endpoint, headers=PRESIGNED, data=b"{}")
    SigV4QueryAuth(Credentials("local", "local"), "dynamodb", "us-east-1").add_auth(request)
    return request.prepare().url


PRESIGNED = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}


def test_a_request_with_its_signature_in_the_query_is_served(database: Database):
    response = requests.post(presigned(database), data=b"{}", headers=PRESIGNED, timeout=60)
    assert (response.status_code, list(response.json())) == (200, ["TableNames"])


def test_a_signature_in_both_the_header_and_the_query_is_rejected(database: Database):
    response = requests.post(presigned(database), data=b"{}", headers={**SIGNED, **PRESIGNED}, timeout=60)
    assert (response.status_code, response.json()) == (
        400,
        {
            "__type": "com.amazon.coral.service#InvalidSignatureException",
            "message": "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        },
    )


def test_an_incomplete_signature_in_the_query_names_the_missing_parameter(database: Database):
    url = presigned(database).replace("X-Amz-SignedHeaders", "x")
    response = requests.post(url, data=b"{}", headers=PRESIGNED, timeout=60)
    assert (response.status_code, response.json()) == (
        400,
        {
            "__type": "com.amazon.coral.service#IncompleteSignatureException",
            "message": "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
            "Re-examine the query-string parameters.",
        },
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example"]
)
def test_a_foreign_host_is_rejected(database: Database, host: str):
    assert post(database, "ListTables", {}, Host=host).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8000", "DynamoDB.localhost:80"])
def test_local_host_names_are_accepted(database: Database, host: str):
    assert post(database, "ListTables", {}, Host=host).status_code == 200


@pytest.mark.parametrize("length", [1 << 31, 1 << 63, 1 << 64])
def test_a_huge_content_length_is_rejected_immediately(database: Database, length: int):
    with socket.create_connection(("127.0.0.1", database.port), timeout=60) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n"
            b"Content-Length: %d\r\n\r\n{" % length
        )
        response = b"".join(iter(lambda: connection.recv(65536), b""))
    assert response.startswith(b"HTTP/1.1 413 ")


def test_an_endless_chunked_body_is_cut_off(database: Database):
    before = database.resident_bytes()
    with socket.create_connection(("127.0.0.1", database.port), timeout=60) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        try:
            for _ in range(200):
                connection.sendall(chunk)
        except OSError:
            pass
        else:
            pytest.fail("the database accepted 200 MB")
    assert database.resident_bytes() - before < 150_000_000


def test_truncated_bodies_do_not_block_the_database(database: Database):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", database.port), timeout=60) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    assert post(database, "ListTables", {}).status_code == 200


@pytest.mark.parametrize(
    "head",
    [b"\0" * 1000, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nX: " + b"x" * 200_000],
)
def test_invalid_http_gets_an_error_or_a_closed_connection(database: Database, head: bytes):
    with socket.create_connection(("127.0.0.1", database.port), timeout=60) as connection:
        try:
            connection.sendall(head + b"\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            response = b"".join(iter(lambda: connection.recv(65536), b""))
        except OSError:
            response = b""
    assert response == b"" or response.startswith(b"HTTP/1.1 4"), response[:200]
    assert post(database, "ListTables", {}).status_code == 200


def test_memory_stays_flat_under_malformed_requests(database: Database):
    body = b'{"TableName": "ttt", "Item": {"p": {"S": "' + b"x" * 1_000_000 + b'"}, "q": '
    for _ in range(5):
        post(database, "PutItem", body)
    before = database.resident_bytes()
    for _ in range(60):
        post(database, "PutItem", body)
    assert database.resident_bytes() - before < 40_000_000


def test_responses_carry_a_request_id_and_a_checksum(database: Database):
    for operation in ("ListTables", "PutItem"):
        response = post(database, operation, {})
        assert int(response.headers["x-amz-crc32"]) == zlib.crc32(response.content)
        assert len(response.headers["x-amzn-RequestId"]) == 52
