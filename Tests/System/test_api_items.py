"""GET, PATCH and DELETE of one haiku, and methods that are not allowed."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from support import aws
from support.api import Api

UNKNOWN = "0123456789abcdef0123456789abcdef"
NOT_AN_ID = [
    "0", "none", UNKNOWN[:-1], UNKNOWN + "0", UNKNOWN.upper(), "g" * 32, "あ" * 32, "%F0%9F%90%B8", "%00" * 32,
    "%20" + UNKNOWN, UNKNOWN + "%0A", "a%2Fb", "0123456789abcdef-0123456789abcdef",
]  # fmt: skip
NO_SUCH_HAIKU = {"description": "No haiku has this id."}
NOT_INCREASED = "The stored number of likes cannot be increased."


def test_a_single_haiku_equals_its_list_entry(api: Api):
    added = api.add()
    assert api.everything() == [api.one(added)]


def test_a_posted_haiku_can_be_read_immediately(api: Api):
    for _ in range(20):
        assert api.one(api.add())["likes"] == 0


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_unknown_id_is_not_found(api: Api, method: str):
    response = api.request(method, f"/haiku/{UNKNOWN}")
    assert (response.status_code, response.json()) == (404, NO_SUCH_HAIKU)
    assert api.everything() == [], "a PATCH of an unknown id must not create an item"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("text", NOT_AN_ID)
def test_a_malformed_id_is_not_found(empty_stack, method: str, text: str):
    # The contract does not describe responses of the gateway itself, which may respond to a path such as `a%2Fb`.
    response = Api(empty_stack.api, checked=False).request(method, f"/haiku/{text}")
    assert response.status_code == 404, response.text


def test_a_malformed_id_gets_the_same_message_as_an_unknown_one(api: Api):
    for method in ("GET", "PATCH", "DELETE"):
        assert api.request(method, f"/haiku/{UNKNOWN.upper()}").json() == NO_SUCH_HAIKU


def test_head_gets_the_status_and_link_of_get_and_no_body(api: Api):
    added = api.add()
    for path in ("/haiku", "/haiku?limit=1", f"/haiku/{added}", f"/haiku/{UNKNOWN}"):
        get, head = api.get(path), api.request("HEAD", path)
        assert head.status_code == get.status_code
        assert head.content == b""
        assert head.headers.get("Link") == get.headers.get("Link")


# Likes


def test_a_patch_adds_one_like_and_returns_the_count(api: Api):
    added = api.add()
    for count in (1, 2, 3):
        response = api.patch(f"/haiku/{added}")
        assert (response.status_code, response.json()) == (200, {"description": "OK", "likes": count})
        assert api.one(added)["likes"] == count


@pytest.mark.parametrize("body", [b"", b"{}", b'{"likes": 100}', b"not JSON"])
def test_the_body_of_a_patch_is_ignored(api: Api, body: bytes):
    assert api.patch(f"/haiku/{api.add()}", data=body).json()["likes"] == 1


def test_a_like_changes_nothing_else(api: Api):
    added = api.add()
    before = api.one(added)
    api.patch(f"/haiku/{added}")
    assert api.one(added) == {**before, "likes": 1}
    assert api.everything() == [{**before, "likes": 1}]


def test_concurrent_likes_are_all_counted(api: Api):
    added = api.add()
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: api.patch(f"/haiku/{added}"), range(100)))
    assert {response.status_code for response in responses} == {200}
    assert sorted(response.json()["likes"] for response in responses) == list(range(1, 101))
    assert api.one(added)["likes"] == 100


def test_a_like_that_is_repeated_with_its_key_counts_once(api: Api):
    added, other = api.add(), api.add()
    key = {"Idempotency-Key": "5ab7a7a2-1fd5-4a3e-9a0e-4e6b1b0c7f11"}
    for _ in range(3):
        assert api.patch(f"/haiku/{added}", headers=key).json() == {"description": "OK", "likes": 1}
    assert api.patch(f"/haiku/{added}", headers={"Idempotency-Key": "another"}).json()["likes"] == 2
    assert api.patch(f"/haiku/{added}").json()["likes"] == 3
    assert api.patch(f"/haiku/{added}", headers=key).json()["likes"] == 3
    assert api.patch(f"/haiku/{other}", headers=key).json()["likes"] == 1, "a key belongs to one haiku"


def test_a_key_is_remembered_for_the_next_31_likes(api: Api):
    added = api.add()
    api.patch(f"/haiku/{added}", headers={"Idempotency-Key": "first"})
    for _ in range(31):
        api.patch(f"/haiku/{added}")
    assert api.patch(f"/haiku/{added}", headers={"Idempotency-Key": "first"}).json()["likes"] == 32


@pytest.mark.parametrize("key", ["", "a b", "k" * 256])
def test_a_malformed_key_of_a_like_is_rejected(api: Api, key: str):
    response = api.patch(f"/haiku/{api.add()}", headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert "Idempotency-Key" in response.json()["description"]


@pytest.mark.parametrize("likes", [{"N": "0.5"}, {"N": "-3"}, {"N": "12345678901234567890"}, None])
def test_a_like_increments_the_number_that_another_tool_stored(empty_stack, likes: dict | None):
    stored = likes or {"N": "0"}
    client, added = with_likes(empty_stack, likes)
    response = client.patch(f"/haiku/{added}")
    counted = Decimal(stored["N"]) + 1
    assert response.status_code == 200
    assert Decimal(re.search(r'"likes":([^,}]+)', response.text)[1]) == counted
    assert Decimal(re.search(r'"likes":([^,}]+)', client.get("/haiku").text)[1]) == counted


@pytest.mark.parametrize(
    "likes", [{"S": "many"}, {"NULL": True}, {"N": "1E+125"}, {"N": "0." + "1" * 38}], ids=lambda likes: str(likes)[:20]
)
def test_likes_that_cannot_be_increased_are_a_409_and_unchanged(empty_stack, likes: dict):
    client, added = with_likes(empty_stack, likes)
    before = client.get(f"/haiku/{added}").text
    response = client.patch(f"/haiku/{added}")
    assert (response.status_code, response.json()) == (409, {"description": NOT_INCREASED})
    assert client.get(f"/haiku/{added}").text == before


def with_likes(stack, likes: dict | None) -> tuple[Api, str]:
    """Posts a haiku and stores its likes as another tool might, or removes them (None); returns a client and the id."""
    client = stack.client
    added = client.add()
    table = aws.client("dynamodb", stack.dynamodb)
    key = {"TableName": "HaikuTable", "Key": {"item_id": {"S": added}}}
    if likes is None:
        table.update_item(**key, UpdateExpression="REMOVE likes")
    else:
        values = {":likes": likes}
        table.update_item(**key, UpdateExpression="SET likes = :likes", ExpressionAttributeValues=values)
    return client, added


# Deletes


def test_a_deleted_haiku_is_gone(api: Api):
    kept, added = api.add(), api.add()
    response = api.delete(f"/haiku/{added}")
    assert (response.status_code, response.content) == (204, b"")
    assert api.get(f"/haiku/{added}").status_code == 404
    assert [haiku["item_id"] for haiku in api.everything()] == [kept]


def test_delete_is_idempotent(api: Api):
    added = api.add()
    assert [api.delete(f"/haiku/{added}").status_code for _ in range(3)] == [204] * 3
    assert api.delete(f"/haiku/{UNKNOWN}").status_code == 204


def test_a_like_does_not_restore_a_deleted_haiku(api: Api):
    added = api.add()
    api.delete(f"/haiku/{added}")
    assert api.patch(f"/haiku/{added}").status_code == 404
    assert api.everything() == []


# Methods


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
def test_other_methods_on_the_list_get_405(api: Api, method: str):
    check_405(api.request(method, "/haiku"), {"GET", "HEAD", "POST"})


@pytest.mark.parametrize("method", ["PUT", "POST", "PROPFIND"])
def test_other_methods_on_a_haiku_get_405(api: Api, method: str):
    check_405(api.request(method, f"/haiku/{UNKNOWN}"), {"GET", "HEAD", "PATCH", "DELETE"})


def check_405(response, methods: set[str]) -> None:
    assert (response.status_code, response.json()) == (405, {"description": "Method not allowed."})
    assert set(re.split(r",\s*", response.headers["Allow"])) == methods | {"OPTIONS"}
