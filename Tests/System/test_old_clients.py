"""Who wants the connection closed has it closed behind the reply, as clients of HTTP/1.0 expect without asking."""

import socket

import pytest
from crashes.flood import is_whole
from support.stack import Stack


def connect(stack: Stack) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(stack.api.rsplit(":", 1)[1])), timeout=10)


def ask(connection: socket.socket, version: str, fields: str) -> bytes:
    """Sends a request and returns the reply."""
    connection.sendall(f"GET /haiku?limit=1 HTTP/{version}\r\nHost: localhost\r\n{fields}\r\n".encode())
    reply = b""
    while not is_whole(reply):
        data = connection.recv(1 << 16)
        assert data, "the whole reply comes before the end of the connection"
        reply += data
    return reply


@pytest.mark.parametrize(
    "version, fields",
    [
        ("1.0", ""),
        ("1.0", "Connection: close\r\n"),
        ("1.1", "Connection: close\r\n"),
        ("1.1", "Connection: TE, Close\r\n"),
    ],
)
def test_the_connection_ends_behind_the_reply(stack: Stack, version: str, fields: str):
    with connect(stack) as connection:
        assert b" 200 " in ask(connection, version, fields)
        assert connection.recv(1) == b""


@pytest.mark.parametrize("version, fields", [("1.1", ""), ("1.0", "Connection: keep-alive\r\n")])
def test_the_connection_is_kept_by_who_wants_it(stack: Stack, version: str, fields: str):
    with connect(stack) as connection:
        for _ in range(3):
            assert b" 200 " in ask(connection, version, fields)
