"""
Invalid and hostile requests to every port of the local stack: each is rejected or its connection closed, no bytes
behind it are parsed as another request, and the stack keeps running in little memory.

Environment variables: HOSTILE_SLOW (default 100), the number of slow connections; HOSTILE_SLOW_SECONDS (default 0.05),
the pause between two bytes.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
import requests

from support.aws import client
from support.paths import ROOT
from support.ports import port_of
from support.processes import resident_bytes, wait_until
from support.sockets import exchange, flood, is_held, listeners, statuses
from support.stack import Stack

MIB = 1 << 20


class Target(NamedTuple):
    """A port, a path that accepts a body, and whether the server responds to invalid HTTP or only closes."""

    port: int
    path: str
    responds: bool


TARGETS = ("gateway", "invoke", "database", "runtime")


@pytest.fixture
def targets(stack: Stack) -> dict[str, Target]:
    return targets_of(stack)


def targets_of(stack: Stack) -> dict[str, Target]:
    gateway, database = port_of(stack.api), port_of(stack.dynamodb)
    assert stack.client.get("/haiku?limit=1").status_code == 200, "a function process with a Runtime API is running"
    runtime = min(found.port for found in listeners(stack.process.pid) if found.port not in (gateway, database))
    return {
        "gateway": Target(gateway, "/haiku", True),
        "invoke": Target(gateway, "/2015-03-31/functions/GetHaiku/invocations", True),
        "database": Target(database, "/", True),
        "runtime": Target(runtime, "/2018-06-01/runtime/invocation/none/response", False),
    }


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest, targets: dict[str, Target], stack: Stack) -> Iterator[Target]:
    """Each port; after the test, the stack must serve requests, without a new haiku and with little more memory."""
    before = resident_bytes(stack.process.pid)
    count = len(stack.client.everything())
    yield targets[request.param]
    assert stack.client.get("/haiku?limit=1").status_code == 200
    assert client("dynamodb", stack.dynamodb).list_tables()["TableNames"]
    assert len(stack.client.everything()) == count, "no haiku was created"
    assert resident_bytes(stack.process.pid) - before < 96 * MIB


def request(target: Target, fields: str, body: bytes = b"", method: str = "POST") -> bytes:
    return f"{method} {target.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}".encode() + body


SMUGGLED = b"DELETE /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

AMBIGUOUS = {
    "two lengths": "Content-Length: 2\r\nContent-Length: 4\r\n\r\n",
    "a list of lengths": "Content-Length: 2, 4\r\n\r\n",
    "a length with a sign": "Content-Length: +2\r\n\r\n",
    "a negative length": "Content-Length: -2\r\n\r\n",
    "a hexadecimal length": "Content-Length: 0x2\r\n\r\n",
    "length and chunks": "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
    "an unknown coding": "Transfer-Encoding: xchunked\r\n\r\n",
    "two codings": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
    "chunked, but not last": "Transfer-Encoding: chunked, identity\r\n\r\n",
    "a space before the colon": "Transfer-Encoding : chunked\r\n\r\n",
    "a coding after a vertical tab": "Transfer-Encoding: \x0bchunked\r\n\r\n",
    "a folded line": "X-A: b\r\n Content-Length: 2\r\n\r\n",
    "a folded length": "Content-Length: 2\r\n 2\r\n\r\n",
    "a NUL": "X-A: b\0c\r\nContent-Length: 2\r\n\r\n",
    "an escape": "X-A: \x1b[31m\r\nContent-Length: 2\r\n\r\n",
    "a bare CR": "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
    "a bare LF": "X-A: b\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
    "nothing but LF": "X-A: b\nContent-Length: 2\n\n",
    "no colon": "X-A\r\nContent-Length: 2\r\n\r\n",
    "a chunk that is too long": "Transfer-Encoding: chunked\r\n\r\n2\r\n{}X\r\n0\r\n\r\n",
    "chunks ended by LF": "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
    "the size of a chunk beyond 64 bits": "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("fields", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_an_ambiguous_request_closes_the_connection_and_smuggles_nothing(target: Target, fields: str):
    responses = exchange(target.port, request(target, fields, b"{}" + SMUGGLED))
    assert statuses(responses) == ([400] if target.responds else []), responses[:300]


GARBAGE = {
    "NULs": b"\0" * 1000 + b"\r\n\r\n",
    "an unknown version": b"POST / HTTP/9.9\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("what", GARBAGE.values(), ids=GARBAGE)
def test_invalid_http_closes_the_connection(target: Target, what: bytes):
    responses = exchange(target.port, what)
    assert statuses(responses) in ([], [400], [505]), responses[:300]


ENDLESS = {
    "a method": ("", "G"),
    "a target": ("POST {path}", "a"),
    "the value of a header": ("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ", "a"),
    "the name of a header": ("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n", "a"),
    "header lines": ("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n", "X-A: a\r\n"),
    "trailer lines": (
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        "X-A: a\r\n",
    ),
}


@pytest.mark.parametrize(("start", "unit"), ENDLESS.values(), ids=ENDLESS)
def test_an_endless_head_is_cut_off(target: Target, start: str, unit: str):
    piece = unit.encode() * (MIB // 16 // len(unit))
    responses = flood(target.port, start.format(path=target.path).encode(), piece, at_most=32 * MIB)
    assert statuses(responses) in ([], [400], [431]), responses[:300]


@pytest.mark.parametrize("hosts", ["127.0.0.1 evil.example", "evil.example 127.0.0.1", "127.0.0.1 127.0.0.1"])
def test_a_request_with_two_host_headers_is_rejected(target: Target, hosts: str):
    lines = "".join(f"Host: {host}\r\n" for host in hosts.split())
    responses = exchange(target.port, f"GET {target.path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
    assert statuses(responses) == ([400] if target.responds else []), responses[:300]


@pytest.mark.parametrize("fields", ["", "Connection: keep-alive\r\n"], ids=["", "kept alive"])
def test_chunks_in_http_1_0_close_the_connection_and_smuggle_nothing(target: Target, fields: str):
    head = f"POST {target.path} HTTP/1.0\r\nHost: 127.0.0.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n"
    responses = exchange(target.port, head.encode() + b"2\r\n{}\r\n0\r\n\r\n" + SMUGGLED)
    assert statuses(responses) == ([400] if target.responds else []), responses[:300]


@pytest.mark.parametrize("length", [1 << 31, 1 << 63, 1 << 64])
def test_a_huge_content_length_is_rejected_without_waiting_for_the_body(target: Target, length: int):
    responses = exchange(target.port, request(target, f"Content-Length: {length}\r\n\r\n", b"{"))
    # The Runtime API rejects the response first, since there is no invocation `none`.
    assert statuses(responses) == ([413] if target.responds else [403]), responses[:300]


def test_an_endless_chunked_body_is_cut_off(target: Target):
    chunk = b"%x\r\n%b\r\n" % (MIB, b"x" * MIB)
    responses = flood(target.port, request(target, "Transfer-Encoding: chunked\r\n\r\n"), chunk, at_most=128 * MIB)
    # The client may see the reset before the response.
    assert statuses(responses) in ([], [413] if target.responds else [403]), responses[:300]


def test_slow_clients_do_not_block_others(stack: Stack, targets: dict[str, Target]):
    """While many connections to every port send a byte now and then, other requests are served."""
    count, pause = int(os.environ.get("HOSTILE_SLOW", "100")), float(os.environ.get("HOSTILE_SLOW_SECONDS", "0.05"))
    with ExitStack() as opened:
        slow = [
            (opened.enter_context(socket.create_connection(("127.0.0.1", target.port))), request(target, "X-A: b\r\n"))
            for name, target in targets.items()
            # The Runtime API accepts few connections, since a function needs only one.
            for _ in range(count // len(targets) if name != "runtime" else 4)
        ]
        for at in range(min(len(text) for _, text in slow)):
            for connection, text in slow:
                connection.sendall(text[at : at + 1])
            if at % 10 == 0:
                assert stack.client.add()
                assert client("dynamodb", stack.dynamodb).list_tables()["TableNames"]
            time.sleep(pause)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with a client timeout of one second."""
    folder = tmp_path_factory.mktemp("impatient")
    stack = Stack(folder / "data", folder / "stack.log", "--client-timeout", "1").start()
    yield stack
    stack.close()


