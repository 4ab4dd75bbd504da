"""The real functions under the events that AWS documents, against the local database."""

import base64
import json

import pytest

from support import events
from support.api import FROG
from support.aws import client
from support.runtime import Function, bootstrap_of, refusing_database
from support.stack import Stack

SUCCESS = {"description": "Successfully added a new haiku"}
KINDS = pytest.mark.parametrize("kind", events.KINDS)


@pytest.fixture
def call(empty_stack: Stack):
    """`call("PostHaiku", event)` runs one invocation in a process that lives as long as the test."""
    (table,) = client("dynamodb", empty_stack.dynamodb).list_tables()["TableNames"]
    running: dict[str, Function] = {}

    def call(name: str, event: dict) -> dict:
        if name not in running:
            running[name] = Function(bootstrap_of(name), empty_stack.dynamodb, TABLE_NAME=table).__enter__()
        return running[name].invoke(event)

    yield call
    for function in running.values():
        function.__exit__()


def body(reply: dict) -> object:
    text = reply.get("body") or "null"
    return json.loads(base64.b64decode(text) if reply.get("isBase64Encoded") else text)


def header(reply: dict, name: str) -> str | None:
    values = {**{k: v[0] for k, v in (reply.get("multiValueHeaders") or {}).items()}, **(reply.get("headers") or {})}
    return {key.lower(): value for key, value in values.items()}.get(name.lower())


@KINDS
def test_the_life_of_a_haiku_under_the_documented_events(call, kind: str):
    added = call("PostHaiku", events.event(kind, "POST", "/haiku", json.dumps(FROG, ensure_ascii=False)))
    assert (added["statusCode"], body(added)) == (201, SUCCESS)
    path = "/" + header(added, "Location")

    (found,) = body(call("GetHaiku", events.event(kind, "GET", "/haiku")))
    assert {key: found[key] for key in FROG} == FROG
    assert body(call("GetHaiku", events.event(kind, "GET", path))) == found
    assert body(call("PatchHaiku", events.event(kind, "PATCH", path))) == {"description": "OK", "likes": 1}
    gone = call("DeleteHaiku", events.event(kind, "DELETE", path))
    assert (gone["statusCode"], gone.get("body") or "") == (204, "")
    assert call("GetHaiku", events.event(kind, "GET", path))["statusCode"] == 404
    assert body(call("GetHaiku", events.event(kind, "GET", "/haiku"))) == []


@KINDS
def test_a_body_in_base64_is_decoded(call, kind: str):
    event = events.event(kind, "POST", "/haiku", json.dumps(FROG, ensure_ascii=False), encoded=True)
    assert call("PostHaiku", event)["statusCode"] == 201
    (found,) = body(call("GetHaiku", events.event(kind, "GET", "/haiku")))
    assert found["first"] == FROG["first"]


@KINDS
def test_the_limit_of_a_body_in_base64_counts_what_it_decodes_to(call, kind: str):
    text = json.dumps({**FROG, "fill": "x" * 7000})
    assert len(text) < 8192 < len(base64.b64encode(text.encode()))
    assert call("PostHaiku", events.event(kind, "POST", "/haiku", text, encoded=True))["statusCode"] == 201
    text = json.dumps({**FROG, "fill": "x" * 8192})
    assert call("PostHaiku", events.event(kind, "POST", "/haiku", text, encoded=True))["statusCode"] == 413


@KINDS
@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_a_header_is_found_in_any_case(call, kind: str, name: str):
    event = events.event(kind, "POST", "/haiku", json.dumps(FROG), headers={name: "same"})
    assert header(call("PostHaiku", event), "Location") == header(call("PostHaiku", event), "Location")


@KINDS
def test_pages_are_followed_under_the_documented_events(call, kind: str):
    for _ in range(5):
        call("PostHaiku", events.event(kind, "POST", "/haiku", json.dumps(FROG)))
    seen, url = [], "/haiku?limit=2"
    while url:
        page = call("GetHaiku", events.event(kind, "GET", url))
        seen += [one["item_id"] for one in body(page)]
        link = header(page, "Link")
        url = "/haiku" + link[1 : link.index(">")] if link else None
    assert len(seen) == len(set(seen)) == 5


@KINDS
def test_every_reply_carries_the_origin(call, kind: str):
    for reply in (
        call("GetHaiku", events.event(kind, "GET", "/haiku")),
        call("PostHaiku", events.event(kind, "POST", "/haiku", "{")),
        call("PatchHaiku", events.event(kind, "PATCH", "/haiku/none")),
        call("DeleteHaiku", events.event(kind, "DELETE", f"/haiku/{'0' * 32}")),
    ):
        assert header(reply, "Access-Control-Allow-Origin") == "*"


@KINDS
def test_other_methods_are_refused_under_the_documented_events(call, kind: str):
    reply = call("GetHaiku", events.event(kind, "PUT", "/haiku"))
    assert (reply["statusCode"], body(reply)) == (405, {"description": "Method not allowed."})
    assert "GET" in header(reply, "Allow") and "POST" in header(reply, "Allow")


@KINDS
def test_a_post_without_a_body_is_refused(call, kind: str):
    reply = call("PostHaiku", events.event(kind, "POST", "/haiku"))
    assert reply["statusCode"] == 400
    assert body(reply)["description"].startswith("Bad request. The body is not valid JSON")


# A database that refuses

CALLS = {
    "GetHaiku": events.event("http-api-2.0", "GET", "/haiku"),
    "PostHaiku": events.event("http-api-2.0", "POST", "/haiku", json.dumps(FROG)),
    "PatchHaiku": events.event("http-api-2.0", "PATCH", f"/haiku/{'0' * 32}"),
    "DeleteHaiku": events.event("http-api-2.0", "DELETE", f"/haiku/{'0' * 32}"),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "ProvisionedThroughputExceededException"),
        (400, "ThrottlingException"),
        (400, "RequestLimitExceeded"),
        (503, "ServiceUnavailable"),
    ],
)
def test_a_database_that_is_busy_or_away_is_a_503_that_says_when_to_try_again(name: str, status: int, kind: str):
    with refusing_database(status, kind, "secret") as database:
        with Function(bootstrap_of(name), f"http://{database.address}") as function:
            reply = function.invoke(CALLS[name])
        assert 1 < database.RequestHandlerClass.requests <= 3, "standard mode of AWS's SDKs: three attempts"
    assert reply["statusCode"] == 503
    assert int(header(reply, "Retry-After")) >= 1
    assert header(reply, "Access-Control-Allow-Origin") == "*"
    assert set(body(reply)) == {"description"}
    assert "secret" not in json.dumps(reply)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "AccessDeniedException"),
        (400, "ResourceNotFoundException"),
        (400, "UnrecognizedClientException"),
        (500, "InternalServerError"),
    ],
)
def test_a_database_that_fails_is_a_500_that_says_nothing_about_the_inside(name: str, status: int, kind: str):
    with refusing_database(status, kind, "secret") as database:
        with Function(bootstrap_of(name), f"http://{database.address}") as function:
            reply = function.invoke(CALLS[name])
    assert (reply["statusCode"], body(reply)) == (500, {"description": "Internal server error."})
    assert "secret" not in json.dumps(reply)
