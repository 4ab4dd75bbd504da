"""Many clients at once, and what each of them was told: the model that a database is held against after a crash."""

import random
import threading
from collections import Counter

import requests
from support.api import FROG, Api, item_id


class Crowd:
    """
    Posts, likes and deletes from several threads until it is told to stop.

    An answer that did not come leaves open whether the write happened; `check` allows both.
    """

    def __init__(self, base: str, seed: int, posters: int = 6, likers: int = 2, deleters: int = 2):
        self.base = base
        self.seed = seed
        self.jobs = [self._post] * posters + [self._like] * likers + [self._delete] * deleters
        self.posted: set[str] = set()
        """Acknowledged, and never deleted by anybody."""
        self.liked: Counter[str] = Counter()
        self.perhaps_liked: Counter[str] = Counter()
        self.deleted: set[str] = set()
        self.answers: Counter[int] = Counter()
        """By status; 0 where there was no answer."""
        self.words: set[str] = set()
        """What the answers other than successes said."""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Crowd":
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

    def _repeat(self, job, dice: random.Random) -> None:
        api = Api(self.base, checked=False)
        while not self._stop.is_set():
            job(api, dice)

    def _ask(self, method: str, api: Api, path: str, **options) -> requests.Response | None:
        try:
            reply = api.request(method, path, **options)
        except requests.RequestException:
            reply = None
            # Nobody is there; to ask on and on would only take the time that the restart needs.
            self._stop.wait(0.02)
        with self._lock:
            self.answers[reply.status_code if reply is not None else 0] += 1
            if reply is not None and reply.status_code >= 400:
                self.words.add(reply.text)
        return reply

    def _post(self, api: Api, dice: random.Random) -> None:
        reply = self._ask("POST", api, "/haiku", json=FROG)
        if reply is not None and reply.status_code == 201:
            with self._lock:
                self.posted.add(item_id(reply))

    def _like(self, api: Api, dice: random.Random) -> None:
        with self._lock:
            one = dice.choice(sorted(self.posted)[:20]) if self.posted else None
        if one is None:
            return self._post(api, dice)
        reply = self._ask("PATCH", api, f"/haiku/{one}")
        with self._lock:
            if reply is not None and reply.status_code == 200:
                self.liked[one] += 1
            else:
                self.perhaps_liked[one] += 1

    def _delete(self, api: Api, dice: random.Random) -> None:
        posted = self._ask("POST", api, "/haiku", json=FROG)
        if posted is None or posted.status_code != 201:
            return
        reply = self._ask("DELETE", api, f"/haiku/{item_id(posted)}")
        if reply is not None and reply.status_code == 204:
            with self._lock:
                self.deleted.add(item_id(posted))

    def check(self, haiku: list[dict]) -> None:
        """Fails unless these, the whole list, can be what is left of what was acknowledged."""
        found = {one["item_id"]: one for one in haiku}
        assert len(found) == len(haiku), "a haiku is listed twice"
        lost = self.posted - found.keys()
        assert not lost, f"{len(lost)} of {len(self.posted)} acknowledged haiku are lost: {sorted(lost)[:3]}"
        back = self.deleted & found.keys()
        assert not back, f"{len(back)} deleted haiku are back: {sorted(back)[:3]}"
        for one, likes in self.liked.items():
            most = likes + self.perhaps_liked[one]
            assert likes <= found[one]["likes"] <= most, f"{one} has {found[one]['likes']} likes, not {likes} to {most}"