@pytest.mark.parametrize("which", ["gateway", "invoke", "database"])
@pytest.mark.parametrize("framing", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_a_body_that_trickles_in_forever_times_out(impatient: Stack, which: str, framing: str):
    target = targets_of(impatient)[which]
    with socket.create_connection(("127.0.0.1", target.port), timeout=30) as connection:
        connection.sendall(request(target, framing + "\r\n\r\n"))
        # The client is never silent for long, so an idle timeout would not apply; nor may the server just stop reading.
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(300):
                connection.sendall(b"1\r\nx\r\n" if "chunked" in framing else b"x")
                time.sleep(0.05)


def test_an_unread_response_times_out(impatient: Stack):
    with socket.socket() as connection:
        # A minimal receive buffer, so that the 12 MB of responses do not fit in the kernel's buffers.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        connection.connect(("127.0.0.1", port_of(impatient.api)))
        connection.sendall(b"GET /style.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 800)
        ports = connection.getsockname()[1], connection.getpeername()[1]
        wait_until(lambda: is_held(*ports), "the connection is accepted")
        wait_until(lambda: not is_held(*ports), "the connection is closed", 15)


def test_a_request_sent_byte_by_byte_is_served(stack: Stack):
    text = b"GET /haiku?limit=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert statuses(exchange(port_of(stack.api), *[text[at : at + 1] for at in range(len(text))])) == [200]


# Browsers

FOREIGN = [
    "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example",
    "[::1].evil.example", "[::1]:evil.example", "localhost:8080.evil.example",
]  # fmt: skip


@pytest.mark.parametrize("host", FOREIGN)
def test_dns_rebinding_is_rejected_on_every_port(target: Target, host: str):
    text = f"POST {target.path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    responses = exchange(target.port, text.encode())
    # Neither URI nor Host field has user information in HTTP (RFC 9110, section 4.2.4).
    expected = 400 if "@" in host else 403
    assert statuses(responses) == ([expected] if target.responds else []), responses[:300]
    assert b"evil" not in responses


def test_an_absolute_target_is_served_unless_its_host_is_foreign(stack: Stack):
    text = "GET http://{}/haiku?limit=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    responses = {host: exchange(port_of(stack.api), text.format(host).encode()) for host in ("localhost", "evil.example")}
    assert {host: statuses(response) for host, response in responses.items()} == {"localhost": [200], "evil.example": [403]}


@pytest.mark.parametrize("path", ["/", "/index.html", "/config.json", "/haiku"])
def test_a_foreign_host_gets_neither_the_page_nor_its_settings(stack: Stack, path: str):
    assert requests.get(stack.api + path, headers={"Host": "evil.example"}, timeout=30).status_code == 403


@pytest.mark.parametrize("field", ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site"])
def test_a_browser_cannot_take_an_invocation_from_a_function(targets: dict[str, Target], field: str):
    path = "/2018-06-01/runtime/invocation/next"
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{targets['runtime'].port}\r\n{field}\r\n\r\n"
    assert exchange(targets["runtime"].port, text.encode()) == b""


def test_a_cross_origin_page_cannot_invoke_a_function(stack: Stack, targets: dict[str, Target]):
    headers = {"Origin": "https://evil.example"}
    response = requests.post(stack.api + targets["invoke"].path, data="{}", headers=headers, timeout=30)
    assert (response.status_code, "Access-Control-Allow-Origin" in response.headers) == (403, False)


# The JSON test suite

SUITE = ROOT.parent / "shared" / "data" / "json-test-suite"


def suite() -> list[str]:
    return sorted(path.name for path in SUITE.glob("*.json"))


@pytest.mark.skipif(not SUITE.parent.is_dir(), reason="../shared/data does not exist")
def test_every_document_of_the_json_test_suite_gets_the_right_error(stack: Stack):
    """None is a haiku: valid JSON gets an error about its content, invalid JSON about its syntax, undefined cases either."""
    assert len(suite()) == 318, "the suite is complete"
    wrong = []
    for name in suite():
        text = (SUITE / name).read_bytes()
        response = stack.client.post("/haiku", data=text, headers={"Content-Type": "application/json"})
        description = response.json()["description"]
        expected: Callable[[str], bool] = {
            "y": lambda text: (
                text in ("Bad request. The body is not a JSON object", "Bad request. username is missing")
            ),
            "n": lambda text: text.startswith(
                ("Bad request. The body is not valid JSON: ", "Bad request. The body is empty")
            ),
            "i": lambda text: text.startswith("Bad request. "),
        }[name[0]]
        is_right = response.status_code == 413 if len(text) > 8192 else (response.status_code, expected(description)) == (400, True)
        if not is_right:
            wrong.append((name, response.status_code, description))
    assert wrong == []
