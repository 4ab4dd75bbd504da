"""Clients that keep account of what they were answered, to hold the table against it."""

import random
from dataclasses import dataclass, field

import requests

from support.api import FROG, Api, item_id


@dataclass
class Posted:
    """What one poet knows of one haiku of its own, which nobody else touches."""

    text: str
    key: str | None
    item_id: str | None = None
    likes_answered: int = 0
    likes_failed: int = 0
    deleted: bool = False
    maybe_deleted: bool = False

    @property
    def is_acknowledged(self) -> bool:
        return self.item_id is not None

    @property
    def likes(self) -> range:
        """The numbers of likes that it may have."""
        return range(self.likes_answered, self.likes_answered + self.likes_failed + 1)


@dataclass
class Poet:
    """
    Posts, likes, reads and deletes haiku of its own, one request after the other, and fails as soon as an answer cannot
    be reconciled with those before.
    """

    name: str
    api: Api
    chance: random.Random
    posted: list[Posted] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def work(self, requests: int) -> "Poet":
        for turn in range(requests):
            mine = [haiku for haiku in self.posted if haiku.is_acknowledged]
            kind = self.chance.choices(("post", "like", "get", "list", "delete"), (30, 45, 12, 5, 8))[0]
            if kind == "post" or not mine:
                self._post(turn)
            elif kind == "list":
                self._answer(self.api.get("/haiku?limit=3"), 200)
            else:
                # Mostly the latest, so that some haiku become old and much liked, and some are deleted early.
                getattr(self, f"_{kind}")(mine[-1 - min(int(self.chance.expovariate(0.7)), len(mine) - 1)])
        return self

    def _answer(self, reply: requests.Response, *expected: int) -> bool:
        """Whether the reply is one of the expected; if not, it must be an honest error."""
        self.statuses[reply.status_code] = self.statuses.get(reply.status_code, 0) + 1
        if reply.status_code in expected:
            return True
        what = f"{reply.request.method} {reply.url}"
        assert reply.status_code in (500, 503), f"{what} → {reply.status_code} {reply.text}"
        assert reply.status_code == 500 or "Retry-After" in reply.headers
        return False

    def _post(self, turn: int) -> None:
        unsure = [haiku for haiku in self.posted if haiku.key and not haiku.is_acknowledged]
        if unsure and self.chance.random() < 0.3:
            haiku = self.chance.choice(unsure)
        else:
            text = f"{self.name}-{turn}"
            haiku = Posted(text, key=text if self.chance.random() < 0.5 else None)
            self.posted.append(haiku)
        headers = {"Idempotency-Key": haiku.key} if haiku.key else {}
        reply = self.api.post(json={**FROG, "first": haiku.text}, headers=headers)
        if self._answer(reply, 201):
            haiku.item_id = item_id(reply)

    def _like(self, haiku: Posted) -> None:
        reply = self.api.patch(f"/haiku/{haiku.item_id}")
        if not self._answer(reply, 200, 404):
            haiku.likes_failed += 1
        elif reply.status_code == 404:
            assert haiku.deleted or haiku.maybe_deleted, f"{haiku} is lost"
            haiku.deleted = True
        else:
            assert not haiku.deleted, f"{haiku} is back"
            # Likes that failed before may show in this one's answer, or never.
            assert reply.json()["likes"] - 1 in haiku.likes, f"{haiku} has {reply.json()['likes']} likes"
            haiku.likes_answered += 1
            haiku.maybe_deleted = False

    def _get(self, haiku: Posted) -> None:
        reply = self.api.get(f"/haiku/{haiku.item_id}")
        if not self._answer(reply, 200, 404):
            return
        if reply.status_code == 404:
            assert haiku.deleted or haiku.maybe_deleted, f"{haiku} is lost"
            haiku.deleted = True
        else:
            assert not haiku.deleted, f"{haiku} is back"
            assert reply.json()["first"] == haiku.text
            assert reply.json()["likes"] in haiku.likes, f"{haiku} has {reply.json()['likes']} likes"
            haiku.maybe_deleted = False

    def _delete(self, haiku: Posted) -> None:
        if self._answer(self.api.delete(f"/haiku/{haiku.item_id}"), 204):
            haiku.deleted = True
        else:
            haiku.maybe_deleted = True
