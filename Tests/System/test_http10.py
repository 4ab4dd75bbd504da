"""HTTP/1.0 and HTTP/1.1 clients: `Connection: close`, keep-alive, their defaults, and the Date of each response."""

import re
import socket
import time
from email.utils import parsedate_to_datetime

import pytest

from support.ports import port_of
from support.sockets import read_response
from support.stack import Stack


def connect(stack: Stack) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(stack.api)), timeout=10)


def request(connection: socket.socket, version: str, fields: str) -> bytes:
    connection.sendall(f"GET /haiku?limit=1 HTTP/{version}\r\nHost: localhost\r\n{fields}\r\n".encode())
    return read_response(connection)


@pytest.mark.parametrize(
    "version, fields",
    [
        ("1.0", ""),
        ("1.0", "Connection: close\r\n"),
        ("1.1", "Connection: close\r\n"),
        ("1.1", "Connection: TE, Close\r\n"),
    ],
)
def test_the_connection_is_closed_after_the_response(stack: Stack, version: str, fields: str):
    with connect(stack) as connection:
        assert b" 200 " in request(connection, version, fields)
        assert connection.recv(1) == b""


@pytest.mark.parametrize("version, fields", [("1.1", ""), ("1.0", "Connection: keep-alive\r\n")])
def test_a_persistent_connection_is_kept_open(stack: Stack, version: str, fields: str):
    with connect(stack) as connection:
        for _ in range(3):
            assert b" 200 " in request(connection, version, fields)


def test_the_date_of_each_response_is_the_current_time(stack: Stack):
    with connect(stack) as connection:
        for pause in (0, 1.1):
            time.sleep(pause)
            before = int(time.time())
            date = re.search(rb"\r\nDate: ([^\r]*)", request(connection, "1.1", ""))
            assert before <= parsedate_to_datetime(date[1].decode()).timestamp() <= time.time()
