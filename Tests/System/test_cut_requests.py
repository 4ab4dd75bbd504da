"""
A request whose end never comes does nothing, at whatever port.

What does come is whole JSON: whoever takes what there is for all there is does what nobody asked for. That the same
bytes do something when their end comes shows that the cut is what protects.
"""

import json
import threading
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from support import fakes
from support.api import FROG
from support.aws import client
from support.events import event
from support.paths import FUNCTIONS, executables
from support.processes import wait_until
from support.sockets import exchange, statuses
from support.stack import Stack

TABLE = "HaikuTable"
NEW = "f" * 32

FRAMINGS = ("length", "chunks")


class Request(NamedTuple):
    """A request that changes something."""

    port: int
    method: str
    path: str
    body: bytes
    fields: str = ""

    def head(self, framing: str) -> bytes:
        return (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
            f"{self.fields}{framing}\r\n\r\n"
        ).encode()

    def send_cut(self, framing: str) -> bytes:
        """Sends all of the body, and no end: a byte of it is missing, or the last chunk."""
        if framing == "length":
            pieces = [self.head(f"Content-Length: {len(self.body) + 1}"), self.body]
        else:
            pieces = [self.head("Transfer-Encoding: chunked"), b"%x\r\n%b\r\n" % (len(self.body), self.body)]
        return exchange(self.port, *pieces, half_close=True)

    def send_whole(self) -> bytes:
        return exchange(self.port, self.head(f"Content-Length: {len(self.body)}"), self.body)


def port_of(url: str) -> int:
    return int(url.rstrip("/").rsplit(":", 1)[1])


def request_of(stack: Stack, kind: str, item_id: str) -> Request:
    api = port_of(stack.api)
    haiku = json.dumps(FROG).encode()
    match kind:
        case "POST":
            return Request(api, kind, "/haiku", haiku)
        case "PATCH" | "DELETE":
            return Request(api, kind, f"/haiku/{item_id}", haiku)
        case "Invoke":
            invocation = json.dumps(event("http-api-2.0", "POST", "/haiku", haiku.decode())).encode()
            return Request(api, "POST", "/2015-03-31/functions/PostHaiku/invocations", invocation)
        case "PutItem":
            item = {"TableName": TABLE, "Item": {"item_id": {"S": NEW}}}
            fields = (
                "X-Amz-Target: DynamoDB_20120810.PutItem\r\nContent-Type: application/x-amz-json-1.0\r\n"
                "Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, "
                "SignedHeaders=host, Signature=0\r\n"
            )
            return Request(port_of(stack.dynamodb), "POST", "/", json.dumps(item).encode(), fields)
    raise ValueError(kind)


def items(stack: Stack) -> dict[str, dict]:
    pages = client("dynamodb", stack.dynamodb).get_paginator("scan").paginate(TableName=TABLE)
    return {item["item_id"]["S"]: item for page in pages for item in page["Items"]}


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("kind", ["POST", "PATCH", "DELETE", "Invoke", "PutItem"])
def test_a_request_cut_in_its_body_does_nothing(stack: Stack, kind: str, framing: str):
    request = request_of(stack, kind, stack.client.add())
    before = items(stack)
    assert not {200, 201, 204} & set(statuses(request.send_cut(framing)))
    assert items(stack) == before
    assert statuses(request.send_whole())[0] in (200, 201, 204)
    after = items(stack)
    # What came of the first, if only now, would be a second change.
    changed = {item_id for item_id in {*before, *after} if before.get(item_id) != after.get(item_id)}
    assert len(changed) == 1, "the same bytes with their end do something, once"
    if kind == "PATCH":
        assert [after[item_id]["likes"] for item_id in changed] == [{"N": "1"}]
    client("dynamodb", stack.dynamodb).delete_item(TableName=TABLE, Key={"item_id": {"S": NEW}})


@pytest.mark.parametrize("outcome", ["response", "error"])
@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_functions_answer_cut_in_its_body_answers_nobody_and_the_invocation_stays_open(
    fresh_stack, tmp_path: Path, framing: str, outcome: str
):
    functions, go = tmp_path / "functions", tmp_path / "go"
    fakes.obedient(functions, "GetHaiku")
    for name in FUNCTIONS[1:]:
        (functions / name).symlink_to(executables() / name)
    stack: Stack = fresh_stack("--concurrency", "1", functions=functions).start()
    replies: list[requests.Response] = []
    asking = threading.Thread(
        target=lambda: replies.append(requests.get(f"{stack.api}/haiku", params={"do": str(go)}, timeout=60))
    )
    asking.start()
    request_id = wait_until(lambda: invocation_at_hand(stack), "the function has the invocation")
    (function,) = stack.processes("GetHaiku")
    answer = {"statusCode": 200, "body": "cut"} if outcome == "response" else {"errorType": "Cut", "errorMessage": "cut"}
    path = f"/2018-06-01/runtime/invocation/{request_id}/{outcome}"
    cut = Request(runtime_port(function.pid), "POST", path, json.dumps(answer).encode())
    assert cut.send_cut(framing) == b""
    assert replies == []
    go.touch()
    asking.join(60)
    (reply,) = replies
    own_answer = (200, {"do": str(go)})
    assert (reply.status_code, reply.json()["queryStringParameters"]) == own_answer
    assert stack.processes("GetHaiku") == [function]


def invocation_at_hand(stack: Stack) -> str | None:
    """The id of the invocation that GetHaiku has begun, as the log has it."""
    for line in stack.output().splitlines():
        if line.startswith("[GetHaiku] START RequestId: "):
            return line.split()[3]
    return None


def runtime_port(pid: int) -> int:
    """Where the process of a function finds its Runtime API."""
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    (address,) = [value for value in variables if value.startswith(b"AWS_LAMBDA_RUNTIME_API=")]
    return int(address.rsplit(b":", 1)[1])
