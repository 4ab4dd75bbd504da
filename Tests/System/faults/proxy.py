"""A proxy between the functions and the database that injects faults."""

import asyncio
import json
import random
import re
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """A fault of one request, with its description."""

    NONE = "no fault"
    CUT_BEFORE_REQUEST = "the connection is cut, the database never sees the request"
    LOSE_RESPONSE = "the connection is cut after the request took effect and before its response"
    CUT_IN_HEAD = "the connection is cut in the head of the response"
    CUT_IN_BODY = "the connection is cut in the body of the response"
    DELAY_REQUEST = "the request arrives late"
    DELAY_RESPONSE = "the response arrives late"
    INTERNAL_ERROR = "500 InternalServerError, the database never sees the request"
    INTERNAL_ERROR_AFTER = "500 InternalServerError, although the request took effect"
    UNAVAILABLE = "503 ServiceUnavailable"
    UNAVAILABLE_PAGE = "503 with an HTML page, as an intermediary sends it"
    THROTTLING = "ThrottlingException"
    THROUGHPUT = "ProvisionedThroughputExceededException"
    FLIP_BIT = "one bit of the response body is flipped"
    GARBAGE = "the response is not valid HTTP"
    SILENCE = "the request takes effect, and no response ever comes"
    DRIP = "the response arrives byte by byte and never completes"


# Faults whose requests never reach the database.
_NOT_FORWARDED = {
    Fault.CUT_BEFORE_REQUEST, Fault.INTERNAL_ERROR, Fault.UNAVAILABLE, Fault.UNAVAILABLE_PAGE, Fault.THROTTLING,
    Fault.THROUGHPUT, Fault.GARBAGE,
}  # fmt: skip

