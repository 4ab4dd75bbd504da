"""Whatever is sent gets an error or a closed connection, the database lives on, and its memory stays flat."""

import json
import socket

import pytest
import requests

from dynamodb.database import Database
from dynamodb.schema import table

SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0",
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
def test_a_malformed_body_is_refused(database: Database, body: bytes, kind: str):
    reply = post(database, "PutItem", body)
    assert (reply.status_code, reply.json()["__type"]) == (400, kind), reply.text


@pytest.mark.parametrize("text", ["(" * 4096, "NOT " * 1000 + "a = b", "a[" * 2000, "size(" * 800 + "a", "#" * 4000, "a.b" * 1300])
@pytest.mark.parametrize("parameter", ["ConditionExpression", "UpdateExpression"])
def test_an_expression_made_to_exhaust_is_refused(database: Database, parameter: str, text: str):
    with table(database.client()) as name:
        reply = post(database, "UpdateItem", {"TableName": name, "Key": {"p": {"S": "a"}}, parameter: text})
        assert (reply.status_code, reply.json()["__type"]) == (400, VALIDATION), reply.text


def test_an_operation_that_is_not_served_is_unknown(database: Database):
    reply = post(database, "TransactWriteItems", {})
    assert reply.json()["__type"] == "com.amazon.coral.service#UnknownOperationException"


@pytest.mark.parametrize("authorization", ["", "Basic Zm9vOmJhcg=="])
def test_a_request_without_authorization_is_refused(database: Database, authorization: str):
    reply = post(database, "ListTables", {}, Authorization=authorization)
    assert (reply.status_code, reply.json()) == (
        400,
        {
            "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
            "message": "Request is missing Authentication Token",
        },
    )


def test_an_incomplete_authorization_says_what_is_missing(database: Database):
    reply = post(database, "ListTables", {}, Authorization="AWS4-HMAC-SHA256 Credential=a/b/c/d/e")
    assert reply.json()["__type"] == "com.amazon.coral.service#IncompleteSignatureException"
    assert "requires 'Signature' parameter" in reply.json()["message"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_a_foreign_host_is_refused(database: Database, host: str):
    assert post(database, "ListTables", {}, Host=host).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8000", "DynamoDB.localhost:80"])
def test_names_of_this_machine_are_welcome(database: Database, host: str):
    assert post(database, "ListTables", {}, Host=host).status_code == 200


def test_two_gigabytes_announced_are_refused_at_once(database: Database):
    with socket.create_connection(("127.0.0.1", database.port), timeout=60) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n"
            b"Content-Length: 2147483648\r\n\r\n{"
        )
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    assert reply.startswith(b"HTTP/1.1 413 ")


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
            pytest.fail("200 MB were taken")
    assert database.resident_bytes() - before < 150_000_000


def test_a_body_cut_short_does_not_hold_the_database_up(database: Database):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", database.port), timeout=60) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    assert post(database, "ListTables", {}).status_code == 200


@pytest.mark.parametrize("head", [b"\0" * 1000, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nX: " + b"x" * 200_000])
def test_what_is_not_http_gets_an_error_or_a_closed_connection(database: Database, head: bytes):
    with socket.create_connection(("127.0.0.1", database.port), timeout=60) as connection:
        try:
            connection.sendall(head + b"\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            reply = b"".join(iter(lambda: connection.recv(65536), b""))
        except OSError:
            reply = b""
    assert reply == b"" or reply.startswith(b"HTTP/1.1 4"), reply[:200]
    assert post(database, "ListTables", {}).status_code == 200


def test_memory_stays_flat_under_bad_requests(database: Database):
    body = b'{"TableName": "ttt", "Item": {"p": {"S": "' + b"x" * 1_000_000 + b'"}, "q": '
    for _ in range(5):
        post(database, "PutItem", body)
    before = database.resident_bytes()
    for _ in range(60):
        post(database, "PutItem", body)
    assert database.resident_bytes() - before < 40_000_000


def test_a_good_reply_carries_a_request_id_and_a_checksum(database: Database):
    import zlib

    for operation in ("ListTables", "PutItem"):
        reply = post(database, operation, {})
        assert int(reply.headers["x-amz-crc32"]) == zlib.crc32(reply.content)
        assert len(reply.headers["x-amzn-RequestId"]) == 52
