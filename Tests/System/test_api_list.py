"""GET /haiku: order, pages, limits and cursors."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import FROG, Api, ids, next_page
from support.aws import client
from support.ports import port_of
from support.sockets import exchange

ONE_MIB = 1024 * 1024
LARGEST = {"username": "🐸" * 50, "first": "🌊" * 100, "second": "🍂" * 100, "third": "🌕" * 100}
"""The largest haiku in bytes: 4 bytes a character in UTF-8, about 1.6 KB as JSON."""


def post_many(api: Api, count: int, threads: int = 8) -> set[str]:
    with ThreadPoolExecutor(threads) as pool:
        return set(pool.map(lambda number: api.add(first=f"第{number}句"), range(count)))


def test_an_empty_list_has_no_link(api: Api):
    response = api.get("/haiku")
    assert (response.status_code, response.content) == (200, b"[]")
    assert "Link" not in response.headers


def test_haiku_are_listed_newest_first(api: Api):
    added = [api.add() for _ in range(10)]
    assert ids(api.everything()) == added[::-1]
    assert ids(api.everything(limit=3)) == added[::-1]


def test_a_page_has_at_most_its_limit_and_links_to_the_next(api: Api):
    added = [api.add() for _ in range(7)]
    pages = list(api.pages(limit=3))
    assert [ids(page) for page in pages] == [added[:3:-1], added[3:0:-1], added[:1]]


@pytest.mark.parametrize("limit", [1, 2, 3, 999, 1000])
def test_limits_from_1_to_1000_are_accepted(api: Api, limit: int):
    added = [api.add() for _ in range(3)]
    assert ids(api.get("/haiku", params={"limit": limit}).json()) == added[::-1][:limit]


def test_the_last_page_has_no_next_link(api: Api):
    for _ in range(4):
        api.add()
    for limit in (4, 5):
        response = api.get("/haiku", params={"limit": limit})
        assert (len(response.json()), "Link" in response.headers) == (4, False)


def test_the_link_keeps_the_limit(api: Api):
    for _ in range(3):
        api.add()
    assert "limit=2&" in api.get("/haiku", params={"limit": 2}).headers["Link"]


def test_a_cursor_can_be_reused(api: Api):
    for _ in range(4):
        api.add()
    link = next_page(api.get("/haiku", params={"limit": 2})).removeprefix(api.base)
    assert api.get(link).json() == api.get(link).json()


def test_a_cursor_keeps_its_position_when_its_haiku_is_deleted(api: Api):
    added = [api.add() for _ in range(6)][::-1]
    first = api.get("/haiku", params={"limit": 3})
    for deleted in added[:3]:
        api.delete(f"/haiku/{deleted}")
    assert ids(api.get(next_page(first).removeprefix(api.base)).json()) == added[3:]


def test_later_posts_do_not_shift_the_following_pages(api: Api):
    added = [api.add() for _ in range(6)][::-1]
    first = api.get("/haiku", params={"limit": 3})
    for _ in range(5):
        api.add()
    assert ids(api.get(next_page(first).removeprefix(api.base)).json()) == added[3:]


@pytest.mark.parametrize(
    "limit",
    ["0", "-1", "1001", "99999999999999999999", "", "a", "1.5", "1e2", "１０", "+5", " 5", "5 ", "null"],
)
def test_an_invalid_limit_is_rejected_and_named(api: Api, limit: str):
    response = api.get("/haiku", params={"limit": limit})
    assert response.status_code == 400
    assert "limit" in response.json()["description"]


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "none", "あ", "%", "🐸", "0", "-1", "null", "{}", "[]", "=" * 8, "../..", "\u0000", "A" * 5000,
        base64.urlsafe_b64encode(b"{}").decode(), base64.urlsafe_b64encode(b"\xff" * 40).decode(),
        "1594003564000000", "9" * 40 + "-" + "0" * 32, "1594003564000000-" + "g" * 32,
    ],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_a_malformed_cursor_is_rejected_and_named(api: Api, cursor: str):
    response = api.get("/haiku", params={"cursor": cursor})
    assert response.status_code == 400
    assert "cursor" in response.json()["description"]


def test_a_truncated_cursor_is_rejected(api: Api):
    for _ in range(2):
        api.add()
    link = next_page(api.get("/haiku", params={"limit": 1})).removeprefix(api.base)
    for length in (1, 2, 3, 4, 20):
        assert api.get(link[:-length]).status_code == 400


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1&limit=1", "cursor=a&cursor=b"])
def test_a_repeated_query_parameter_is_rejected_and_named(api: Api, query: str):
    response = api.get(f"/haiku?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.json()["description"]


def test_unknown_query_parameters_are_ignored(api: Api):
    added = api.add()
    assert ids(api.get("/haiku", params={"utm_source": "x", "limt": "a"}).json()) == [added]


def test_a_list_without_limit_holds_as_many_as_fit_in_1_mib(api: Api):
    with ThreadPoolExecutor(8) as pool:
        added = set(pool.map(lambda _: api.add(**LARGEST), range(800)))

    response = api.get("/haiku")
    body, page = len(response.content), response.json()
    size = body / len(page)
    assert body <= ONE_MIB
    assert body > ONE_MIB - 4 * size, "more haiku would have fit"
    assert next_page(response)
    assert sorted(ids(api.everything())) == sorted(added)


def test_pages_of_large_haiku_skip_none(api: Api):
    with ThreadPoolExecutor(8) as pool:
        added = set(pool.map(lambda _: api.add(**LARGEST), range(750)))
    assert sorted(ids(api.everything(limit=1000))) == sorted(added)


@pytest.mark.parametrize("fields", ["", "Connection: close\r\n"])
def test_a_client_that_closes_its_side_receives_the_whole_list(api: Api, fields: str):
    post_many(api, 500)
    request = f"GET /haiku HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n"
    response = exchange(port_of(api.base), request.encode(), half_close=True)
    assert len(json.loads(response.split(b"\r\n\r\n", 1)[1])) == 500


def test_5000_haiku_are_listed_once_and_in_order_during_concurrent_posts(api: Api):
    added = post_many(api, 5000)
    assert len(added) == 5000

    enough, later = threading.Event(), set()

    def keep_posting() -> None:
        while not enough.is_set():
            later.add(api.add(first="後から"))

    poster = threading.Thread(target=keep_posting)
    poster.start()
    try:
        pages = list(api.pages(limit=100))
    finally:
        enough.set()
        poster.join()

    found = [one for page in pages for one in page]
    assert len(set(ids(found))) == len(found), "a haiku is listed twice"
    assert added <= set(ids(found)), "a haiku was skipped"
    assert set(ids(found)) <= added | later
    assert all(len(page) == 100 for page in pages[:-1])
    times = [one["created_at"] for one in found]
    assert times == sorted(times, reverse=True)
    assert later, "nothing was posted during the listing"


def test_items_without_index_attributes_are_listed_when_the_index_is_empty(empty_stack):
    database = client("dynamodb", empty_stack.dynamodb)
    (table,) = database.list_tables()["TableNames"]
    item = {
        "item_id": {"S": "f" * 32},
        "likes": {"N": "3"},
        "created_at": {"S": "2020-07-06T02:46:04+00:00"},
        **{key: {"S": value} for key, value in FROG.items()},
    }
    database.put_item(TableName=table, Item=item)
    (found,) = empty_stack.client.everything()
    assert found == {**FROG, "item_id": "f" * 32, "likes": 3, "created_at": "2020-07-06T02:46:04+00:00"}
    assert empty_stack.client.one("f" * 32) == found
