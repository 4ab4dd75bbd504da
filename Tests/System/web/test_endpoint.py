"""The source of the endpoint: `?api=…`, storage, config.json or the input field."""

import pytest
from playwright.sync_api import Page, Route, expect

from .page_actions import FROG, SEA, cards, lines_of, open_endpoint, open_list, wait_until_loaded

OTHER = "https://api.example.org/prod"
STORED = {**SEA, "item_id": "0123456789abcdef" * 2, "likes": 3, "created_at": "2020-07-06T02:46:04+00:00"}


@pytest.fixture
def other_api(page: Page) -> list[str]:
    """Mocks an API on another host, below a path; returns the requests that it received."""
    received: list[str] = []

    def respond(route: Route) -> None:
        received.append(f"{route.request.method} {route.request.url.split('?')[0]}")
        route.fulfill(json=[STORED], headers={"Access-Control-Allow-Origin": "*"})

    page.route(f"{OTHER}/**", respond)
    return received


def endpoint_field(page: Page):
    open_endpoint(page)
    return page.get_by_label("API Endpoint URL")


def expect_only(page: Page, haiku: dict) -> None:
    expect(cards(page).locator(".poem > p")).to_have_text(lines_of(haiku))


def test_default_endpoint_is_read_from_config_json(haiku_api, page):
    haiku_api.add(**FROG)
    with page.expect_response("**/config.json") as response:
        open_list(page)
    assert response.value.json() == {"apiEndpoint": haiku_api.base}
    expect(endpoint_field(page)).to_have_value(haiku_api.base)
    expect(cards(page)).to_have_count(1)


def test_api_query_parameter_holds_for_its_tab_only_and_is_announced(haiku_api, page, other_api):
    haiku_api.add(**FROG)
    open_list(page, f"?api={OTHER}/")
    expect(page.locator("#endpoint")).to_have_value(OTHER)
    expect_only(page, SEA)
    for _ in range(2):
        expect(page.get_by_text("このタブだけ、api.example.org に接続しています。")).to_be_visible()
        open_list(page)
        expect_only(page, SEA)
    assert other_api == [f"GET {OTHER}/haiku"] * 3

    other_tab = page.context.new_page()
    open_list(other_tab)
    expect_only(other_tab, FROG)
    expect(other_tab.locator("#endpoint-form")).to_be_hidden()

    page.get_by_role("button", name="このサイトの API に戻す").click()
    expect(page.locator("#endpoint-notice")).to_be_hidden()
    page.reload()
    expect_only(page, FROG)


def test_mistyped_endpoint_keeps_the_list(haiku_api, page):
    haiku_api.add(**FROG)
    open_list(page)
    for typed in ("ftp://example.org", "http://127.0.0.1:1"):
        endpoint_field(page).fill(typed)
        endpoint_field(page).press("Enter")
        expect(page.locator("#endpoint-error")).to_be_visible()
        wait_until_loaded(page)
        expect(cards(page)).to_have_count(1)
    page.reload()
    expect(cards(page)).to_have_count(1)


@pytest.mark.parametrize(
    "typed", [OTHER, f"{OTHER}/", f"  {OTHER}/haiku ", "api.example.org/prod", f"{OTHER}/?x=1#y"]
)
def test_submitted_endpoint_overrides_the_query_parameter(haiku_api, page, other_api, typed):
    haiku_api.add(**FROG)
    open_list(page, f"?api={haiku_api.base}")
    endpoint_field(page).fill(typed)
    page.get_by_role("button", name="接続").click()
    expect_only(page, SEA)
    expect(endpoint_field(page)).to_have_value(OTHER)
    page.reload()
    expect_only(page, SEA)


def test_other_tabs_follow_a_submitted_endpoint_unless_they_have_their_own(haiku_api, page, other_api):
    haiku_api.add(**FROG)
    following, own = page.context.new_page(), page.context.new_page()
    for tab in (following, own):
        tab.route(f"{OTHER}/**", lambda route: route.fulfill(json=[STORED], headers={"Access-Control-Allow-Origin": "*"}))
    open_list(following)
    open_list(own, f"?api={haiku_api.base}")
    reloads = []
    own.on("request", lambda request: reloads.append(request.url))
    open_list(page)
    endpoint_field(page).fill(OTHER)
    endpoint_field(page).press("Enter")
    expect_only(page, SEA)
    expect_only(following, SEA)
    expect(following.locator("#endpoint")).to_have_value(OTHER)
    expect_only(own, FROG)
    assert reloads == []


