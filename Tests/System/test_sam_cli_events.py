"""The real functions with the events that aws-sam-cli's emulation of API Gateway makes of HTTP requests."""

import base64
import json

import pytest

from support.aws import client
from support.paths import FIXTURES
from support.runtime import Function, bootstrap_of
from support.stack import Stack

EVENTS = json.loads((FIXTURES / "sam-cli-events.json").read_text(encoding="utf-8"))
FUNCTION = {"GET": "GetHaiku", "POST": "PostHaiku", "PATCH": "PatchHaiku", "DELETE": "DeleteHaiku"}
STATUS = {
    "POST": 201,
    "POST with a key": 201,
    "POST of an empty body": 400,
    "POST of a binary body": 201,
    "GET of the list": 200,
    "GET of a page": 200,
    # One of two values, or both of them joined by a comma, which is no number.
    "GET with a repeated parameter": (200, 400),
    # No haiku has this id.
    "GET of one": 404,
    "PATCH": 404,
    "DELETE": 204,
}


def test_all_payload_formats_and_requests_are_covered():
    assert {(one["payload"], one["name"]) for one in EVENTS} == {
        (payload, name) for payload in ("1.0", "2.0", "REST") for name in STATUS
    }


@pytest.mark.parametrize("payload", ["1.0", "2.0", "REST"])
def test_a_function_handles_the_events_of_aws_sam_cli(fresh_stack, payload: str):
    stack: Stack = fresh_stack().start()
    (table,) = client("dynamodb", stack.dynamodb).list_tables()["TableNames"]
    statuses, lists = {}, {}
    for name in FUNCTION.values():
        with Function(bootstrap_of(name), stack.dynamodb, TABLE_NAME=table) as function:
            for one in EVENTS:
                method = one["name"].split()[0]
                if one["payload"] == payload and FUNCTION[method] == name:
                    response = function.invoke(one["event"])
                    statuses[one["name"]] = response["statusCode"]
                    lists[one["name"]] = response.get("body")
                    assert not response.get("isBase64Encoded")
    # The functions run in the order GET, POST, so the list was empty.
    assert json.loads(lists["GET of the list"]) == []
    for name, expected in STATUS.items():
        assert statuses[name] in (expected if isinstance(expected, tuple) else (expected,)), name
    stored = client("dynamodb", stack.dynamodb).scan(TableName=table)["Items"]
    assert len(stored) == 3
    assert {item["username"]["S"] for item in stored} == {"松尾芭蕉"}, "a body in Base64 is decoded"


def test_the_binary_body_is_encoded():
    for one in EVENTS:
        if one["name"] == "POST of a binary body":
            assert one["event"]["isBase64Encoded"] is True
            assert json.loads(base64.b64decode(one["event"]["body"]))["username"] == "松尾芭蕉"
