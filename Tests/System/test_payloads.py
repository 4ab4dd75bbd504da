"""The real functions with the event formats that AWS documents, against the local database."""

import base64
import json

import pytest

from support import events
from support.api import FROG
from support.aws import client
from support.paths import FUNCTIONS
from support.runtime import Function, bootstrap_of, failing_database
from support.stack import Stack

SUCCESS = {"description": "Successfully added a new haiku"}
KINDS = pytest.mark.parametrize("kind", events.KINDS)


@pytest.fixture
def call(empty_stack: Stack):
    """`call("PostHaiku", event)` runs one invocation; each function keeps one process for the whole test."""
    (table,) = client("dynamodb", empty_stack.dynamodb).list_tables()["TableNames"]
    running: dict[str, Function] = {}

    def call(name: str, event: dict) -> dict:
        if name not in running:
            running[name] = Function(bootstrap_of(name), empty_stack.dynamodb, TABLE_NAME=table).__enter__()
        return running[name].invoke(event)

    yield call
    for function in running.values():
        function.__exit__()


def body(response: dict) -> object:
    text = response.get("body") or "null"
    return json.loads(base64.b64decode(text) if response.get("isBase64Encoded") else text)


def header(response: dict, name: str) -> str | None:
    multiple = {key: values[0] for key, values in (response.get("multiValueHeaders") or {}).items()}
    values = {**multiple, **(response.get("headers") or {})}
    return {key.lower(): value for key, value in values.items()}.get(name.lower())


@KINDS
def test_create_read_like_and_delete_work_with_every_event_format(call, kind: str):
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
def test_a_base64_body_is_decoded(call, kind: str):
    event = events.event(kind, "POST", "/haiku", json.dumps(FROG, ensure_ascii=False), encoded=True)
    assert call("PostHaiku", event)["statusCode"] == 201
    (found,) = body(call("GetHaiku", events.event(kind, "GET", "/haiku")))
    assert found["first"] == FROG["first"]


@KINDS
def test_the_body_limit_applies_to_the_decoded_bytes(call, kind: str):
    text = json.dumps({**FROG, "fill": "x" * 7000})
    assert len(text) < 8192 < len(base64.b64encode(text.encode()))
    assert call("PostHaiku", events.event(kind, "POST", "/haiku", text, encoded=True))["statusCode"] == 201
    text = json.dumps({**FROG, "fill": "x" * 8192})
    assert call("PostHaiku", events.event(kind, "POST", "/haiku", text, encoded=True))["statusCode"] == 413


@KINDS
@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_header_names_are_case_insensitive(call, kind: str, name: str):
    event = events.event(kind, "POST", "/haiku", json.dumps(FROG), headers={name: "same"})
    assert header(call("PostHaiku", event), "Location") == header(call("PostHaiku", event), "Location")


@KINDS
def test_pagination_works_with_every_event_format(call, kind: str):
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
def test_every_response_carries_the_allowed_origin(call, kind: str):
    for response in (
        call("GetHaiku", events.event(kind, "GET", "/haiku")),
        call("PostHaiku", events.event(kind, "POST", "/haiku", "{")),
        call("PatchHaiku", events.event(kind, "PATCH", "/haiku/none")),
        call("DeleteHaiku", events.event(kind, "DELETE", f"/haiku/{'0' * 32}")),
    ):
        assert header(response, "Access-Control-Allow-Origin") == "*"


@KINDS
def test_other_methods_are_rejected_with_every_event_format(call, kind: str):
    response = call("GetHaiku", events.event(kind, "PUT", "/haiku"))
    assert (response["statusCode"], body(response)) == (405, {"description": "Method not allowed."})
    assert "GET" in header(response, "Allow") and "POST" in header(response, "Allow")


@KINDS
def test_a_post_without_a_body_is_rejected(call, kind: str):
    response = call("PostHaiku", events.event(kind, "POST", "/haiku"))
    assert response["statusCode"] == 400
    assert body(response)["description"].startswith("Bad request. The body is not valid JSON")


# Database errors


def invoke_with_error(name: str, status: int, kind: str) -> tuple[dict, int]:
    """Invokes a function whose database returns an error; returns the response and the number of attempts."""
    with failing_database(status, kind, "secret") as database:
        with Function(bootstrap_of(name), f"http://{database.address}") as function:
            response = function.invoke(events.example(name))
        return response, database.RequestHandlerClass.requests


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "ProvisionedThroughputExceededException"),
        (400, "ThrottlingException"),
        (400, "RequestLimitExceeded"),
        (503, "ServiceUnavailable"),
    ],
)
def test_a_throttled_or_unavailable_database_is_a_503_with_retry_after(name: str, status: int, kind: str):
    response, attempts = invoke_with_error(name, status, kind)
    assert 1 < attempts <= 3, "AWS SDKs make up to three attempts in standard mode"
    assert response["statusCode"] == 503
    assert int(header(response, "Retry-After")) >= 1
    assert header(response, "Access-Control-Allow-Origin") == "*"
    assert set(body(response)) == {"description"}
    assert "secret" not in json.dumps(response)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "AccessDeniedException"),
        (400, "ResourceNotFoundException"),
        (400, "UnrecognizedClientException"),
        (500, "InternalServerError"),
    ],
)
def test_a_failing_database_is_a_500_that_exposes_no_internals(name: str, status: int, kind: str):
    response, _ = invoke_with_error(name, status, kind)
    assert (response["statusCode"], body(response)) == (500, {"description": "Internal server error."})
    assert "secret" not in json.dumps(response)