def test_likes_are_sent_to_the_selected_endpoint(haiku_api, page, other_api):
    open_list(page, f"?api={OTHER}")
    page.locator(".like").click()
    expect(page.get_by_role("button", name="いいね 4")).to_be_visible()
    assert other_api[-1] == f"PATCH {OTHER}/haiku/{STORED['item_id']}"


@pytest.mark.parametrize("typed", ["ftp://example.org", "javascript:alert(1)", "http://", "a b", "https://u:p@x.org"])
def test_invalid_url_is_reported_and_the_default_is_offered(haiku_api, page, typed):
    haiku_api.add(**FROG)
    open_list(page)
    endpoint_field(page).fill(typed)
    endpoint_field(page).press("Enter")
    expect(page.get_by_role("alert").filter(has_text="URL の形式が正しくありません。")).to_be_visible()
    expect(endpoint_field(page)).to_have_value(typed)
    page.get_by_role("button", name="このサイトの API に戻す").click()
    expect(cards(page)).to_have_count(1)
    expect(endpoint_field(page)).to_have_value(haiku_api.base)
    expect(page.locator("#endpoint-error")).to_be_hidden()


def test_unreachable_endpoint_is_named_and_the_default_is_offered(haiku_api, page):
    haiku_api.add(**FROG)
    page.route("https://nowhere.example/**", lambda route: route.abort("namenotresolved"))
    open_list(page, "?api=https://nowhere.example")
    expect(page.get_by_role("alert").filter(has_text="nowhere.example に接続できません。")).to_be_visible()
    page.get_by_role("button", name="このサイトの API に戻す").click()
    expect(cards(page)).to_have_count(1)
    assert "?api" not in page.url
    page.reload()
    expect(cards(page)).to_have_count(1)


@pytest.mark.parametrize(
    "response",
    [
        {"status": 200, "body": "<h1>Welcome</h1>", "content_type": "text/html"},
        {"status": 404, "json": {"message": "Not Found"}},
        {"status": 403, "json": {"message": "Missing Authentication Token"}},
        {"status": 200, "json": {"haiku": []}},
    ],
    ids=["a web page", "no such route", "no such stage", "other JSON"],
)
def test_response_of_another_service_is_reported(haiku_api, page, response):
    page.route(f"{OTHER}/**", lambda route: route.fulfill(**response, headers={"Access-Control-Allow-Origin": "*"}))
    open_list(page, f"?api={OTHER}")
    message = "api.example.org から応答はありましたが、Bashoutter の API ではないようです。"
    expect(page.get_by_role("alert").filter(has_text=message)).to_be_visible()


@pytest.mark.parametrize("config", [{"status": 404}, {"json": {}}])
def test_missing_default_endpoint_is_reported_and_the_form_keeps_its_text(haiku_api, page, config):
    page.route("**/config.json", lambda route: route.fulfill(**config))
    page.goto("")
    expect(page.get_by_role("alert").filter(has_text="Bashoutter の API の URL を入力してください。")).to_be_visible()
    for name, text in FROG.items():
        page.locator(f"#{name}").fill(text)
    page.locator("#post").click()
    expect(page.locator("#compose-error")).to_contain_text("投稿できませんでした。")
    expect(endpoint_field(page)).to_be_focused()
    endpoint_field(page).fill(haiku_api.base)
    endpoint_field(page).press("Enter")
    wait_until_loaded(page)
    page.locator("#post").click()
    expect_only(page, FROG)


def test_endpoint_form_can_be_opened_after_a_failed_load(haiku_api, page):
    open_list(page)
    page.route("**/endpoint.js", lambda route: route.abort("internetdisconnected"))
    page.locator("#endpoint-open").click()
    expect(page.get_by_role("status")).to_contain_text("読み込めませんでした")
    page.unroute("**/endpoint.js")
    page.locator("#endpoint-open").click()
    expect(page.locator("#endpoint")).to_be_visible()
