"""Concurrent clients that record their responses, with which the database must agree after a crash."""

import random
import threading
from collections import Counter

import requests

from support.api import FROG, Api, item_id


class ConcurrentClients:
    """
    Posts, likes and deletes from several threads while the context is open.

    After an error or no response it is unknown whether the write took effect; `check` accepts both outcomes.
    """

    def __init__(self, base: str, seed: int, posters: int = 6, likers: int = 2, deleters: int = 2):
        self.base = base
        self.seed = seed
        self.jobs = [self._post] * posters + [self._like] * likers + [self._delete] * deleters
        self.posted: set[str] = set()
        """Ids of acknowledged posts that no client deletes."""
        self.liked: Counter[str] = Counter()
        self.perhaps_liked: Counter[str] = Counter()
        self.deleted: set[str] = set()
        self.statuses: Counter[int] = Counter()
        """The number of responses by status; 0 stands for no response."""
        self.error_bodies: set[str] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "ConcurrentClients":
        self._stop.clear()
        self._threads = [
            threading.Thread(target=self._repeat, args=(job, random.Random(f"{self.seed}-{number}")))
            for number, job in enumerate(self.jobs)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, job, rng: random.Random) -> None:
        api = Api(self.base, checked=False)
        while not self._stop.is_set():
            job(api, rng)

    def _send(self, method: str, api: Api, path: str, **options) -> requests.Response | None:
        try:
            response = api.request(method, path, **options)
        except requests.RequestException:
            response = None
            # The server is down; retrying in a busy loop would take CPU time from its restart.
            self._stop.wait(0.02)
        with self._lock:
            self.statuses[response.status_code if response is not None else 0] += 1
            if response is not None and response.status_code >= 400:
                self.error_bodies.add(response.text)
        return response

    def _post(self, api: Api, rng: random.Random) -> None:
        response = self._send("POST", api, "/haiku", json=FROG)
        if response is not None and response.status_code == 201:
            with self._lock:
                self.posted.add(item_id(response))

    def _like(self, api: Api, rng: random.Random) -> None:
        with self._lock:
            one = rng.choice(sorted(self.posted)[:20]) if self.posted else None
        if one is None:
            return self._post(api, rng)
        response = self._send("PATCH", api, f"/haiku/{one}")
        with self._lock:
            if response is not None and response.status_code == 200:
                self.liked[one] += 1
            else:
                self.perhaps_liked[one] += 1

    def _delete(self, api: Api, rng: random.Random) -> None:
        posted = self._send("POST", api, "/haiku", json=FROG)
        if posted is None or posted.status_code != 201:
            return
        response = self._send("DELETE", api, f"/haiku/{item_id(posted)}")
        if response is not None and response.status_code == 204:
            with self._lock:
                self.deleted.add(item_id(posted))

    def check(self, haiku: list[dict]) -> None:
        """Fails unless `haiku`, the whole list, is consistent with every acknowledged write."""
        found = {one["item_id"]: one for one in haiku}
        assert len(found) == len(haiku), "a haiku is listed twice"
        lost = self.posted - found.keys()
        assert not lost, f"{len(lost)} of {len(self.posted)} acknowledged haiku are lost: {sorted(lost)[:3]}"
        back = self.deleted & found.keys()
        assert not back, f"{len(back)} deleted haiku are back: {sorted(back)[:3]}"
        for one, likes in self.liked.items():
            most = likes + self.perhaps_liked[one]
            assert likes <= found[one]["likes"] <= most, f"{one} has {found[one]['likes']} likes, not {likes} to {most}"
