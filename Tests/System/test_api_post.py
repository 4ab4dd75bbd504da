"""POST /haiku: accepted and rejected bodies, error messages, idempotency keys."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from support.api import FROG, Api, item_id

FIELDS = ("username", "first", "second", "third")
LIMITS = {"username": 50, "first": 100, "second": 100, "third": 100}
BODY_LIMIT = 8192


def check_400(response, description: str) -> None:
    assert (response.status_code, response.json()) == (400, {"description": description})


# Accepted


def test_a_post_returns_201_with_the_textbooks_message(api: Api):
    response = api.post(json=FROG)
    assert response.status_code == 201
    assert response.json() == {"description": "Successfully added a new haiku"}


def test_the_location_header_resolves_to_the_new_haiku(api: Api):
    response = api.post(json=FROG)
    assert re.fullmatch(r"haiku/[0-9a-f]{32}", response.headers["Location"])
    found = api.get("/" + response.headers["Location"]).json()
    assert found == {**FROG, "item_id": item_id(response), "likes": 0, "created_at": found["created_at"]}


def test_a_haiku_has_seven_keys_and_the_current_time_in_utc(api: Api):
    before = int(time.time())
    haiku = api.one(api.add())
    after = int(time.time())
    assert set(haiku) == {"item_id", *FIELDS, "likes", "created_at"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", haiku["created_at"])
    assert before <= datetime.fromisoformat(haiku["created_at"]).timestamp() <= after
    assert datetime.fromisoformat(haiku["created_at"]).tzinfo == UTC


def test_each_post_creates_a_new_haiku(api: Api):
    assert len({api.add() for _ in range(5)}) == 5
    assert len(api.everything()) == 5


def test_unknown_keys_are_ignored(api: Api):
    added = api.add(likes=99, item_id="0" * 32, created_at="never", feed="7", extra={"a": [None]})
    haiku = api.one(added)
    assert added != "0" * 32
    assert haiku["likes"] == 0
    assert set(haiku) == {"item_id", *FIELDS, "likes", "created_at"}


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", None],
)
def test_the_content_type_is_ignored(api: Api, content_type: str | None):
    body = json.dumps(FROG, ensure_ascii=False).encode()
    response = api.post(data=body, headers={"Content-Type": content_type})
    assert response.status_code == 201
    assert api.one(item_id(response))["first"] == FROG["first"]


@pytest.mark.parametrize("space", ["", " ", "\r\n\t "])
def test_white_space_around_the_object_is_accepted(api: Api, space: str):
    assert api.post(data=space + json.dumps(FROG) + space).status_code == 201


@pytest.mark.parametrize("field", FIELDS)
def test_a_text_of_exactly_the_limit_in_code_points_is_accepted(api: Api, field: str):
    for character in ("a", "あ", "🐸", "e\u0301"):
        text = (character * LIMITS[field])[: LIMITS[field]]
        assert api.one(api.add(**{field: text}))[field] == text


@pytest.mark.parametrize("field", FIELDS)
def test_white_space_around_a_text_is_kept(api: Api, field: str):
    text = " \u3000a b\u00a0 "
    assert api.one(api.add(**{field: text}))[field] == text


def test_a_body_of_exactly_8_kib_is_accepted(api: Api):
    assert api.post(data=padded(BODY_LIMIT)).status_code == 201


# Rejected


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_named(api: Api, field: str):
    body = {key: value for key, value in FROG.items() if key != field}
    check_400(api.post(json=body), f"Bad request. {field} is missing")
    assert api.everything() == []


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "space",
    ["", " ", "   ", "\u3000", "\u00a0", "\u1680", "\u2000\u200a", "\u2028\u2029", "\u202f", "\u205f", " \u3000 "],
    ids=lambda text: ascii(text),
)
def test_a_field_of_only_white_space_is_rejected_as_empty(api: Api, field: str, space: str):
    check_400(api.post(json={**FROG, field: space}), f"Bad request. {field} is empty")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, True, 1, 1.5, [], ["a"], {}, {"S": "a"}], ids=json.dumps)
def test_a_field_that_is_not_a_string_is_rejected(api: Api, field: str, value: object):
    check_400(api.post(json={**FROG, field: value}), f"Bad request. {field} is not a string")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("character", ["a", "あ", "🐸", "e\u0301"], ids=ascii)
def test_a_field_longer_than_its_limit_in_code_points_is_rejected(api: Api, field: str, character: str):
    limit = LIMITS[field]
    text = (character * (limit + 1))[: limit + 1]
    check_400(api.post(json={**FROG, field: text}), f"Bad request. {field} is longer than {limit} characters")


@pytest.mark.parametrize("field", FIELDS)
def test_a_control_character_is_rejected_at_any_position(api: Api, field: str):
    codes = [*range(0x00, 0x20), *range(0x7F, 0xA0)]
    for text in [f"a{chr(code)}b" for code in codes] + ["\na", "a\n", "\u0000a"]:
        check_400(api.post(json={**FROG, field: text}), f"Bad request. {field} contains a control character")


def test_invisible_characters_other_than_control_characters_are_kept(api: Api):
    text = "a\u200d\u200b\u00ad\ufeff\ufe0fb"
    assert api.one(api.add(first=text))["first"] == text


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"nul", b'{"a":}', b"{'a':1}", b'{"a":1,}', b'{"a":01}', b'{"a":NaN}', b"{} {}", b"\xff\xfe",
        b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}', b'{"a":"\n"}', b"\xef\xbb\xbf{}",
        b"username=a&first=b", b"[" * 5000,
    ],
    ids=ascii,
)  # fmt: skip
def test_a_body_that_is_not_json_is_rejected(api: Api, body: bytes):
    response = api.post(data=body)
    assert response.status_code == 400
    assert response.json()["description"].startswith("Bad request. The body is not valid JSON")


@pytest.mark.parametrize("body", ["null", "true", "0", '""', "[]", '[{"username": "a"}]'])
def test_a_body_that_is_not_an_object_is_rejected(api: Api, body: str):
    check_400(api.post(data=body), "Bad request. The body is not a JSON object")


@pytest.mark.parametrize("length", [BODY_LIMIT + 1, 100_000])
def test_a_body_over_8_kib_is_rejected_with_413(api: Api, length: int):
    assert api.post(data=padded(length)).status_code == 413
    assert api.everything() == []


def test_a_body_over_10_mb_is_rejected_by_the_gateway(empty_stack):
    # The gateway may respond and close the connection before it has read the body; then sending fails.
    api = Api(empty_stack.api, checked=False)
    try:
        assert api.post(data=b" " * 10_500_000).status_code == 413
    except OSError:
        pass
    assert empty_stack.client.everything() == []


def padded(length: int) -> bytes:
    """A valid haiku padded with an unknown key to `length` bytes of JSON."""
    body = json.dumps({**FROG, "fill": ""}).encode()
    return body[:-2] + b"x" * (length - len(body)) + body[-2:]


# Idempotency-Key


def test_a_repeat_with_the_same_idempotency_key_gets_the_same_response_and_creates_nothing(api: Api):
    key = {"Idempotency-Key": "5ab7a7a2-1fd5-4a3e-9a0e-4e6b1b0c7f11"}
    first, second = (api.post(json=FROG, headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (201, first.json())
    assert first.headers["Location"] == second.headers["Location"]
    assert len(api.everything()) == 1


def test_a_repeat_does_not_reset_the_likes(api: Api):
    key = {"Idempotency-Key": "liked"}
    added = item_id(api.post(json=FROG, headers=key))
    api.patch(f"/haiku/{added}")
    assert api.post(json=FROG, headers=key).status_code == 201
    assert api.one(added)["likes"] == 1


def test_a_different_haiku_under_a_used_idempotency_key_is_created(api: Api):
    for first in ("古池や", "閑さや"):
        assert api.post(json={**FROG, "first": first}, headers={"Idempotency-Key": "same"}).status_code == 201
    assert [haiku["first"] for haiku in api.everything()] == ["閑さや", "古池や"]


def test_different_idempotency_keys_create_different_haiku(api: Api):
    for key in ("a", "b", "A"):
        assert api.post(json=FROG, headers={"Idempotency-Key": key}).status_code == 201
    assert len(api.everything()) == 3


@pytest.mark.parametrize("key", ["!", "~" * 255, "".join(map(chr, range(0x21, 0x7F)))])
def test_an_idempotency_key_is_1_to_255_visible_ascii_characters(api: Api, key: str):
    assert api.post(json=FROG, headers={"Idempotency-Key": key}).status_code == 201


@pytest.mark.parametrize("key", ["", "~" * 256, "a b", "a\tb", "\u00e9".encode(), "鍵".encode()], ids=ascii)
def test_an_invalid_idempotency_key_is_rejected_and_named(api: Api, key: str | bytes):
    response = api.post(json=FROG, headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert "Idempotency-Key" in response.json()["description"]
    assert api.everything() == []


def test_concurrent_posts_with_one_idempotency_key_create_one_haiku(api: Api):
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: api.post(json=FROG, headers={"Idempotency-Key": "once"}), range(24)))
    assert {response.status_code for response in responses} == {201}
    assert len({item_id(response) for response in responses}) == 1
    assert len(api.everything()) == 1
