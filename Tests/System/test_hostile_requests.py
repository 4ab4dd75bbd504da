"""
What no HTTP library would send, to every port that the local stack opens: it is refused, or the connection ends; nothing
behind it is taken for a request of its own; and the stack lives on, in little memory.

Sizes: HOSTILE_SLOW (slow connections at once, 100), HOSTILE_SLOW_SECONDS (between two bytes of each, 0.05).
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
from support.processes import wait_until
from support.sockets import exchange, flood, is_held, listeners, resident_bytes, statuses
from support.stack import Stack

MEGABYTE = 1 << 20


class Door(NamedTuple):
    """A port, a path on it that takes a body, and whether it answers what is not HTTP or just ends the connection."""

    port: int
    path: str
    answers: bool


DOORS = ("gateway", "invoke", "database", "runtime")


def port_of(url: str) -> int:
    return int(url.rstrip("/").rsplit(":", 1)[1])


@pytest.fixture
def doors(stack: Stack) -> dict[str, Door]:
    return doors_of(stack)


def doors_of(stack: Stack) -> dict[str, Door]:
    gateway, database = port_of(stack.api), port_of(stack.dynamodb)
    assert stack.client.get("/haiku?limit=1").status_code == 200, "there is a process that has a Runtime API"
    runtime = min(found.port for found in listeners(stack.process.pid) if found.port not in (gateway, database))
    return {
        "gateway": Door(gateway, "/haiku", True),
        "invoke": Door(gateway, "/2015-03-31/functions/GetHaiku/invocations", True),
        "database": Door(database, "/", True),
        "runtime": Door(runtime, "/2018-06-01/runtime/invocation/none/response", False),
    }


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, doors: dict[str, Door], stack: Stack) -> Iterator[Door]:
    before = resident_bytes(stack.process.pid)
    count = len(stack.client.everything())
    yield doors[request.param]
    assert stack.client.get("/haiku?limit=1").status_code == 200
    assert client("dynamodb", stack.dynamodb).list_tables()["TableNames"]
    assert len(stack.client.everything()) == count, "no haiku came of it"
    assert resident_bytes(stack.process.pid) - before < 96 * MEGABYTE


def request(door: Door, fields: str, body: bytes = b"", method: str = "POST") -> bytes:
    return f"{method} {door.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}".encode() + body


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
    "a coding behind a vertical tab": "Transfer-Encoding: \x0bchunked\r\n\r\n",
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
def test_a_request_that_could_be_read_in_two_ways_ends_the_connection_and_smuggles_nothing(door: Door, fields: str):
    replies = exchange(door.port, request(door, fields, b"{}" + SMUGGLED))
    assert statuses(replies) == ([400] if door.answers else []), replies[:300]


GARBAGE = {
    "NULs": b"\0" * 1000 + b"\r\n\r\n",
    "a version to come": b"POST / HTTP/9.9\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("what", GARBAGE.values(), ids=GARBAGE)
def test_what_is_not_http_ends_the_connection(door: Door, what: bytes):
    replies = exchange(door.port, what)
    assert statuses(replies) in ([], [400], [505]), replies[:300]


ENDLESS = {
    "a method": ("", "G"),
    "a target": ("POST {path}", "a"),
    "the value of a header": ("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ", "a"),
    "the name of a header": ("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n", "a"),
    "header lines": ("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n", "X-A: a\r\n"),
    "trailer lines": ("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: a\r\n"),
}


@pytest.mark.parametrize(("start", "unit"), ENDLESS.values(), ids=ENDLESS)
def test_a_head_without_end_is_cut_off(door: Door, start: str, unit: str):
    piece = unit.encode() * (MEGABYTE // 16 // len(unit))
    replies = flood(door.port, start.format(path=door.path).encode(), piece, at_most=32 * MEGABYTE)
    assert statuses(replies) in ([], [400], [431]), replies[:300]


@pytest.mark.parametrize("hosts", ["127.0.0.1 evil.example", "evil.example 127.0.0.1", "127.0.0.1 127.0.0.1"])
def test_a_request_to_two_hosts_is_refused(door: Door, hosts: str):
    lines = "".join(f"Host: {host}\r\n" for host in hosts.split())
    replies = exchange(door.port, f"GET {door.path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
    assert statuses(replies) == ([400] if door.answers else []), replies[:300]


@pytest.mark.parametrize("fields", ["", "Connection: keep-alive\r\n"], ids=["", "kept alive"])
def test_chunks_in_http_1_0_end_the_connection_and_smuggle_nothing(door: Door, fields: str):
    head = f"POST {door.path} HTTP/1.0\r\nHost: 127.0.0.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n"
    replies = exchange(door.port, head.encode() + b"2\r\n{}\r\n0\r\n\r\n" + SMUGGLED)
    assert statuses(replies) == ([400] if door.answers else []), replies[:300]


def test_two_gigabytes_announced_are_refused_without_waiting_for_them(door: Door):
    replies = exchange(door.port, request(door, "Content-Length: 2147483648\r\n\r\n", b"{"))
    assert statuses(replies) == ([413] if door.answers else []), replies[:300]


def test_a_chunked_body_without_end_is_cut_off(door: Door):
    chunk = b"%x\r\n%b\r\n" % (MEGABYTE, b"x" * MEGABYTE)
    replies = flood(door.port, request(door, "Transfer-Encoding: chunked\r\n\r\n"), chunk, at_most=128 * MEGABYTE)
    # A reset may overtake the answer.
    assert statuses(replies) in ([], [413] if door.answers else []), replies[:300]


def test_slow_clients_hold_nobody_up(stack: Stack, doors: dict[str, Door]):
    """A byte now and then, on many connections to every port: everybody else is served meanwhile."""
    count, pause = int(os.environ.get("HOSTILE_SLOW", "100")), float(os.environ.get("HOSTILE_SLOW_SECONDS", "0.05"))
    with ExitStack() as opened:
        slow = [
            (opened.enter_context(socket.create_connection(("127.0.0.1", door.port))), request(door, "X-A: b\r\n"))
            for name, door in doors.items()
            # The Runtime API has few places, for the one who needs it has one.
            for _ in range(count // len(doors) if name != "runtime" else 4)
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
    """A stack that gives its clients a second."""
    folder = tmp_path_factory.mktemp("impatient")
    stack = Stack(folder / "data", folder / "stack.log", "--client-timeout", "1").start()
    yield stack
    stack.close()


@pytest.mark.parametrize("which", ["gateway", "invoke", "database"])
@pytest.mark.parametrize("framing", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_a_body_that_comes_for_ever_is_given_up(impatient: Stack, which: str, framing: str):
    door = doors_of(impatient)[which]
    with socket.create_connection(("127.0.0.1", door.port), timeout=30) as connection:
        connection.sendall(request(door, framing + "\r\n\r\n"))
        # Never silent for long: no idle timeout ends this. A server that only stops reading does not end it either.
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(300):
                connection.sendall(b"1\r\nx\r\n" if "chunked" in framing else b"x")
                time.sleep(0.05)


def test_a_reply_that_nobody_reads_is_given_up(impatient: Stack):
    with socket.socket() as connection:
        # The kernel keeps as little as it can of the replies, which are of 10 MB together.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        connection.connect(("127.0.0.1", port_of(impatient.api)))
        connection.sendall(b"GET /style.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 800)
        ports = connection.getsockname()[1], connection.getpeername()[1]
        wait_until(lambda: is_held(*ports), "the connection is accepted")
        wait_until(lambda: not is_held(*ports), "the connection is given up", 15)


def test_a_request_that_comes_byte_by_byte_is_served(stack: Stack):
    text = b"GET /haiku?limit=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert statuses(exchange(port_of(stack.api), *[text[at : at + 1] for at in range(len(text))])) == [200]


# Browsers

FOREIGN = [
    "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example",
    "[::1].evil.example", "[::1]:evil.example", "localhost:8080.evil.example",
]  # fmt: skip


@pytest.mark.parametrize("host", FOREIGN)
def test_a_page_whose_name_has_been_pointed_at_this_machine_is_refused_at_every_port(door: Door, host: str):
    text = f"POST {door.path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    replies = exchange(door.port, text.encode())
    assert statuses(replies) == ([403] if door.answers else []), replies[:300]
    assert b"evil" not in replies


@pytest.mark.parametrize("path", ["/", "/index.html", "/config.json", "/haiku"])
def test_a_foreign_page_gets_neither_the_page_nor_its_settings(stack: Stack, path: str):
    assert requests.get(stack.api + path, headers={"Host": "evil.example"}, timeout=30).status_code == 403


@pytest.mark.parametrize("field", ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site"])
def test_a_page_cannot_take_an_invocation_from_a_function(doors: dict[str, Door], field: str):
    path = "/2018-06-01/runtime/invocation/next"
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{doors['runtime'].port}\r\n{field}\r\n\r\n"
    assert exchange(doors["runtime"].port, text.encode()) == b""


def test_a_page_cannot_invoke_a_function(stack: Stack, doors: dict[str, Door]):
    reply = requests.post(stack.api + doors["invoke"].path, data="{}", headers={"Origin": "https://evil.example"}, timeout=30)
    assert (reply.status_code, "Access-Control-Allow-Origin" in reply.headers) == (403, False)


# The JSON test suite

SUITE = ROOT.parent / "shared" / "data" / "json-test-suite"


def suite() -> list[str]:
    return sorted(path.name for path in SUITE.glob("*.json"))


@pytest.mark.skipif(not SUITE.parent.is_dir(), reason="there is no ../shared/data beside the project")
def test_every_text_of_the_json_test_suite_is_refused_as_a_haiku_in_the_right_words(stack: Stack):
    """None of them is a haiku. Those that are JSON are told what they lack, the others that they are not JSON."""
    assert len(suite()) == 318, "the whole suite is there"
    wrong = []
    for name in suite():
        text = (SUITE / name).read_bytes()
        reply = stack.client.post("/haiku", data=text, headers={"Content-Type": "application/json"})
        said = reply.json()["description"]
        expected: Callable[[str], bool] = {
            "y": lambda said: said in ("Bad request. The body is not a JSON object", "Bad request. username is missing"),
            "n": lambda said: said.startswith(("Bad request. The body is not valid JSON: ", "Bad request. The body is empty")),
            "i": lambda said: said.startswith("Bad request. "),
        }[name[0]]
        if (reply.status_code, expected(said)) not in ((400, True), (413, True)) and len(text) <= 8192:
            wrong.append((name, reply.status_code, said))
    assert wrong == []
