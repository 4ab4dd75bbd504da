"""
A truncated request has no effect, on any port.

The bytes that do arrive are complete JSON, so a server that ignored the truncation would act on them. That the same
bytes take effect when sent in full shows that the truncation makes the difference.
"""

import json
import threading
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from support import fakes
from support.api import FROG
from support.aws import AUTHORIZATION, client
from support.events import event
from support.ports import port_of
from support.processes import wait_until
from support.sockets import exchange, statuses
from support.stack import Stack

TABLE = "HaikuTable"
NEW = "f" * 32

FRAMINGS = ("length", "chunks")


class Request(NamedTuple):
    """A request that writes."""

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

    def send_truncated(self, framing: str) -> bytes:
        """Sends the request without its end: the last byte or the last chunk is missing."""
        if framing == "length":
            pieces = [self.head(f"Content-Length: {len(self.body) + 1}"), self.body]
        else:
            pieces = [self.head("Transfer-Encoding: chunked"), b"%x\r\n%b\r\n" % (len(self.body), self.body)]
        return exchange(self.port, *pieces, half_close=True)

    def send_complete(self) -> bytes:
        return exchange(self.port, self.head(f"Content-Length: {len(self.body)}"), self.body)


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
                f"Authorization: {AUTHORIZATION}\r\n"
            )
            return Request(port_of(stack.dynamodb), "POST", "/", json.dumps(item).encode(), fields)
    raise ValueError(kind)


def items(stack: Stack) -> dict[str, dict]:
    pages = client("dynamodb", stack.dynamodb).get_paginator("scan").paginate(TableName=TABLE)
    return {item["item_id"]["S"]: item for page in pages for item in page["Items"]}


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("kind", ["POST", "PATCH", "DELETE", "Invoke", "PutItem"])
def test_a_truncated_request_has_no_effect(stack: Stack, kind: str, framing: str):
    request = request_of(stack, kind, stack.client.add())
    before = items(stack)
    assert not {200, 201, 204} & set(statuses(request.send_truncated(framing)))
    assert items(stack) == before
    assert statuses(request.send_complete())[0] in (200, 201, 204)
    after = items(stack)
    # A delayed effect of the truncated request would be a second change.
    changed = {item_id for item_id in {*before, *after} if before.get(item_id) != after.get(item_id)}
    assert len(changed) == 1, "the complete request takes effect once"
    if kind == "PATCH":
        assert [after[item_id]["likes"] for item_id in changed] == [{"N": "1"}]
    client("dynamodb", stack.dynamodb).delete_item(TableName=TABLE, Key={"item_id": {"S": NEW}})


@pytest.mark.parametrize("outcome", ["response", "error"])
@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_truncated_function_response_is_not_delivered_and_the_invocation_stays_open(
    fresh_stack, tmp_path: Path, framing: str, outcome: str
):
    functions, gate = tmp_path / "functions", tmp_path / "gate"
    fakes.obedient(functions, "GetHaiku")
    fakes.link_real_functions(functions)
    stack: Stack = fresh_stack("--concurrency", "1", "--log-level", "debug", functions=functions).start()
    responses: list[requests.Response] = []
    sender = threading.Thread(
        target=lambda: responses.append(requests.get(f"{stack.api}/haiku", params={"do": str(gate)}, timeout=60))
    )
    sender.start()
    request_id = wait_until(lambda: current_invocation(stack), "the function has the invocation")
    (function,) = stack.processes("GetHaiku")
    body = {
        "response": {"statusCode": 200, "body": "truncated"},
        "error": {"errorType": "Truncated", "errorMessage": "truncated"},
    }[outcome]
    path = f"/2018-06-01/runtime/invocation/{request_id}/{outcome}"
    truncated = Request(runtime_port(function.pid), "POST", path, json.dumps(body).encode())
    assert truncated.send_truncated(framing) == b""
    assert responses == []
    gate.touch()
    sender.join(60)
    (response,) = responses
    assert (response.status_code, response.json()["queryStringParameters"]) == (200, {"do": str(gate)})
    assert stack.processes("GetHaiku") == [function]


def current_invocation(stack: Stack) -> str | None:
    """The id of the invocation that GetHaiku has started, from the log."""
    for line in stack.output().splitlines():
        if line.startswith("[GetHaiku] START RequestId: "):
            return line.split()[3]
    return None


def runtime_port(pid: int) -> int:
    """The port of the Runtime API of a function process."""
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    (address,) = [value for value in variables if value.startswith(b"AWS_LAMBDA_RUNTIME_API=")]
    return int(address.rsplit(b":", 1)[1])
