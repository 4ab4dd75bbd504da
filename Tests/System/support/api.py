"""A client of the HTTP API that validates responses against openapi/bashoutter.yaml unless told not to."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter

from .contract import contract

FROG = {"username": "松尾芭蕉", "first": "古池や", "second": "蛙飛び込む", "third": "水の音"}


class Api:
    """Methods take a path such as `/haiku` and the options of `requests`. An instance may be used by many threads."""

    def __init__(self, base: str, checked: bool = True, connections: int = 32):
        self.base = base.rstrip("/")
        self.checked = checked
        self.session = requests.Session()
        self.session.mount("http://", HTTPAdapter(pool_maxsize=connections))

    def request(self, method: str, path: str, **options) -> requests.Response:
        options.setdefault("timeout", 60)
        options.setdefault("allow_redirects", False)
        response = self.session.request(method, self.base + path, **options)
        if self.checked:
            contract().check(response)
        return response

    def get(self, path: str, **options) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str = "/haiku", **options) -> requests.Response:
        return self.request("POST", path, **options)

    def patch(self, path: str, **options) -> requests.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options) -> requests.Response:
        return self.request("DELETE", path, **options)

    # Haiku

    def add(self, **fields: object) -> str:
        """Posts a haiku, by default Bashō's frog with the given fields replaced, and returns its id."""
        response = self.post(json={**FROG, **fields})
        assert response.status_code == 201, response.text
        return item_id(response)

    def one(self, item_id: str) -> dict:
        response = self.get(f"/haiku/{item_id}")
        assert response.status_code == 200, response.text
        return response.json()

    def pages(self, **query: int) -> Iterator[list[dict]]:
        """The pages of the list, following the `Link` headers."""
        url = requests.Request("GET", self.base + "/haiku", params=query).prepare().url
        while url:
            response = self.get(url.removeprefix(self.base))
            assert response.status_code == 200, response.text
            yield response.json()
            url = next_page(response)

    def everything(self, **query: int) -> list[dict]:
        return [haiku for page in self.pages(**query) for haiku in page]

    def remove_everything(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            responses = pool.map(lambda haiku: self.delete(f"/haiku/{haiku['item_id']}"), self.everything(limit=1000))
            assert all(response.status_code == 204 for response in responses)


def ids(haiku: list[dict]) -> list[str]:
    return [one["item_id"] for one in haiku]


def item_id(response: requests.Response) -> str:
    """The haiku's id in the `Location` header of a response to POST."""
    return response.headers["Location"].removeprefix("haiku/")


def next_page(response: requests.Response) -> str | None:
    """The absolute URL of the next page, or None."""
    match = re.fullmatch(r'<([^>]+)>; rel="next"', response.headers.get("Link", ""))
    return urljoin(response.url, match.group(1)) if match else None
