"""ETag, If-None-Match and Cache-Control (RFC 9110, RFC 9111) of the list and of one haiku, over HTTP."""

import pytest

from support import template
from support.api import Api

LIST_SECONDS = template.template()["Parameters"]["ListCacheSeconds"]["Default"]
LIST_POLICY = f"public, max-age=0, s-maxage={LIST_SECONDS}, stale-while-revalidate={LIST_SECONDS}"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("kind", "policy"), [("list", LIST_POLICY), ("haiku", "no-cache")])
def test_a_client_with_the_current_response_gets_304(api: Api, method: str, kind: str, policy: str):
    path = {"list": "/haiku", "haiku": f"/haiku/{api.add()}"}[kind]
    first = api.request(method, path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == policy
    again = api.request(method, path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == policy
    assert "Content-Type" not in again.headers
    assert "Content-Length" not in again.headers


def test_a_like_a_post_and_a_deletion_change_the_tag_of_the_list(api: Api):
    tags = []

    def read() -> None:
        response = api.get("/haiku", headers={"If-None-Match": ", ".join(tags)} if tags else {})
        assert response.status_code == 200
        tags.append(response.headers["ETag"])

    item = api.add()
    read()
    assert api.request("PATCH", f"/haiku/{item}").status_code == 200
    read()
    other = api.add()
    read()
    assert api.request("DELETE", f"/haiku/{item}").status_code == 204
    assert api.get(f"/haiku/{other}").status_code == 200
    read()
    assert len(set(tags)) == 4


def test_lists_with_different_limits_have_different_tags(api: Api):
    for _ in range(3):
        api.add()
    tags = {api.get(f"/haiku?limit={limit}").headers["ETag"] for limit in (1, 2, 3)}
    assert len(tags) == 3


def test_pages_of_other_origins_can_read_the_tag_and_send_it(api: Api):
    api.add()
    response = api.get("/haiku", headers={"Origin": "https://haiku.example.com"})
    assert "etag" in response.headers["Access-Control-Expose-Headers"].lower()
    preflight = api.request(
        "OPTIONS", "/haiku",
        headers={
            "Origin": "https://haiku.example.com",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )  # fmt: skip
    assert "if-none-match" in preflight.headers["Access-Control-Allow-Headers"].lower()
