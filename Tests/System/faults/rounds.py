"""Rounds in which clients at once put, like, get and delete one haiku, and what each saw when."""

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
# Rounds that are under way at once, each on a haiku of its own.
SIDE_BY_SIDE = 3

History = list[Operation]


class Client:
    """One connection, as lean as can be, so that what is measured between call and return is the API."""

    def __init__(self, base: str):
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)

    def close(self) -> None:
        self.connection.close()

    def call(self, kind: str, key: str, path: str) -> Operation:
        method = {"put": "POST", "like": "PATCH", "get": "GET", "delete": "DELETE"}[kind]
        body = json.dumps(FROG) if kind == "put" else None
        called = time.monotonic()
        self.connection.request(method, "/haiku" if kind == "put" else path, body, {"Idempotency-Key": key})
        reply = self.connection.getresponse()
        text = reply.read()
        returned = time.monotonic()
        if reply.status >= 500:
            return Operation(kind, called, NEVER, None)
        assert kind != "put" or reply.headers["Location"] == path.removeprefix("/")
        likes = json.loads(text)["likes"] if reply.status == 200 else None
        return Operation(kind, called, returned, reply.status, likes)


def play(api: Api, start: int, rounds: int) -> list[History]:
    """Plays rounds, a new haiku each, and returns their histories."""
    keys = iter([f"{start}-{number}" for number in range(rounds)])
    lock = threading.Lock()

    def table(_: int) -> Iterator[History]:
        """Clients that play one round after the other together."""
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

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return [one for part in pool.map(lambda number: list(table(number)), range(SIDE_BY_SIDE)) for one in part]


def _round(api: Api, key: str, clients: list[Client], pool: ThreadPoolExecutor) -> History:
    # Where a put under this key goes; it is gone again before the round.
    path = "/" + _insist(api.post, "/haiku", json=FROG, headers={"Idempotency-Key": key}).headers["Location"]
    _insist(api.delete, path)
    chance = random.Random(key)
    plans = [chance.choices(("put", "like", "get", "delete"), (3, 4, 3, 2), k=OPERATIONS) for _ in clients]
    barrier = threading.Barrier(len(clients))

    def turn(client: Client, plan: list[str]) -> History:
        barrier.wait(60)
        return [client.call(kind, key, path) for kind in plan]

    return [one for part in pool.map(turn, clients, plans) for one in part]


def _insist(send, path: str, **options):
    while (reply := send(path, **options)).status_code >= 500:
        pass
    return reply


def overlaps(history: History) -> bool:
    """Whether two of its operations were under way at once, without which there is nothing to judge."""
    ordered = sorted(history, key=lambda one: one.called)
    return any(two.called < one.returned for one, two in zip(ordered, ordered[1:], strict=False))


def shown(history: History) -> str:
    begin = min(one.called for one in history)
    lines = []
    for one in sorted(history, key=lambda one: one.called):
        called, returned = 1e3 * (one.called - begin), 1e3 * (one.returned - begin)
        lines.append(f"{called:8.2f} to {returned:8.2f} ms  {one.kind:6} {one.status} {one.likes}")
    return "\n".join(lines)
