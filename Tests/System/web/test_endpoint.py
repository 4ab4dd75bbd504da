"""Where the API is: from the address, from the last visit, from config.json, from the box."""

import pytest
from playwright.sync_api import Page, Route, expect

from .reader import FROG, SEA, cards, lines_of, open_list, settled, verses

OTHER = "https://api.example.org/prod"
STORED = {**SEA, "item_id": "0123456789abcdef" * 2, "likes": 3, "created_at": "2020-07-06T02:46:04+00:00"}


@pytest.fixture
def other_api(page: Page) -> list[str]:
    """Another API, on another host and below a path; what was asked of it."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(f"{route.request.method} {route.request.url.split('?')[0]}")
        route.fulfill(json=[STORED], headers={"Access-Control-Allow-Origin": "*"})

    page.route(f"{OTHER}/**", answer)
    return asked


def box(page: Page):
    return page.get_by_label("API Endpoint URL")


def shows_the_sea(page: Page) -> None:
    expect(cards(page)).to_have_count(1)
    assert verses(cards(page).first) == lines_of(SEA)


def test_the_sites_own_api_is_in_config_json(haiku_api, page):
    haiku_api.add(**FROG)
    with page.expect_response("**/config.json") as answer:
        open_list(page)
    assert answer.value.json() == {"apiEndpoint": haiku_api.base}
    expect(box(page)).to_have_value(haiku_api.base)
    expect(cards(page)).to_have_count(1)


def test_the_address_of_the_page_may_name_another_one_which_is_remembered(haiku_api, page, other_api):
    open_list(page, f"?api={OTHER}/")
    expect(box(page)).to_have_value(OTHER)
    shows_the_sea(page)
    open_list(page)
    expect(box(page)).to_have_value(OTHER)
    shows_the_sea(page)
    assert other_api == [f"GET {OTHER}/haiku"] * 2


@pytest.mark.parametrize(
    "typed", [OTHER, f"{OTHER}/", f"  {OTHER}/haiku ", "api.example.org/prod", f"{OTHER}/?x=1#y"]
)
def test_the_box_can_be_edited_and_wins_over_the_address(haiku_api, page, other_api, typed):
    haiku_api.add(**FROG)
    open_list(page, f"?api={haiku_api.base}")
    box(page).fill(typed)
    page.get_by_role("button", name="つなぐ").click()
    shows_the_sea(page)
    expect(box(page)).to_have_value(OTHER)
    page.reload()
    shows_the_sea(page)


def test_what_is_posted_goes_to_the_api_in_the_box(haiku_api, page, other_api):
    open_list(page, f"?api={OTHER}")
    page.locator(".heart").click()
    expect(page.get_by_role("button", name="いいね 4")).to_be_visible()
    assert other_api[-1] == f"PATCH {OTHER}/haiku/{STORED['item_id']}"


@pytest.mark.parametrize("typed", ["ftp://example.org", "javascript:alert(1)", "http://", "a b", "https://u:p@x.org"])
def test_what_is_no_url_is_said_to_be_none(haiku_api, page, typed):
    haiku_api.add(**FROG)
    open_list(page)
    box(page).fill(typed)
    box(page).press("Enter")
    expect(page.get_by_role("alert").filter(has_text="URL として読めません。")).to_be_visible()
    expect(box(page)).to_have_value(typed)
    expect(cards(page)).to_have_count(0)
    page.get_by_role("button", name="このサイトの API に戻す").click()
    expect(cards(page)).to_have_count(1)
    expect(box(page)).to_have_value(haiku_api.base)
    expect(page.locator("#endpoint-error")).to_be_hidden()


def test_an_endpoint_that_cannot_be_reached_is_named_and_the_own_one_offered(haiku_api, page):
    haiku_api.add(**FROG)
    page.route("https://nowhere.example/**", lambda route: route.abort("namenotresolved"))
    open_list(page, "?api=https://nowhere.example")
    expect(page.get_by_role("alert").filter(has_text="nowhere.example につながりません。")).to_be_visible()
    page.get_by_role("button", name="このサイトの API に戻す").click()
    expect(cards(page)).to_have_count(1)
    assert "?api" not in page.url
    page.reload()
    expect(cards(page)).to_have_count(1)


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 200, "body": "<h1>Welcome</h1>", "content_type": "text/html"},
        {"status": 404, "json": {"message": "Not Found"}},
        {"status": 403, "json": {"message": "Missing Authentication Token"}},
        {"status": 200, "json": {"haiku": []}},
    ],
    ids=["a web page", "no such route", "no such stage", "other JSON"],
)
def test_an_endpoint_that_is_something_else_is_said_to_be_that(haiku_api, page, reply):
    page.route(f"{OTHER}/**", lambda route: route.fulfill(**reply, headers={"Access-Control-Allow-Origin": "*"}))
    open_list(page, f"?api={OTHER}")
    said = "api.example.org から返事はありましたが、Bashoutter の API ではないようです。"
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()


def test_a_site_without_an_api_asks_for_one_and_keeps_what_is_written(haiku_api, page):
    page.route("**/config.json", lambda route: route.fulfill(status=404))
    page.goto("")
    expect(page.get_by_role("alert").filter(has_text="Bashoutter の API の URL を入れてください。")).to_be_visible()
    for name, text in FROG.items():
        page.locator(f"#{name}").fill(text)
    page.locator("#post").click()
    expect(page.locator("#compose-error")).to_contain_text("投稿できませんでした。")
    expect(box(page)).to_be_focused()
    box(page).fill(haiku_api.base)
    box(page).press("Enter")
    settled(page)
    page.locator("#post").click()
    expect(cards(page)).to_have_count(1)
    assert verses(cards(page).first) == lines_of(FROG)
