"""A DNS server (RFC 1035) whose responses a test decides."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from ipaddress import ip_address

A, AAAA = 1, 28
SERVFAIL = 2

# What the server does with a query of a type (A or AAAA): respond with an address, a response code or nothing (None).
Behaviour = Callable[[int], str | int | None]


class DnsServer:
    """
    Responds to queries for every name on 127.0.0.1:53 (UDP): `with DnsServer(addresses("127.0.0.1")) as dns`.

    `behaviour` may be replaced at any time, and `delay` is in seconds. `queries` counts the queries of each type.
    """

    def __init__(self, behaviour: Behaviour, delay: float = 0):
        self.behaviour = behaviour
        self.delay = delay
        self.queries = {A: 0, AAAA: 0}

    def __enter__(self) -> "DnsServer":
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        # Closing a socket does not wake the thread that waits for it.
        self.socket.settimeout(0.05)
        self.is_stopped = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.is_stopped.set()
        self.thread.join()
        self.socket.close()

    def _serve(self) -> None:
        while not self.is_stopped.is_set():
            try:
                query, client = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            threading.Thread(target=self._respond, args=(query, client), daemon=True).start()

    def _respond(self, query: bytes, client: tuple) -> None:
        end = query.index(b"\0", 12) + 5
        (kind,) = struct.unpack_from("!H", query, end - 4)
        self.queries[kind] = self.queries.get(kind, 0) + 1
        outcome = self.behaviour(kind)
        if outcome is None:
            return
        time.sleep(self.delay)
        question, answer, code = query[12:end], b"", 0
        if isinstance(outcome, int):
            code = outcome
        elif outcome:
            data = ip_address(outcome).packed
            answer = struct.pack("!HHHIH", 0xC00C, kind, 1, 1, len(data)) + data
        header = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, 1 if answer else 0, 0, 0)
        try:
            self.socket.sendto(header + question + answer, client)
        except OSError:
            pass  # The server was stopped meanwhile.


def addresses(v4: str = "", v6: str = "") -> Behaviour:
    """Responds with these addresses; an empty one means that the name has no address of that type."""
    return lambda kind: {A: v4, AAAA: v6}.get(kind, "")


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Each behaviour for one query of each type; the last one for all further queries."""
    seen: dict[int, int] = {}

    def respond(kind: int) -> str | int | None:
        number = seen.get(kind, 0)
        seen[kind] = number + 1
        return behaviours[min(number, len(behaviours) - 1)](kind)

    return respond


def lost(_: int) -> None:
    """The query or its response is lost."""


def fails(_: int) -> int:
    """The DNS server itself cannot resolve the name."""
    return SERVFAIL
