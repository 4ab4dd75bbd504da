"""Clients that record their responses, to compare the table with them."""

import random
from dataclasses import dataclass, field

import requests

from support.api import FROG, Api, item_id


@dataclass
class Posted:
    """What a client knows about one of its own haiku, which no other client changes."""

    text: str
    key: str | None
    item_id: str | None = None
    likes_acknowledged: int = 0
    likes_failed: int = 0
    deleted: bool = False
    maybe_deleted: bool = False

    @property
    def is_acknowledged(self) -> bool:
        return self.item_id is not None

    @property
    def likes(self) -> range:
        """The possible numbers of likes."""
        return range(self.likes_acknowledged, self.likes_acknowledged + self.likes_failed + 1)


@dataclass
class RecordingClient:
    """
    Posts, likes, reads and deletes its own haiku, one request after the other, and fails as soon as a response
    contradicts the earlier ones.
    """

    name: str
    api: Api
    random: random.Random
    posted: list[Posted] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def work(self, requests: int) -> "RecordingClient":
        for number in range(requests):
            acknowledged = [haiku for haiku in self.posted if haiku.is_acknowledged]
            kind = self.random.choices(("post", "like", "get", "list", "delete"), (30, 45, 12, 5, 8))[0]
            if kind == "post" or not acknowledged:
                self._post(number)
            elif kind == "list":
                self._is_expected(self.api.get("/haiku?limit=3"), 200)
            else:
                # Choose mostly recent haiku.
                age = min(int(self.random.expovariate(0.7)), len(acknowledged) - 1)
                getattr(self, f"_{kind}")(acknowledged[-1 - age])
        return self

    def _is_expected(self, response: requests.Response, *expected: int) -> bool:
        """Whether the status is one of `expected`; fails unless any other is 500, or 503 with Retry-After."""
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        if response.status_code in expected:
            return True
        what = f"{response.request.method} {response.url}"
        assert response.status_code in (500, 503), f"{what} → {response.status_code} {response.text}"
        assert response.status_code == 500 or "Retry-After" in response.headers
        return False

    def _post(self, number: int) -> None:
        unsure = [haiku for haiku in self.posted if haiku.key and not haiku.is_acknowledged]
        if unsure and self.random.random() < 0.3:
            haiku = self.random.choice(unsure)
        else:
            text = f"{self.name}-{number}"
            haiku = Posted(text, key=text if self.random.random() < 0.5 else None)
            self.posted.append(haiku)
        headers = {"Idempotency-Key": haiku.key} if haiku.key else {}
        response = self.api.post(json={**FROG, "first": haiku.text}, headers=headers)
        if self._is_expected(response, 201):
            haiku.item_id = item_id(response)

    def _like(self, haiku: Posted) -> None:
        response = self.api.patch(f"/haiku/{haiku.item_id}")
        if not self._is_expected(response, 200, 404):
            haiku.likes_failed += 1
        elif response.status_code == 404:
            assert haiku.deleted or haiku.maybe_deleted, f"{haiku} is lost"
            haiku.deleted = True
        else:
            assert not haiku.deleted, f"{haiku} is back"
            # This count may include earlier likes that got an error.
            assert response.json()["likes"] - 1 in haiku.likes, f"{haiku} has {response.json()['likes']} likes"
            haiku.likes_acknowledged += 1
            haiku.maybe_deleted = False

    def _get(self, haiku: Posted) -> None:
        response = self.api.get(f"/haiku/{haiku.item_id}")
        if not self._is_expected(response, 200, 404):
            return
        if response.status_code == 404:
            assert haiku.deleted or haiku.maybe_deleted, f"{haiku} is lost"
            haiku.deleted = True
        else:
            assert not haiku.deleted, f"{haiku} is back"
            assert response.json()["first"] == haiku.text
            assert response.json()["likes"] in haiku.likes, f"{haiku} has {response.json()['likes']} likes"
            haiku.maybe_deleted = False

    def _delete(self, haiku: Posted) -> None:
        if self._is_expected(self.api.delete(f"/haiku/{haiku.item_id}"), 204):
            haiku.deleted = True
        else:
            haiku.maybe_deleted = True
