"""
Large requests that never complete, over many connections to each port: memory stays bounded, requests beyond the budget
are rejected with a retryable error, and small requests are still served.
"""

import select
import socket
import time
from contextlib import ExitStack

import pytest

from support.aws import client
from support.ports import port_of
from support.processes import resident_bytes, wait_until
from support.sockets import statuses
from support.stack import Stack

MIB = 1 << 20
CONNECTIONS = 300
BUDGET = 128 * MIB


def request(stack: Stack, target: str, size: int) -> tuple[int, bytes]:
    """The port of a target, and the head of a request with a body of `size` bytes."""
    url, path, fields = {
        "gateway": (stack.api, "/haiku", ""),
        "invoke": (stack.api, "/2015-03-31/functions/GetHaiku/invocations", ""),
        "database": (stack.dynamodb, "/", "X-Amz-Target: DynamoDB_20120810.PutItem\r\n"),
    }[target]
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{fields}Content-Length: {size}\r\n\r\n"
    return port_of(url), head.encode()


def send_all(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # The server has rejected the request and closed the connection.


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


# The largest body that each target accepts.
SIZES = {"gateway": 10 * MIB, "invoke": 6 * MIB, "database": 16 * MIB}


@pytest.mark.parametrize("target", SIZES)
def test_large_unfinished_bodies_take_bounded_memory_and_do_not_block_others(fresh_stack, target: str):
    stack = fresh_stack("--client-timeout", "300").start()
    size = SIZES[target]
    number, head = request(stack, target, size)
    # The last 100,000 bytes of the body are never sent.
    data = head + b"x" * (size - 100_000)
    most = 0
    with ExitStack() as stacked:
        opened = []
        for _ in range(CONNECTIONS):
            opened.append(stacked.enter_context(socket.create_connection(("127.0.0.1", number), timeout=30)))
            send_all(opened[-1], data)
            most = max(most, resident_bytes(stack.process.pid))
        held = 0

        def within_budget() -> bool:
            nonlocal held
            held = sum(not is_closed(one) for one in opened)
            return held <= BUDGET // (size - 200_000)

        wait_until(within_budget, "connections beyond the budget are closed")
        most = max(most, resident_bytes(stack.process.pid))
        print(f"{held} of {CONNECTIONS} requests are held, with at most {most / MIB:.0f} MiB in memory")
        assert held >= BUDGET // size - 2, "requests within the budget stay open"
        assert most < 300 * MIB

        added = stack.client.add()
        assert stack.client.one(added)["likes"] == 0
        assert client("dynamodb", stack.dynamodb).list_tables()["TableNames"]
        check_rejection(stack, target)
    # Closing the connections releases their share of the budget.
    complete = b"x" * MIB
    end = time.monotonic() + 30
    while statuses(exchange(number, request(stack, target, len(complete))[1], complete)) in ([429], [503]):
        assert time.monotonic() < end, "the budget was not released"
        time.sleep(0.05)


def exchange(number: int, head: bytes, body: bytes) -> bytes:
    """Sends a request in pieces, which may be cut short by an early response, and returns the response."""
    with socket.create_connection(("127.0.0.1", number), timeout=30) as connection:
        connection.sendall(head)
        for start in range(0, len(body), 65536):
            send_all(connection, body[start : start + 65536])
        return connection.recv(65536)


def check_rejection(stack: Stack, target: str) -> None:
    """Fails unless a request beyond the budget gets the error of its target and the connection is closed."""
    number, head = request(stack, target, 6 * MIB)
    with socket.create_connection(("127.0.0.1", number), timeout=30) as connection:
        # Stop sending at the response: bytes sent after it would cause a connection reset.
        connection.sendall(head)
        for _ in range(6 * MIB // 65536):
            if select.select([connection], [], [], 0.02)[0]:
                break
            send_all(connection, b"x" * 65536)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
    response = received.decode().lower()
    assert "\r\nconnection: close\r\n" in response
    if target == "gateway":
        assert response.startswith("http/1.1 503 ")
        assert "\r\nretry-after: 1\r\n" in response
        assert "\r\naccess-control-allow-origin: *\r\n" in response
        assert response.endswith('{"message":"service unavailable"}')
    elif target == "invoke":
        assert response.startswith("http/1.1 429 ")
        assert "toomanyrequestsexception" in response
    else:
        assert response.startswith("http/1.1 503 ")
        assert "#serviceunavailable" in response
