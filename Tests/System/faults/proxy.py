"""A proxy between the functions and the database that does to a request what a test asks for."""

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
    """What becomes of one request, in the words of a report."""

    NONE = "nothing"
    CUT_BEFORE_REQUEST = "the connection is cut, the database never sees the request"
    LOSE_REPLY = "the connection is cut after the database did as it was asked and before its reply"
    CUT_IN_HEAD = "the connection is cut in the head of the reply"
    CUT_IN_BODY = "the connection is cut in the body of the reply"
    DELAY_REQUEST = "the request arrives late"
    DELAY_REPLY = "the reply arrives late"
    INTERNAL_ERROR = "500 InternalServerError, the database never sees the request"
    INTERNAL_ERROR_AFTER = "500 InternalServerError, though the database did as it was asked"
    UNAVAILABLE = "503 ServiceUnavailable"
    UNAVAILABLE_PAGE = "503 with a page of HTML, as something on the way answers"
    THROTTLING = "ThrottlingException"
    THROUGHPUT = "ProvisionedThroughputExceededException"
    FLIP_BIT = "a bit of the reply's body is another one"
    GARBAGE = "what comes back is no HTTP"
    SILENCE = "the database did as it was asked, and no reply ever comes"
    DRIP = "the reply comes so slowly that it never ends"


# What the database is not told of.
_UNSEEN = {
    Fault.CUT_BEFORE_REQUEST, Fault.INTERNAL_ERROR, Fault.UNAVAILABLE, Fault.UNAVAILABLE_PAGE, Fault.THROTTLING,
    Fault.THROUGHPUT, Fault.GARBAGE,
}  # fmt: skip

# Status and `__type`, as DynamoDB has them.
_REFUSALS = {
    Fault.INTERNAL_ERROR: (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
    Fault.INTERNAL_ERROR_AFTER: (500, "com.amazonaws.dynamodb.v20120810#InternalServerError"),
    Fault.UNAVAILABLE: (503, "com.amazon.coral.availability#ServiceUnavailable"),
    Fault.THROTTLING: (400, "com.amazon.coral.availability#ThrottlingException"),
    Fault.THROUGHPUT: (400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
}

# Each is wrong at its first line or in its framing, so that nobody needs to wait for more to know.
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
    """One request of a function, what was done to it, and what the database said if it saw it."""

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
    `with Proxy() as proxy`, then `proxy.upstream = port`. Which fault comes is for `plan` to say; `exchanges` has what
    was. Everything happens on one thread of the proxy's own, so a plan needs no lock.
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

    # What a test asks for

    def reset(self) -> None:
        """No more faults, and nothing remembered."""
        self.plan = lambda _: Fault.NONE
        self.delay, self.garbage, self.retry_after = 0.1, None, None
        self.exchanges = []

    def next_faults(self, *faults: Fault) -> None:
        """The next requests meet these, one each; those after them meet none."""
        left = deque(faults)
        self.plan = lambda _: left.popleft() if left else Fault.NONE

    def always(self, fault: Fault) -> None:
        self.plan = lambda _: fault

    def mix(self, seed: int, weights: dict[Fault, float]) -> None:
        """Each request meets a fault by chance; weights are in percent, and what is left of the hundred meets none."""
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
        """Serves one request; whether the connection is still of use."""
        head, body = await _message(reader)
        operation = _header(head, b"x-amz-target").decode().rpartition(".")[2]
        exchange = Exchange(operation, json.loads(body))
        exchange.fault = fault = self.plan(exchange)
        self.exchanges.append(exchange)
        if fault is Fault.DELAY_REQUEST:
            await asyncio.sleep(self.delay)
        reply = b""
        if fault not in _UNSEEN:
            answer_head, answer_body = await database.ask(head + body)
            exchange.status = int(answer_head.split(b" ", 2)[1])
            reply = answer_head + answer_body
        match fault:
            case Fault.CUT_BEFORE_REQUEST | Fault.LOSE_REPLY:
                return self._cut(writer)
            case Fault.CUT_IN_HEAD:
                writer.write(reply[: len(answer_head) // 2])
                await writer.drain()
                return self._cut(writer, gently=True)
            case Fault.CUT_IN_BODY:
                writer.write(reply[: len(answer_head) + len(answer_body) // 2])
                await writer.drain()
                return self._cut(writer, gently=True)
            case Fault.FLIP_BIT:
                reply = answer_head + _flipped(answer_body, self.random)
            case Fault.GARBAGE:
                reply = self.garbage or self.random.choice(GARBAGE)
            case Fault.UNAVAILABLE_PAGE:
                reply = _reply(503, b"<html><h1>503 Service Unavailable</h1></html>", "text/html")
            case Fault.DELAY_REPLY:
                await asyncio.sleep(self.delay)
            case Fault.SILENCE:
                await reader.read()
                return False
            case Fault.DRIP:
                for byte in reply * 100:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.2)
            case _ if fault in _REFUSALS:
                reply = self._refusal(fault)
        writer.write(reply)
        await writer.drain()
        return fault is not Fault.GARBAGE or not await reader.read()

    def _cut(self, writer: asyncio.StreamWriter, gently: bool = False) -> bool:
        """Closes the connection, half of the time as a crash does it; gently, lest what was written be lost too."""
        if not gently and self.random.random() < 0.5:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()
        return False

    def _refusal(self, fault: Fault) -> bytes:
        status, kind = _REFUSALS[fault]
        body = json.dumps({"__type": kind, "message": "the proxy's words, which no client may see"}).encode()
        return _reply(status, body, "application/x-amz-json-1.0", self.retry_after)


class _Database:
    """The database's side of one connection."""

    def __init__(self, port: int):
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
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


def _flipped(body: bytes, chance: random.Random) -> bytes:
    """Another body of the same length. Likes are preferred: a number that is off by a little is what hurts."""
    likes = [match.start(1) for match in re.finditer(rb'"likes":\{"N":"\d*(\d)"', body)]
    at = chance.choice(likes or range(len(body)))
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def _reply(status: int, body: bytes, kind: str, retry_after: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    if retry_after is not None:
        head += f"Retry-After: {retry_after}\r\n"
    return head.encode() + b"\r\n" + body
