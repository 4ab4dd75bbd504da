"""TCP sockets: listening ports of a process, and HTTP exchanges that no HTTP library would perform."""

import ipaddress
import os
import select
import socket
from pathlib import Path
from typing import NamedTuple


class Listener(NamedTuple):
    address: str
    port: int


def listeners(pid: int) -> set[Listener]:
    """The TCP sockets on which a process listens, from /proc."""
    inodes = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(entry.path)
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            # 0A is the state LISTEN (proc(5)).
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.add(Listener(_address(address), int(port, 16)))
    return found


def _address(text: str) -> str:
    """Parses an address from /proc: hexadecimal 32-bit words in host byte order."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))


def exchange(port: int, *pieces: bytes, timeout: float = 30, half_close: bool = False) -> bytes:
    """
    Sends the pieces and returns everything received until the server closes the connection.

    Raises TimeoutError if the server neither reads, sends a byte nor closes the connection for `timeout` seconds. If it closes
    the connection early, its response may be lost.
    """
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except TimeoutError:
            raise
        except OSError:
            pass  # The server has closed the connection.
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
    return received


def flood(port: int, start: bytes, piece: bytes, at_most: int) -> bytes:
    """
    Sends `start` and then `piece` repeatedly until the server responds or closes the connection; returns everything
    received.

    Fails if the server accepts `at_most` bytes, which must be several times the kernel's socket buffers.
    """
    received, sent = b"", len(start)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            connection.sendall(start)
            while not select.select([connection], [], [], 0)[0]:
                assert sent < at_most, f"the server accepted {sent} bytes"
                connection.sendall(piece)
                sent += len(piece)
            while part := connection.recv(65536):
                received += part
        except (BrokenPipeError, ConnectionResetError):
            pass  # The server has closed the connection; its response may be lost.
    return received


def statuses(responses: bytes) -> list[int]:
    """The status of each response; bodies must not contain a status line."""
    return [int(part.split(b" ", 1)[0]) for part in responses.split(b"HTTP/1.1 ")[1:]]


def is_held(client: int, server: int) -> bool:
    """Whether a process still owns the server's end of the connection between these two ports of 127.0.0.1."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if [int(end.split(":")[1], 16) for end in fields[1:3]] == [server, client]:
            # A closed socket whose data the kernel is still sending has no inode.
            return fields[9] != "0"
    return False


def read_response(connection: socket.socket) -> bytes:
    """Reads one complete response. Fails if the server closes the connection before its end."""
    response = b""
    while not is_complete(response):
        data = connection.recv(1 << 16)
        assert data, f"the connection was closed after {response!r}"
        response += data
    return response


def is_complete(response: bytes) -> bool:
    """Whether the response is complete. The stack sends a Content-Length, or no body at all. Not for HEAD."""
    end = response.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = response[:end].lower()
    start = head.find(b"\r\ncontent-length:")
    if start < 0:
        return True
    length = int(head[start + 17 :].split(b"\r\n", 1)[0])
    return len(response) >= end + 4 + length
