"""Posting: optimistic display, idempotency, validation and drafts."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .page_actions import (
    FROG,
    HEARING,
    SEA,
    HeldRequests,
    add_haiku,
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
    expect(cards(page).first).to_have_attribute("data-id", stored[0]["item_id"])
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
    requests.wait()
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


def test_draft_survives_a_closed_tab(haiku_api, page):
    open_list(page)
    fill_form(page, FROG)
    other_tab = page.context.new_page()
    page.close()
    open_list(other_tab)
    assert form_values(other_tab) == lines_of(FROG)


PASTE = """(line, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    line.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_pasted_lines_are_distributed_over_the_fields(haiku_api, page):
    open_list(page)
    load_form(page)
    page.locator("#first").evaluate(PASTE, "古池や\r\n蛙飛びこむ\n\n水の音\n")
    assert form_values(page) == [*lines_of(FROG)[:3], ""]


def copy(page: Page, text: str) -> None:
    """Copies the text to the clipboard."""
    page.evaluate(
        """(text) => {
            const area = document.body.appendChild(document.createElement("textarea"));
            area.value = text;
            area.select();
            document.execCommand("copy");
            area.remove();
        }""",
        text,
    )


def paste_before_the_form_is_loaded(page: Page) -> HeldRequests:
    """Opens the list and pastes three lines while the form's module is held."""
    open_list(page)
    copy(page, "古池や\n蛙飛びこむ\n水の音")
    modules = HeldRequests(page, "GET", "**/compose.js")
    page.locator("#first").focus()
    page.keyboard.press("ControlOrMeta+v")
    expect(page.locator("#first")).not_to_have_value("")
    return modules


def test_lines_pasted_before_the_form_is_loaded_are_distributed_when_it_is(haiku_api, page):
    modules = paste_before_the_form_is_loaded(page)
    modules.release()
    expect(page.locator("#first")).to_have_value("古池や")
    assert form_values(page) == [*lines_of(FROG)[:3], ""]


def test_edits_of_a_paste_before_the_form_is_loaded_are_kept(haiku_api, page):
    modules = paste_before_the_form_is_loaded(page)
    page.locator("#first").fill("春の海")
    modules.release()
    expect(page.locator("#preview")).to_be_visible()
    assert form_values(page) == ["春の海", "", "", ""]


def test_form_that_could_not_be_loaded_keeps_its_text_and_can_be_posted_later(haiku_api, page):
    open_list(page)
    copy(page, "古池や\n蛙飛びこむ\n水の音")
    page.route("**/compose.js", lambda route: route.abort("internetdisconnected"))
    page.locator("#first").focus()
    page.keyboard.press("ControlOrMeta+v")
    page.keyboard.press("Enter")
    page.locator("#username").fill("芭蕉")
    press_post(page)
    expect(page.get_by_role("status")).to_contain_text("読み込めませんでした")
    assert "".join(form_values(page)).replace(" ", "") == "古池や蛙飛びこむ水の音芭蕉"
    page.unroute("**/compose.js")
    fill_form(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("古池や\n\n蛙飛びこむ\n\n水の音\n\n芭蕉\n", lines_of(FROG)),
        ("古池や　蛙飛びこむ　水の音", [*lines_of(FROG)[:3], ""]),
        ("古池や / 蛙飛びこむ / 水の音", [*lines_of(FROG)[:3], ""]),
        ("the old pond / a frog leaps in / splash", ["the old pond", "a frog leaps in", "splash", ""]),
    ],
    ids=["a copied card", "one line", "slashes", "English"],
)
def test_pasted_poems_fill_the_fields_and_can_be_undone(haiku_api, page, text, expected):
    open_list(page)
    load_form(page)
    page.locator("#first").evaluate(PASTE, text)
    assert form_values(page) == expected
    for _ in filter(None, expected):
        page.keyboard.press("ControlOrMeta+z")
    assert form_values(page) == [""] * 4


def load_form(page: Page) -> None:
    """Focuses the first line and waits until the form's module is loaded."""
    page.locator("#first").fill("x")
    expect(page.locator("#preview")).to_be_visible()
    page.locator("#first").fill("")
    expect(page.locator("#preview")).to_be_hidden()


def test_post_button_can_be_reached_in_a_low_window(haiku_api, new_page):
    # The form is sticky: without its own scrollbar, its end would be reached only at the end of the list.
    add_haiku(haiku_api, 60)
    page = new_page(width=1093, height=440)
    open_list(page)
    page.locator("#first").fill("あ")
    press_post(page)
    expect(page.locator("#username-error")).to_be_visible()
    page.locator(".compose").hover()
    page.mouse.wheel(0, 2_000)
    page.wait_for_function(
        "() => { const box = document.querySelector('#post').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"
    )


def test_preview_shows_the_card_in_vertical_writing(haiku_api, page):
    open_list(page)
    expect(page.locator("#preview")).to_be_hidden()
    fill_form(page, FROG)
    expect(page.locator("#preview")).to_be_visible()
    assert verses(page.locator("#preview")) == lines_of(FROG)
    expect(page.locator("#preview .poem")).to_have_css("writing-mode", "vertical-rl")
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(page.locator("#preview")).to_be_hidden()


def test_posted_message_leads_to_the_haiku(haiku_api, page):
    open_list(page)
    fill_form(page, FROG)
    press_post(page)
    page.get_by_role("link", name="見る").click()
    expect(page.locator("#detail-card article")).to_be_visible()
    assert verses(page.locator("#detail-card article")) == lines_of(FROG)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (768, 1024)])
def test_form_is_one_row_on_a_phone_or_tablet_until_it_is_opened(haiku_api, new_page, width, height):
    haiku_api.add(**SEA)
    page = new_page(width, height)
    open_list(page)
    expect(page.locator("#compose-form")).to_be_hidden()
    poem = cards(page).first.locator(".poem").bounding_box()
    assert poem["y"] + poem["height"] <= height, "the first poem is not in the first screen"
    page.get_by_role("button", name="一句詠む").click()
    expect(page.locator("#first")).to_be_focused()
    fill_form(page, FROG)
    press_post(page)
    expect(cards(page)).to_have_count(2)
