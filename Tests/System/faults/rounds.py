"""Rounds in which concurrent clients put, like, get and delete one haiku, and their histories."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from faults.linearizability import NEVER, Operation
from support.api import FROG, Api

CLIENTS = 5
OPERATIONS = 4
# Rounds that run concurrently, each on its own haiku.
CONCURRENT_ROUNDS = 3

History = list[Operation]


class Client:
    """One connection with little overhead, so that the time between call and return is that of the API."""

    def __init__(self, base: str):
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)

    def close(self) -> None:
        self.connection.close()

    def call(self, kind: str, key: str, path: str) -> Operation:
        method = {"put": "POST", "like": "PATCH", "get": "GET", "delete": "DELETE"}[kind]
        body = json.dumps(FROG) if kind == "put" else None
        # A put names the haiku by its key. Likes have no key: those with the same key would count once.
        headers = {"Idempotency-Key": key} if kind == "put" else {}
        called = time.monotonic()
        self.connection.request(method, "/haiku" if kind == "put" else path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        returned = time.monotonic()
        if response.status >= 500:
            return Operation(kind, called, NEVER, None)
        assert kind != "put" or response.headers["Location"] == path.removeprefix("/")
        likes = json.loads(text)["likes"] if response.status == 200 else None
        return Operation(kind, called, returned, response.status, likes)


def run_rounds(api: Api, start: int, rounds: int) -> list[History]:
    """Runs rounds, each on a new haiku, and returns their histories."""
    keys = iter([f"{start}-{number}" for number in range(rounds)])
    lock = threading.Lock()

    def worker(_: int) -> Iterator[History]:
        """A group of clients that runs one round after the other."""
        clients = [Client(api.base) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            while True:
                with lock:
                    key = next(keys, None)
                if key is None:
                    break
                yield _round(api, key, clients, pool)
        for client in clients:
            client.close()

    with ThreadPoolExecutor(CONCURRENT_ROUNDS) as pool:
        return [one for part in pool.map(lambda number: list(worker(number)), range(CONCURRENT_ROUNDS)) for one in part]


def _round(api: Api, key: str, clients: list[Client], pool: ThreadPoolExecutor) -> History:
    # The key determines the id of the haiku, which is posted to learn its path and deleted before the round.
    path = "/" + _retry_on_error(api.post, "/haiku", json=FROG, headers={"Idempotency-Key": key}).headers["Location"]
    _retry_on_error(api.delete, path)
    generator = random.Random(key)
    plans = [generator.choices(("put", "like", "get", "delete"), (3, 4, 3, 2), k=OPERATIONS) for _ in clients]
    barrier = threading.Barrier(len(clients))

    def run_plan(client: Client, plan: list[str]) -> History:
        barrier.wait(60)
        return [client.call(kind, key, path) for kind in plan]

    return [one for part in pool.map(run_plan, clients, plans) for one in part]


def _retry_on_error(send, path: str, **options):
    while (response := send(path, **options)).status_code >= 500:
        pass
    return response


def overlaps(history: History) -> bool:
    """Whether any two operations overlap; a sequential history proves nothing."""
    ordered = sorted(history, key=lambda one: one.called)
    return any(two.called < one.returned for one, two in zip(ordered, ordered[1:], strict=False))


def formatted(history: History) -> str:
    begin = min(one.called for one in history)
    lines = []
    for one in sorted(history, key=lambda one: one.called):
        called, returned = 1e3 * (one.called - begin), 1e3 * (one.returned - begin)
        lines.append(f"{called:8.2f} to {returned:8.2f} ms  {one.kind:6} {one.status} {one.likes}")
    return "\n".join(lines)
