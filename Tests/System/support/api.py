"""A client of the HTTP API that holds every reply against openapi/bashoutter.yaml."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter

from .contract import contract

FROG = {"username": "松尾芭蕉", "first": "古池や", "second": "蛙飛び込む", "third": "水の音"}


class Api:
    """Methods take a path such as `/haiku`, and what `requests` takes. One object may be used by many threads."""

    def __init__(self, base: str, checked: bool = True, connections: int = 32):
        self.base = base.rstrip("/")
        self.checked = checked
        self.session = requests.Session()
        self.session.mount("http://", HTTPAdapter(pool_maxsize=connections))

    def request(self, method: str, path: str, **options) -> requests.Response:
        options.setdefault("timeout", 60)
        options.setdefault("allow_redirects", False)
        reply = self.session.request(method, self.base + path, **options)
        if self.checked:
            contract().check(reply)
        return reply

    def get(self, path: str, **options) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str = "/haiku", **options) -> requests.Response:
        return self.request("POST", path, **options)

    def patch(self, path: str, **options) -> requests.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options) -> requests.Response:
        return self.request("DELETE", path, **options)

    # In terms of haiku

    def add(self, **fields: str) -> str:
        """Posts a haiku, the frog where the fields do not say otherwise, and returns its id."""
        reply = self.post(json={**FROG, **fields})
        assert reply.status_code == 201, reply.text
        return item_id(reply)

    def one(self, item_id: str) -> dict:
        reply = self.get(f"/haiku/{item_id}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def pages(self, **query: int) -> Iterator[list[dict]]:
        """The pages of the list, following `Link`."""
        url = requests.Request("GET", self.base + "/haiku", params=query).prepare().url
        while url:
            reply = self.get(url.removeprefix(self.base))
            assert reply.status_code == 200, reply.text
            yield reply.json()
            url = next_page(reply)

    def everything(self, **query: int) -> list[dict]:
        return [haiku for page in self.pages(**query) for haiku in page]

    def remove_everything(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            replies = pool.map(lambda haiku: self.delete(f"/haiku/{haiku['item_id']}"), self.everything(limit=1000))
            assert all(reply.status_code == 204 for reply in replies)


def item_id(reply: requests.Response) -> str:
    """The id in the `Location` of a reply to POST."""
    return reply.headers["Location"].removeprefix("haiku/")


def next_page(reply: requests.Response) -> str | None:
    """Where the reply's `Link` points, absolute, or None."""
    match = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers.get("Link", ""))
    return urljoin(reply.url, match.group(1)) if match else None
