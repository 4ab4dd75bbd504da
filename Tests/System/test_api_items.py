"""GET, PATCH and DELETE of one haiku, and the methods that no path takes."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import Api

UNKNOWN = "0123456789abcdef0123456789abcdef"
NOT_AN_ID = [
    "0", "none", UNKNOWN[:-1], UNKNOWN + "0", UNKNOWN.upper(), "g" * 32, "あ" * 32, "%F0%9F%90%B8", "%00" * 32,
    "%20" + UNKNOWN, UNKNOWN + "%0A", "a%2Fb", "0123456789abcdef-0123456789abcdef",
]  # fmt: skip
NO_SUCH_HAIKU = {"description": "No haiku has this id."}


def test_one_haiku_is_the_one_of_the_list(api: Api):
    added = api.add()
    assert api.everything() == [api.one(added)]


def test_a_haiku_is_there_as_soon_as_it_is_posted(api: Api):
    for _ in range(20):
        assert api.one(api.add())["likes"] == 0


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_unknown_id_is_not_found(api: Api, method: str):
    reply = api.request(method, f"/haiku/{UNKNOWN}")
    assert (reply.status_code, reply.json()) == (404, NO_SUCH_HAIKU)
    assert api.everything() == [], "a PATCH of an unknown id must not make an item"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("text", NOT_AN_ID)
def test_what_is_not_an_id_is_not_found(empty_stack, method: str, text: str):
    # Not checked: the gateway itself may answer for a path such as `a%2Fb`, in its own words.
    reply = Api(empty_stack.api, checked=False).request(method, f"/haiku/{text}")
    assert reply.status_code == 404, reply.text


def test_what_is_not_an_id_is_refused_in_the_same_words(api: Api):
    for method in ("GET", "PATCH", "DELETE"):
        assert api.request(method, f"/haiku/{UNKNOWN.upper()}").json() == NO_SUCH_HAIKU


def test_head_is_get_without_the_body(api: Api):
    added = api.add()
    for path in ("/haiku", "/haiku?limit=1", f"/haiku/{added}", f"/haiku/{UNKNOWN}"):
        get, head = api.get(path), api.request("HEAD", path)
        assert head.status_code == get.status_code
        assert head.content == b""
        assert head.headers.get("Link") == get.headers.get("Link")


# Likes


def test_a_patch_counts_one_like_more_and_says_how_many(api: Api):
    added = api.add()
    for count in (1, 2, 3):
        reply = api.patch(f"/haiku/{added}")
        assert (reply.status_code, reply.json()) == (200, {"description": "OK", "likes": count})
        assert api.one(added)["likes"] == count


@pytest.mark.parametrize("body", [b"", b"{}", b'{"likes": 100}', b"not JSON"])
def test_the_body_of_a_patch_is_not_looked_at(api: Api, body: bytes):
    assert api.patch(f"/haiku/{api.add()}", data=body).json()["likes"] == 1


def test_a_like_changes_nothing_else(api: Api):
    added = api.add()
    before = api.one(added)
    api.patch(f"/haiku/{added}")
    assert api.one(added) == {**before, "likes": 1}
    assert api.everything() == [{**before, "likes": 1}]


def test_likes_given_at_the_same_time_are_all_counted(api: Api):
    added = api.add()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: api.patch(f"/haiku/{added}"), range(100)))
    assert {reply.status_code for reply in replies} == {200}
    assert sorted(reply.json()["likes"] for reply in replies) == list(range(1, 101))
    assert api.one(added)["likes"] == 100


# Deleting


def test_a_deleted_haiku_is_gone(api: Api):
    kept, added = api.add(), api.add()
    reply = api.delete(f"/haiku/{added}")
    assert (reply.status_code, reply.content) == (204, b"")
    assert api.get(f"/haiku/{added}").status_code == 404
    assert [haiku["item_id"] for haiku in api.everything()] == [kept]


def test_deleting_again_and_deleting_what_never_was_are_the_same(api: Api):
    added = api.add()
    assert [api.delete(f"/haiku/{added}").status_code for _ in range(3)] == [204] * 3
    assert api.delete(f"/haiku/{UNKNOWN}").status_code == 204


def test_a_like_does_not_bring_a_deleted_haiku_back(api: Api):
    added = api.add()
    api.delete(f"/haiku/{added}")
    assert api.patch(f"/haiku/{added}").status_code == 404
    assert api.everything() == []


# Methods


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
def test_the_list_takes_no_other_method(api: Api, method: str):
    refused(api.request(method, "/haiku"), {"GET", "HEAD", "POST"})


@pytest.mark.parametrize("method", ["PUT", "POST", "PROPFIND"])
def test_a_haiku_takes_no_other_method(api: Api, method: str):
    refused(api.request(method, f"/haiku/{UNKNOWN}"), {"GET", "HEAD", "PATCH", "DELETE"})


def refused(reply, methods: set[str]) -> None:
    assert (reply.status_code, reply.json()) == (405, {"description": "Method not allowed."})
    assert set(re.split(r",\s*", reply.headers["Allow"])) == methods | {"OPTIONS"}