# The status and `__type` that DynamoDB sends.
_ERRORS = {
    Fault.INTERNAL_ERROR: (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
    Fault.INTERNAL_ERROR_AFTER: (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
    Fault.UNAVAILABLE: (503, "com.amazon.coral.availability#ServiceUnavailable"),
    Fault.THROTTLING: (400, "com.amazon.coral.availability#ThrottlingException"),
    Fault.THROUGHPUT: (400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
}

# Each is invalid in its head or its framing, so a client can fail without waiting for more bytes.
GARBAGE = (
    b"\x15\x03\x03\x00\x02\x02\x28\r\n\r\n",  # a TLS alert
    b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    b"HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n{}",
    b"{}{}{}{}\r\n\r\n",
)


@dataclass
class Exchange:
    """One request of a function, its fault, and the status that the database returned; None if the fault prevented that."""

    operation: str
    body: dict
    fault: Fault = Fault.NONE
    status: int | None = None

    @property
    def item_id(self) -> str | None:
        key = self.body.get("Key") or self.body.get("Item") or {}
        return key.get("item_id", {}).get("S")

    @property
    def took_effect(self) -> bool:
        return self.status == 200


Plan = Callable[[Exchange], Fault]


class Proxy:
    """
    `with Proxy() as proxy`, then `proxy.upstream = port`. `plan` chooses the fault of each request; `exchanges` records
    them. The proxy runs on a single thread of its own, so a plan needs no lock.

    `delay` is the time of DELAY_REQUEST and DELAY_RESPONSE in seconds, `garbage` the response of GARBAGE (None: a random
    one), and `retry_after` the Retry-After header of errors in seconds (None: no header).
    """

    def __init__(self) -> None:
        self.upstream = 0
        self.port = 0
        self.delay = 0.1
        self.garbage: bytes | None = None
        self.retry_after: int | None = None
        self.exchanges: list[Exchange] = []
        self.plan: Plan = lambda _: Fault.NONE
        self.random = random.Random(0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task] = set()

    def __enter__(self) -> "Proxy":
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # Configuration

    def reset(self) -> None:
        """Removes all faults and recorded exchanges."""
        self.plan = lambda _: Fault.NONE
        self.delay, self.garbage, self.retry_after = 0.1, None, None
        self.exchanges = []

    def next_faults(self, *faults: Fault) -> None:
        """Applies one fault to each of the next requests, and none after that."""
        remaining = deque(faults)
        self.plan = lambda _: remaining.popleft() if remaining else Fault.NONE

    def always(self, fault: Fault) -> None:
        self.plan = lambda _: fault

    def mix(self, seed: int, weights: dict[Fault, float]) -> None:
        """Applies random faults; weights are percentages of the requests, and the rest have no fault."""
        self.random = random.Random(seed)
        kinds, shares = [*weights, Fault.NONE], [*weights.values(), 100 - sum(weights.values())]
        self.plan = lambda _: self.random.choices(kinds, shares)[0]

    def counts(self) -> Counter:
        return Counter(exchange.fault for exchange in self.exchanges)

    # One connection

    async def _listen(self) -> asyncio.Server:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self._server

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        database = _Database(self.upstream)
        try:
            while await self._exchange(reader, writer, database):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            database.close()
            writer.close()

    async def _exchange(self, reader, writer, database: "_Database") -> bool:
        """Serves one request; returns whether the connection can be reused."""
        head, body = await _message(reader)
        operation = _header(head, b"x-amz-target").decode().rpartition(".")[2]
        exchange = Exchange(operation, json.loads(body))
        exchange.fault = fault = self.plan(exchange)
        self.exchanges.append(exchange)
        if fault is Fault.DELAY_REQUEST:
            await asyncio.sleep(self.delay)
        response = b""
        if fault not in _NOT_FORWARDED:
            response_head, response_body = await database.send(head + body)
            exchange.status = int(response_head.split(b" ", 2)[1])
            response = response_head + response_body
        match fault:
            case Fault.CUT_BEFORE_REQUEST | Fault.LOSE_RESPONSE:
                return self._cut(writer)
            case Fault.CUT_IN_HEAD:
                writer.write(response[: len(response_head) // 2])
                await writer.drain()
                return self._cut(writer, reset=False)
            case Fault.CUT_IN_BODY:
                writer.write(response[: len(response_head) + len(response_body) // 2])
                await writer.drain()
                return self._cut(writer, reset=False)
            case Fault.FLIP_BIT:
                response = response_head + _flipped(response_body, self.random)
            case Fault.GARBAGE:
                response = self.garbage or self.random.choice(GARBAGE)
            case Fault.UNAVAILABLE_PAGE:
                response = _response(503, b"<html><h1>503 Service Unavailable</h1></html>", "text/html")
            case Fault.DELAY_RESPONSE:
                await asyncio.sleep(self.delay)
            case Fault.SILENCE:
                await reader.read()
                return False
            case Fault.DRIP:
                for byte in response * 100:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.2)
            case _ if fault in _ERRORS:
                response = self._error(fault)
        writer.write(response)
        await writer.drain()
        return fault is not Fault.GARBAGE or not await reader.read()

    def _cut(self, writer: asyncio.StreamWriter, reset: bool = True) -> bool:
        """Closes the connection, half of the time with a reset. Without `reset`, bytes already written still arrive."""
        if reset and self.random.random() < 0.5:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()
        return False

    def _error(self, fault: Fault) -> bytes:
        status, kind = _ERRORS[fault]
        body = json.dumps({"__type": kind, "message": "a message of the proxy that no client may see"}).encode()
        return _response(status, body, "application/x-amz-json-1.0", self.retry_after)


class _Database:
    """A connection to the database for one connection of a function, opened by its first request."""

    def __init__(self, port: int):
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> tuple[bytes, bytes]:
        self.streams = self.streams or await asyncio.open_connection("127.0.0.1", self.port)
        self.streams[1].write(request)
        return await _message(self.streams[0])

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    return head, await reader.readexactly(int(_header(head, b"content-length") or 0))


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return b""


def _flipped(body: bytes, generator: random.Random) -> bytes:
    """Flips one bit, preferably in a number of likes, which stays a valid number."""
    likes = [match.start(1) for match in re.finditer(rb'"likes":\{"N":"\d*(\d)"', body)]
    at = generator.choice(likes or range(len(body)))
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def _response(status: int, body: bytes, kind: str, retry_after: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    if retry_after is not None:
        head += f"Retry-After: {retry_after}\r\n"
    return head.encode() + b"\r\n" + body
