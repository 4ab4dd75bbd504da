"""An open-loop client that is cheap enough to send far more requests than the stack can serve."""

import selectors
import socket
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from support.sockets import is_complete

CLOSE = b"\r\nconnection: close\r\n"


@dataclass
class Outcome:
    """Results by status. Times are in seconds, from sending the request to receiving the complete response."""

    times: dict[int, list[float]] = field(default_factory=dict)
    unsent: int = 0
    """Requests that were due while all connections were waiting for responses."""
    broken: Counter[str] = field(default_factory=Counter)
    """Connections that ended without a response, by error."""
    responses: dict[int, bytes] = field(default_factory=dict)
    """The last response with each status."""

    def count(self, status: int) -> int:
        return len(self.times.get(status, []))

    @property
    def accepted(self) -> list[float]:
        return [one for status, times in self.times.items() if status < 500 for one in times]

    @property
    def rejected(self) -> list[float]:
        return self.times.get(503, [])


def percentile(times: list[float], percent: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


class Connection:
    def __init__(self, address: tuple[str, int]):
        self.address = address
        self.socket: socket.socket | None = None
        self.request = b""
        """Sent as soon as the connection is established."""
        self.received = b""
        self.sent_at = 0.0

    def open(self) -> None:
        """Starts a non-blocking connect: blocking here would distort the times of the other connections."""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(self.address)
        self.received = b""

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class Flood(threading.Thread):
    """
    Sends `requests` round-robin, `rate` of them a second over at most `connections` connections.

    Without a rate it is a closed loop: each connection sends its next request when it has received the response.
    """

    def __init__(self, port: int, requests: list[bytes], connections: int, rate: float | None = None):
        super().__init__()
        self.requests = requests
        self.rate = rate
        self.outcome = Outcome()
        self._idle: deque[Connection] = deque(Connection(("127.0.0.1", port)) for _ in range(connections))
        self._selector = selectors.EpollSelector()
        self._end = threading.Event()
        self._sent = 0

    def for_seconds(self, seconds: float) -> Outcome:
        """Runs for this time, waits up to 20 s for the outstanding responses, and returns the results."""
        self.start()
        threading.Event().wait(seconds)
        self._end.set()
        self.join()
        return self.outcome

    def run(self) -> None:
        begin = time.perf_counter()
        due = 0.0
        while not self._end.is_set():
            if self.rate is None:
                wanted = len(self._idle)
            else:
                now_due = (time.perf_counter() - begin) * self.rate
                wanted, due = int(now_due) - int(due), now_due
            for _ in range(min(wanted, len(self._idle))):
                self._send(self._idle.popleft())
                wanted -= 1
            self.outcome.unsent += wanted
            self._receive(0.001)
        end = time.perf_counter() + 20
        while self._selector.get_map() and time.perf_counter() < end:
            self._receive(0.1)
        self.outcome.broken.update({"no response": len(self._selector.get_map())})
        self.outcome.broken += Counter()  # drops zero counts
        for connection in self._idle:
            connection.close()

    def _send(self, connection: Connection) -> None:
        connection.request = self.requests[self._sent % len(self.requests)]
        connection.sent_at = time.perf_counter()
        self._sent += 1
        try:
            if connection.socket is None:
                connection.open()
                self._selector.register(connection.socket, selectors.EVENT_WRITE, connection)
            else:
                connection.socket.send(connection.request)
                self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        except OSError as error:
            self._failed(connection, error)

    def _receive(self, seconds: float) -> None:
        for key, events in self._selector.select(seconds):
            connection: Connection = key.data
            try:
                if events & selectors.EVENT_WRITE:
                    connection.socket.send(connection.request)
                    self._selector.modify(connection.socket, selectors.EVENT_READ, connection)
                    continue
                data = connection.socket.recv(1 << 18)
                if not data:
                    raise ConnectionResetError("closed without a response")
            except OSError as error:
                self._selector.unregister(connection.socket)
                self._failed(connection, error)
                continue
            connection.received += data
            if is_complete(connection.received):
                self._selector.unregister(connection.socket)
                self._completed(connection)

    def _completed(self, connection: Connection) -> None:
        response = connection.received
        status = int(response[9:12])
        self.outcome.times.setdefault(status, []).append(time.perf_counter() - connection.sent_at)
        self.outcome.responses[status] = response
        connection.received = b""
        if CLOSE in connection.request.lower() or CLOSE in response[:1024].lower():
            connection.close()
        self._idle.append(connection)

    def _failed(self, connection: Connection, error: OSError) -> None:
        self.outcome.broken[str(error)] += 1
        connection.close()
        self._idle.append(connection)
