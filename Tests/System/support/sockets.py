"""Sockets: which ones a process listens on, and what a server says to bytes that no HTTP library would send."""

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
    """The TCP sockets that a process listens on, as /proc shows them."""
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
            # proc(5): 0A is the state LISTEN.
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.add(Listener(_address(address), int(port, 16)))
    return found


def _address(text: str) -> str:
    """The kernel writes an address as 32-bit words in the machine's order, in hexadecimal."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))


def exchange(port: int, *pieces: bytes, timeout: float = 30, half_close: bool = False) -> bytes:
    """
    Sends the pieces and returns all that comes back until the server ends the connection.

    A server that says nothing and keeps the connection makes this fail with TimeoutError. One that ends the connection
    while it is still sent to has answered; what it said may then be lost.
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
            pass  # The server has ended the connection already.
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
    return received


def flood(port: int, start: bytes, piece: bytes, at_most: int) -> bytes:
    """
    Sends the start and then the piece again and again until the server answers or ends the connection, and returns all
    that comes back.

    A server that takes `at_most` bytes, several times what the kernel keeps for it, makes this fail.
    """
    received, sent = b"", len(start)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            connection.sendall(start)
            while not select.select([connection], [], [], 0)[0]:
                assert sent < at_most, f"the server has taken {sent} bytes"
                connection.sendall(piece)
                sent += len(piece)
            while part := connection.recv(65536):
                received += part
        except (BrokenPipeError, ConnectionResetError):
            pass  # The server has ended the connection; what it said may be lost.
    return received


def statuses(replies: bytes) -> list[int]:
    """The status of each reply, of replies whose bodies hold no status line."""
    return [int(part.split(b" ", 1)[0]) for part in replies.split(b"HTTP/1.1 ")[1:]]


def is_held(client: int, server: int) -> bool:
    """Whether a process has the server's end of the connection between these two ports of 127.0.0.1."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if [int(end.split(":")[1], 16) for end in fields[1:3]] == [server, client]:
            # What only the kernel still holds, since not all of it has been sent, has no inode.
            return fields[9] != "0"
    return False


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
