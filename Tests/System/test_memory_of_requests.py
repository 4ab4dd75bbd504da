"""
Requests that are large and never whole, over many connections to every port that takes them: memory stays bounded, who
does not fit is told to come again, and small requests are served meanwhile.
"""

import select
import socket
import time
from contextlib import ExitStack

import pytest

from support.aws import client
from support.processes import wait_until
from support.sockets import resident_bytes, statuses
from support.stack import Stack

MEGABYTE = 1 << 20
CONNECTIONS = 300
BUDGET = 128 * MEGABYTE


def request(stack: Stack, door: str, size: int) -> tuple[int, bytes]:
    """The port of a door, and the head of a request there whose body has so many bytes."""
    url, path, fields = {
        "gateway": (stack.api, "/haiku", ""),
        "invoke": (stack.api, "/2015-03-31/functions/GetHaiku/invocations", ""),
        "database": (stack.dynamodb, "/", "X-Amz-Target: DynamoDB_20120810.PutItem\r\n"),
    }[door]
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{fields}Content-Length: {size}\r\n\r\n"
    return int(url.rsplit(":", 1)[1]), head.encode()


def send_all(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # The server has refused the request and ended the connection.


def has_ended(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


SIZES = {"gateway": 10 * MEGABYTE, "invoke": 6 * MEGABYTE, "database": 16 * MEGABYTE}


@pytest.mark.parametrize("door", SIZES)
def test_large_bodies_that_never_end_take_bounded_memory_and_hold_up_nobody(fresh_stack, door: str):
    stack = fresh_stack("--client-timeout", "300").start()
    size = SIZES[door]
    number, head = request(stack, door, size)
    # All but the end of a body, which never comes.
    data = head + b"x" * (size - 100_000)
    most = 0
    with ExitStack() as stacked:
        opened = []
        for _ in range(CONNECTIONS):
            opened.append(stacked.enter_context(socket.create_connection(("127.0.0.1", number), timeout=30)))
            send_all(opened[-1], data)
            most = max(most, resident_bytes(stack.process.pid))
        held = 0

        def no_more_than_fit() -> bool:
            nonlocal held
            held = sum(not has_ended(one) for one in opened)
            return held <= BUDGET // (size - 200_000)

        wait_until(no_more_than_fit, "the others have ended")
        most = max(most, resident_bytes(stack.process.pid))
        print(f"{held} of {CONNECTIONS} requests are held, with at most {most / MEGABYTE:.0f} MB in memory")
        assert held >= BUDGET // size - 2, "as many as fit may take their time"
        assert most < 300 * MEGABYTE

        added = stack.client.add()
        assert stack.client.one(added)["likes"] == 0
        assert client("dynamodb", stack.dynamodb).list_tables()["TableNames"]
        check_refusal(stack, door)
    # When the connections have ended, their bytes are free again.
    whole = b"x" * (1 * MEGABYTE)
    end = time.monotonic() + 30
    while statuses(exchange(number, request(stack, door, len(whole))[1], whole)) in ([429], [503]):
        assert time.monotonic() < end, "the budget is never given back"
        time.sleep(0.05)


def exchange(number: int, head: bytes, body: bytes) -> bytes:
    """The reply to a request that is sent piece by piece until it is answered."""
    with socket.create_connection(("127.0.0.1", number), timeout=30) as connection:
        connection.sendall(head)
        for start in range(0, len(body), 65536):
            send_all(connection, body[start : start + 65536])
        return connection.recv(65536)


def check_refusal(stack: Stack, door: str) -> None:
    """A request that does not fit is told so in the words of its door, and the connection ends."""
    number, head = request(stack, door, 6 * MEGABYTE)
    with socket.create_connection(("127.0.0.1", number), timeout=30) as connection:
        # Bytes until there is an answer, and no more: what comes after it would have the connection reset.
        connection.sendall(head)
        for _ in range(6 * MEGABYTE // 65536):
            if select.select([connection], [], [], 0.02)[0]:
                break
            send_all(connection, b"x" * 65536)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
    reply = received.decode().lower()
    assert "\r\nconnection: close\r\n" in reply
    if door == "gateway":
        assert reply.startswith("http/1.1 503 ")
        assert "\r\nretry-after: 1\r\n" in reply
        assert "\r\naccess-control-allow-origin: *\r\n" in reply
        assert reply.endswith('{"message":"service unavailable"}')
    elif door == "invoke":
        assert reply.startswith("http/1.1 429 ")
        assert "toomanyrequestsexception" in reply
    else:
        assert reply.startswith("http/1.1 503 ")
        assert "#serviceunavailable" in reply
