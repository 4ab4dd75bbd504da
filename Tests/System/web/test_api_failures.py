"""An API that is down, slow, or returns malformed haiku."""

from playwright.sync_api import expect

from .page_actions import (
    FROG,
    SEA,
    HeldRequests,
    cards,
    fill_form,
    form_values,
    lines_of,
    open_list,
    press_post,
    verses,
    wait_until_loaded,
)


def test_page_recovers_when_the_api_comes_back(empty_stack, haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    fill_form(page, FROG)
    empty_stack.stop()
    try:
        page.locator("#refresh").click()
        expect(page.locator("#feed-error-text")).to_contain_text("に接続できません。")
        expect(cards(page)).to_have_count(1)  # the loaded list stays
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("書いた句は入力欄に残っています。")
        expect(cards(page)).to_have_count(1)
        page.locator(".like").click()
        expect(page.get_by_role("status")).to_contain_text("いいねできませんでした。")
        assert form_values(page) == lines_of(FROG)
    finally:
        empty_stack.start()
    page.get_by_role("button", name="再試行").click()
    expect(page.locator("#feed-error")).to_be_hidden()
    expect(cards(page)).to_have_count(1)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(2)
    assert [lines_of(haiku) for haiku in haiku_api.everything()] == [lines_of(FROG), lines_of(SEA)]


def test_refresh_keeps_a_haiku_that_is_being_posted_on_top(haiku_api, page):
    open_list(page)
    requests = HeldRequests(page, "POST")
    fill_form(page, FROG)
    press_post(page)
    expect(cards(page)).to_have_count(1)
    haiku_api.add(**SEA)
    page.locator("#refresh").click()
    expect(cards(page)).to_have_count(2)
    assert verses(cards(page).first) == lines_of(FROG)
    requests.release()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(2)
    assert verses(cards(page).first) == lines_of(FROG)


def test_response_to_an_older_request_does_not_replace_a_newer_list(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    requests = HeldRequests(page, "GET", "**/haiku?*")
    page.locator("#refresh").click()
    requests.wait()
    requests.is_holding = False
    haiku_api.add(**FROG)
    page.locator("#refresh").click()
    expect(cards(page)).to_have_count(2)
    requests.held.clear()  # the page has aborted that request
    wait_until_loaded(page)
    expect(cards(page)).to_have_count(2)


def test_malformed_haiku_are_shown_as_far_as_possible(haiku_api, page):
    malformed = [None, 7, {}, {"item_id": "a"}, {"item_id": "b", "first": 5, "likes": "many", "created_at": "yesterday"}]
    page.route("**/haiku?*", lambda route: route.fulfill(json=malformed))
    open_list(page)
    expect(cards(page)).to_have_count(2)
    expect(cards(page).nth(1).locator("time")).to_have_text("yesterday")
    expect(cards(page).nth(1).locator(".likes")).to_have_text("0")
