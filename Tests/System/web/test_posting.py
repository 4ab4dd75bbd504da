"""Posting: optimistic display, idempotency, validation and drafts."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .page_actions import (
    FROG,
    HEARING,
    SEA,
    HeldRequests,
    cards,
    fill_form,
    form_values,
    lines_of,
    mocked_response,
    open_list,
    press_post,
    verses,
    wait_until_loaded,
)


def test_new_haiku_is_shown_on_top_before_the_response(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    requests = HeldRequests(page, "POST")
    fill_form(page, FROG)
    press_post(page)
    expect(cards(page)).to_have_count(2)
    assert verses(cards(page).first) == lines_of(FROG)
    expect(cards(page).first).to_contain_text("投稿中…")
    requests.release()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page).first.get_by_role("button", name="いいね 0")).to_be_visible()
    stored = haiku_api.everything()
    assert [lines_of(haiku) for haiku in stored] == [lines_of(FROG), lines_of(SEA)]
    expect(cards(page).first.locator(".id")).to_have_text(stored[0]["item_id"])
    assert form_values(page) == ["", "", "", "芭蕉"]


def test_name_is_stored(haiku_api, page):
    open_list(page)
    fill_form(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    page.reload()
    expect(page.get_by_label("名前")).to_have_value("芭蕉")


def test_rejected_post_is_rolled_back_and_reported(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    fill_form(page, FROG)
    with mocked_response(page, "POST", 500, {"description": "Internal server error."}):
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("投稿できませんでした。API でエラーが発生しました（500）。")
    expect(cards(page)).to_have_count(1)
    assert form_values(page) == lines_of(FROG)
    with mocked_response(page, "POST", 400, {"description": "Bad request. username is <b>odd</b>"}):
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("（Bad request. username is <b>odd</b>）")
    press_post(page)
    # The card is shown before the response, so wait for the message before calling the API.
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(2)
    assert len(haiku_api.everything()) == 2


def test_double_click_posts_one_haiku(haiku_api, page):
    open_list(page)
    fill_form(page, FROG)
    page.locator("#post").dblclick()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(1)
    assert len(haiku_api.everything()) == 1
    expect(page.locator("#compose-form [aria-invalid]")).to_have_count(0)


def test_repeated_submits_before_the_response_post_one_haiku(haiku_api, page):
    open_list(page)
    fill_form(page, FROG)
    requests = HeldRequests(page, "POST")
    press_post(page)
    box = page.locator("#post").bounding_box()
    for _ in range(5):
        page.mouse.click(box["x"] + 20, box["y"] + 20)
        page.keyboard.press("Enter")
    expect(cards(page)).to_have_count(1)
    assert len(requests.held) == 1
    requests.release()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert len(haiku_api.everything()) == 1


class LostResponses:
    """Forwards posts to the API and drops the first `count` responses."""

    def __init__(self, page: Page, count: int):
        self.remaining = count
        self.keys: list[str] = []
        page.route("**/haiku", self._handle)

    def _handle(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        self.keys.append(route.request.headers["idempotency-key"])
        if self.remaining == 0:
            return route.continue_()
        self.remaining -= 1
        assert route.fetch().status == 201
        return route.abort("connectionreset")


def test_lost_response_is_retried_and_creates_one_haiku(haiku_api, page):
    open_list(page)
    lost = LostResponses(page, 1)
    fill_form(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(page.locator("#compose-error")).to_be_hidden()
    assert len(set(lost.keys)) == 1 and len(lost.keys) == 2
    assert len(haiku_api.everything()) == 1
    expect(cards(page)).to_have_count(1)


def test_reposting_after_lost_responses_and_a_reload_creates_one_haiku(haiku_api, page):
    open_list(page)
    lost = LostResponses(page, 4)
    fill_form(page, FROG)
    for _ in range(2):
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("接続できません")
        assert form_values(page) == lines_of(FROG)
    page.reload()
    wait_until_loaded(page)
    assert form_values(page) == lines_of(FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert len(set(lost.keys)) == 1 and len(lost.keys) == 5
    assert len(haiku_api.everything()) == 1
    expect(cards(page)).to_have_count(1)


def test_posting_the_same_text_again_creates_another_haiku(haiku_api, page):
    open_list(page)
    for count in (1, 2):
        fill_form(page, FROG)
        press_post(page)
        expect(cards(page)).to_have_count(count)
        expect(page.locator("#first")).to_have_value("")
    assert len(haiku_api.everything()) == 2


def test_changed_text_gets_a_new_idempotency_key(haiku_api, page):
    open_list(page)
    lost = LostResponses(page, 2)
    fill_form(page, FROG)
    press_post(page)
    expect(page.locator("#compose-error")).to_contain_text("接続できません")
    page.get_by_label("下五").fill("みずのおと")
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert len(set(lost.keys)) == 2
    assert len(haiku_api.everything()) == 2


def test_idempotency_key_does_not_require_random_uuid(haiku_api, page):
    # S3 website hosting is plain HTTP, not a secure context.
    page.add_init_script("delete Crypto.prototype.randomUUID")
    open_list(page)
    fill_form(page, FROG)
    with page.expect_request(lambda request: request.method == "POST") as request:
        press_post(page)
    assert re.fullmatch("[0-9a-f]{32}", request.value.headers["idempotency-key"])
    expect(page.get_by_role("status")).to_have_text("投稿しました。")


def test_posted_haiku_stays_on_top_until_the_list_contains_it(haiku_api, page):
    haiku_api.add(**SEA)
    before = haiku_api.everything()
    open_list(page)
    fill_form(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    # The index does not contain it yet.
    with mocked_response(page, "GET", 200, before, "**/haiku?*"):
        with page.expect_response("**/haiku?*"):
            page.get_by_role("button", name="更新").click()
        wait_until_loaded(page)
        assert [verses(card) for card in cards(page).all()] == [lines_of(FROG), lines_of(SEA)]
    with page.expect_response("**/haiku?*"):
        page.get_by_role("button", name="更新").click()
    wait_until_loaded(page)
    assert [verses(card) for card in cards(page).all()] == [lines_of(FROG), lines_of(SEA)]


BLANK = "入力してください。"
CONTROL = "改行やタブなどの制御文字は使えません。"


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("first", "", BLANK),
        ("second", "   ", BLANK),
        ("third", "\u3000\u2003\u00a0", BLANK),
        ("username", "\u2028", BLANK),
        ("first", "a\tb", CONTROL),
        ("second", "a\u0085b", CONTROL),
        ("username", "\u007f", CONTROL),
        ("third", "あ" * 101, "100 字以内で入力してください（現在 101 字）。"),
        ("first", "🐸" * 101, "100 字以内で入力してください（現在 101 字）。"),
        ("username", "名" * 51, "50 字以内で入力してください（現在 51 字）。"),
    ],
    ids=[
        "empty", "spaces", "Unicode spaces", "line separator",
        "tab", "C1 control", "DEL",
        "101 kana", "101 emoji", "51 characters of name",
    ],
)  # fmt: skip
def test_invalid_text_is_reported_without_a_request(haiku_api, page, field, text, message):
    open_list(page)
    fill_form(page, {**HEARING, field: text})
    posts = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request))
    press_post(page)
    expect(page.locator(f"#{field}-error")).to_have_text(message)
    expect(page.locator(f"#{field}")).to_be_focused()
    expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    assert not posts
    assert haiku_api.post(json={**HEARING, field: text}).status_code == 400
    page.locator(f"#{field}").fill("よし")
    expect(page.locator(f"#{field}-error")).to_be_hidden()
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")


def test_limits_count_code_points(haiku_api, page):
    longest = {"first": "🐸" * 100, "second": "𠮷" * 100, "third": "あ" * 100, "username": "🦋" * 50}
    open_list(page)
    fill_form(page, longest)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    [stored] = haiku_api.everything()
    assert lines_of(stored) == lines_of(longest)
    assert verses(cards(page).first) == lines_of(longest)


def test_submitting_an_empty_form_shows_a_hint_and_no_error(haiku_api, page):
    open_list(page)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("まず一句、書いてみましょう。")
    expect(page.get_by_label("上五")).to_be_focused()
    expect(page.locator("#compose-form [aria-invalid]")).to_have_count(0)


def test_mora_count_is_a_hint_and_does_not_block_posting(haiku_api, page):
    open_list(page)
    hint = page.locator("#first-hint .mora-count")
    expect(hint).to_have_text("5 音")
    for text, message in [
        ("ふる", "2 / 5 音"),
        ("ふるいけや", "5 音"),
        ("ふるいけやと", "6 音・字余り"),
        ("古池や", "かな以外は数えません"),
        ("", "5 音"),
        ("ふるいけのほとり", "8 音・字余り"),
    ]:
        page.get_by_label("上五").fill(text)
        expect(hint).to_have_text(message)
    page.get_by_label("中七").fill("だけ")
    page.get_by_label("下五").fill("水")
    page.get_by_label("名前").fill("山頭火")
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")


def test_enter_moves_to_the_next_field_and_posts_from_the_last(haiku_api, page):
    open_list(page)
    page.get_by_label("上五").focus()
    for line in lines_of(FROG):
        page.keyboard.insert_text(line)
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert lines_of(haiku_api.everything()[0]) == lines_of(FROG)


@pytest.mark.parametrize("properties", [{"isComposing": True}, {"keyCode": 229}])
def test_enter_that_accepts_an_input_method_suggestion_keeps_the_focus(haiku_api, page, properties):
    open_list(page)
    line = page.get_by_label("上五")
    line.focus()
    line.evaluate(
        """(line, properties) => line.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...properties }))""",
        properties,
    )
    expect(line).to_be_focused()


def test_pasted_lines_are_distributed_over_the_fields(haiku_api, page):
    open_list(page)
    page.get_by_label("上五").focus()
    page.locator("#first").evaluate(
        """(line, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            line.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        "古池や\r\n蛙飛びこむ\n\n水の音\n",
    )
    assert form_values(page)[:3] == lines_of(FROG)[:3]


def test_draft_survives_a_reload(haiku_api, page):
    open_list(page)
    fill_form(page, FROG)
    page.reload()
    wait_until_loaded(page)
    assert form_values(page) == lines_of(FROG)
