"""Posting: at once, once, and without losing a word."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from .reader import (
    FROG,
    HEARING,
    SEA,
    Held,
    cards,
    lines_of,
    open_list,
    press_post,
    replied,
    settled,
    verses,
    write,
    written,
)


def test_a_new_haiku_stands_at_the_top_before_the_answer_is_there(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    held = Held(page, "POST")
    write(page, FROG)
    press_post(page)
    expect(cards(page)).to_have_count(2)
    assert verses(cards(page).first) == lines_of(FROG)
    expect(cards(page).first).to_contain_text("投稿中…")
    held.release()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page).first.get_by_role("button", name="いいね 0")).to_be_visible()
    stored = haiku_api.everything()
    assert [lines_of(haiku) for haiku in stored] == [lines_of(FROG), lines_of(SEA)]
    expect(cards(page).first.locator(".id")).to_have_text(stored[0]["item_id"])
    assert written(page) == ["", "", "", "芭蕉"]


def test_the_name_is_remembered(haiku_api, page):
    open_list(page)
    write(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    page.reload()
    expect(page.get_by_label("名前")).to_have_value("芭蕉")


def test_a_refused_post_is_taken_back_with_the_reason(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    write(page, FROG)
    with replied(page, "POST", 500, {"description": "Internal server error."}):
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("投稿できませんでした。API に不具合が起きています（500）。")
    expect(cards(page)).to_have_count(1)
    assert written(page) == lines_of(FROG)
    with replied(page, "POST", 400, {"description": "Bad request. username is <b>odd</b>"}):
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("（Bad request. username is <b>odd</b>）")
    press_post(page)
    # The card is there before the answer is, so wait for that before asking the API.
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(2)
    assert len(haiku_api.everything()) == 2


def test_a_double_click_posts_one_haiku(haiku_api, page):
    open_list(page)
    write(page, FROG)
    page.locator("#post").dblclick()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(1)
    assert len(haiku_api.everything()) == 1
    expect(page.locator("#compose-form [aria-invalid]")).to_have_count(0)


def test_many_presses_while_the_answer_is_on_its_way_post_one_haiku(haiku_api, page):
    open_list(page)
    write(page, FROG)
    held = Held(page, "POST")
    press_post(page)
    box = page.locator("#post").bounding_box()
    for _ in range(5):
        page.mouse.click(box["x"] + 20, box["y"] + 20)
        page.keyboard.press("Enter")
    expect(cards(page)).to_have_count(1)
    assert len(held.waiting) == 1
    held.release()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert len(haiku_api.everything()) == 1


class LostAnswers:
    """Posts reach the API, but the first answers do not come back."""

    def __init__(self, page: Page, count: int):
        self.left = count
        self.keys: list[str] = []
        page.route("**/haiku", self._handle)

    def _handle(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        self.keys.append(route.request.headers["idempotency-key"])
        if self.left == 0:
            return route.continue_()
        self.left -= 1
        assert route.fetch().status == 201
        return route.abort("connectionreset")


def test_a_lost_answer_is_asked_for_again_and_makes_one_haiku(haiku_api, page):
    open_list(page)
    lost = LostAnswers(page, 1)
    write(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(page.locator("#compose-error")).to_be_hidden()
    assert len(set(lost.keys)) == 1 and len(lost.keys) == 2
    assert len(haiku_api.everything()) == 1
    expect(cards(page)).to_have_count(1)


def test_a_haiku_whose_answers_are_all_lost_is_still_one_when_posted_again_even_after_a_reload(haiku_api, page):
    open_list(page)
    lost = LostAnswers(page, 4)
    write(page, FROG)
    for _ in range(2):
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("つながりません")
        assert written(page) == lines_of(FROG)
    page.reload()
    settled(page)
    assert written(page) == lines_of(FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert len(set(lost.keys)) == 1 and len(lost.keys) == 5
    assert len(haiku_api.everything()) == 1
    expect(cards(page)).to_have_count(1)


def test_the_same_words_written_again_are_another_haiku(haiku_api, page):
    open_list(page)
    for count in (1, 2):
        write(page, FROG)
        press_post(page)
        expect(cards(page)).to_have_count(count)
        expect(page.locator("#first")).to_have_value("")
    assert len(haiku_api.everything()) == 2


def test_other_words_get_another_key(haiku_api, page):
    open_list(page)
    lost = LostAnswers(page, 2)
    write(page, FROG)
    press_post(page)
    expect(page.locator("#compose-error")).to_contain_text("つながりません")
    page.get_by_label("下五").fill("みずのおと")
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert len(set(lost.keys)) == 2
    assert len(haiku_api.everything()) == 2


def test_a_key_is_found_where_random_uuid_is_not(haiku_api, page):
    # As on S3's website hosting, which is plain http and so no secure context.
    page.add_init_script("delete Crypto.prototype.randomUUID")
    open_list(page)
    write(page, FROG)
    with page.expect_request(lambda request: request.method == "POST") as request:
        press_post(page)
    assert re.fullmatch("[0-9a-f]{32}", request.value.headers["idempotency-key"])
    expect(page.get_by_role("status")).to_have_text("投稿しました。")


def test_an_own_haiku_stays_on_top_until_the_list_knows_it(haiku_api, page):
    haiku_api.add(**SEA)
    before = haiku_api.everything()
    open_list(page)
    write(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    # The index has not heard of it yet.
    with replied(page, "GET", 200, before, "**/haiku?*"):
        with page.expect_response("**/haiku?*"):
            page.get_by_role("button", name="更新").click()
        settled(page)
        assert [verses(one) for one in cards(page).all()] == [lines_of(FROG), lines_of(SEA)]
    with page.expect_response("**/haiku?*"):
        page.get_by_role("button", name="更新").click()
    settled(page)
    assert [verses(one) for one in cards(page).all()] == [lines_of(FROG), lines_of(SEA)]


BLANK = "何か書いてください。"
CONTROL = "改行やタブなど、目に見えない制御文字は使えません。"


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
        ("third", "あ" * 101, "100 字までにしてください（いま 101 字）。"),
        ("first", "🐸" * 101, "100 字までにしてください（いま 101 字）。"),
        ("username", "名" * 51, "50 字までにしてください（いま 51 字）。"),
    ],
    ids=[
        "nothing", "spaces", "spaces of other scripts", "a line separator",
        "a tab", "a C1 control", "DEL",
        "101 kana", "101 emoji", "a name of 51",
    ],
)  # fmt: skip
def test_what_the_api_would_refuse_is_said_before_sending(haiku_api, page, field, text, message):
    open_list(page)
    write(page, {**HEARING, field: text})
    posts = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request))
    press_post(page)
    expect(page.locator(f"#{field}-error")).to_have_text(message)
    expect(page.locator(f"#{field}")).to_be_focused()
    expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    assert not posts
    assert haiku_api.post(json={**HEARING, field: text}).status_code == 400
    # Put right, it goes.
    page.locator(f"#{field}").fill("よし")
    expect(page.locator(f"#{field}-error")).to_be_hidden()
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")


def test_the_longest_texts_are_counted_in_code_points_and_posted(haiku_api, page):
    longest = {"first": "🐸" * 100, "second": "𠮷" * 100, "third": "あ" * 100, "username": "🦋" * 50}
    open_list(page)
    write(page, longest)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    [stored] = haiku_api.everything()
    assert lines_of(stored) == lines_of(longest)
    assert verses(cards(page).first) == lines_of(longest)


def test_an_empty_form_is_an_invitation_and_no_error(haiku_api, page):
    open_list(page)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("まず一句、書いてみましょう。")
    expect(page.get_by_label("上五")).to_be_focused()
    expect(page.locator("#compose-form [aria-invalid]")).to_have_count(0)


def test_the_count_of_morae_hints_and_never_forbids(haiku_api, page):
    open_list(page)
    hint = page.locator("#first-hint .morae")
    expect(hint).to_have_text("5 音")
    for text, said in [
        ("ふる", "2 / 5 音"),
        ("ふるいけや", "5 音"),
        ("ふるいけやと", "6 音・字余り"),
        ("古池や", "かな以外は数えません"),
        ("", "5 音"),
        ("ふるいけのほとり", "8 音・字余り"),
    ]:
        page.get_by_label("上五").fill(text)
        expect(hint).to_have_text(said)
    page.get_by_label("中七").fill("だけ")
    page.get_by_label("下五").fill("水")
    page.get_by_label("名前").fill("山頭火")
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")


def test_enter_leads_to_the_next_line_and_posts_from_the_last(haiku_api, page):
    open_list(page)
    page.get_by_label("上五").focus()
    for line in lines_of(FROG):
        page.keyboard.insert_text(line)
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    assert lines_of(haiku_api.everything()[0]) == lines_of(FROG)


@pytest.mark.parametrize("sign", [{"isComposing": True}, {"keyCode": 229}])
def test_enter_that_confirms_a_conversion_stays_in_the_line(haiku_api, page, sign):
    open_list(page)
    line = page.get_by_label("上五")
    line.focus()
    line.evaluate(
        """(line, sign) => line.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...sign }))""",
        sign,
    )
    expect(line).to_be_focused()


def test_three_lines_pasted_at_once_go_to_their_places(haiku_api, page):
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
    assert written(page)[:3] == lines_of(FROG)[:3]


def test_a_draft_survives_a_reload(haiku_api, page):
    open_list(page)
    write(page, FROG)
    page.reload()
    settled(page)
    assert written(page) == lines_of(FROG)
