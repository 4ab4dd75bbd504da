"""How poems are set: columns, numbers, emoji, names, other scripts, and print."""

import pytest
from playwright.sync_api import Page, expect

from .page_actions import FROG, POND, SEA, card, cards, open_list


def set_card(haiku_api, page: Page, **lines):
    haiku_id = haiku_api.add(**{**SEA, **lines})
    open_list(page)
    return card(page, haiku_id)


def line_count(verse) -> int:
    """The number of lines (columns in vertical writing) that the text occupies."""
    return verse.evaluate(
        """(verse) => {
            const range = document.createRange();
            range.selectNodeContents(verse);
            const lines = new Set(Array.from(range.getClientRects(), ({ right }) => Math.round(right / 8)));
            return lines.size;
        }"""
    )


@pytest.mark.parametrize("second", ["いわにしみいる", "一二三四五六七八九", "一二三四五六七八九十", "一二三四五六七八九十一二"])
def test_each_line_fits_its_column_with_its_indent(haiku_api, page, second):
    shown = set_card(haiku_api, page, second=second, third=second)
    expect(shown.locator(".poem")).to_have_css("writing-mode", "vertical-rl")
    assert [line_count(verse) for verse in shown.locator(".verse").all()] == [1, 1, 1]


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_each_line_of_twelve_characters_fits_in_horizontal_writing(haiku_api, new_page, width):
    page = new_page(width=width)
    shown = set_card(haiku_api, page, first="一二三四五六七八九十一二", second="一二三四五六七八九十一二", third="三")
    page.locator("#writing").click()
    expect(shown.locator(".poem")).to_have_css("writing-mode", "horizontal-tb")
    heights = shown.locator(".verse").evaluate_all("verses => verses.map((verse) => Math.round(verse.getBoundingClientRect().height))")
    assert len(set(heights)) == 1, heights


def test_the_font_size_decreases_gradually_with_the_longest_line(haiku_api, page):
    ids = [haiku_api.add(**{**SEA, "second": "あ" * length}) for length in (7, 10, 11, 13)]
    open_list(page)
    sizes = [card(page, i).locator(".poem").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") for i in ids]
    assert sizes == sorted(sizes, reverse=True)
    assert all(smaller > 0.8 * larger for larger, smaller in zip(sizes, sizes[1:], strict=False)), sizes


def test_numbers_of_up_to_two_digits_share_a_cell_and_longer_ones_stand_upright(haiku_api, page):
    shown = set_card(haiku_api, page, first="7月の12羽", second="2026年の春", third="B52とmp3")
    combined = shown.locator(".combined")
    assert combined.all_text_contents() == ["7", "12"]
    expect(combined.first).to_have_css("text-combine-upright", "all")
    assert shown.locator(".upright").all_text_contents() == ["2026"]
    expect(shown.locator(".upright")).to_have_css("text-orientation", "upright")


def test_an_emoji_family_is_one_cell(haiku_api, page):
    family = "👨‍👩‍👧‍👦"
    shown = set_card(haiku_api, page, first=f"家族{family}", second="🏳️‍🌈と👩🏽‍🚀", third="ﾊﾝｶｸ")
    assert shown.locator(".combined").all_text_contents() == [family, "🏳️‍🌈", "👩🏽‍🚀"]
    # Graphemes are counted, not code points: twelve families of seven code points each fit a column.
    shown = set_card(haiku_api, page, first=family * 12)
    expect(shown.locator(".poem")).to_have_css("writing-mode", "vertical-rl")


def test_a_long_name_keeps_the_poem_vertical(haiku_api, page):
    shown = set_card(haiku_api, page, username="自由律をこよなく愛する通りすがりの者")
    expect(shown.locator(".poem")).to_have_css("writing-mode", "vertical-rl")
    name = shown.locator(".author").bounding_box()
    body = shown.locator(".card-body").bounding_box()
    assert name["y"] + name["height"] <= body["y"] + body["height"]


def test_right_to_left_poems_are_set_from_the_right(haiku_api, page):
    shown = set_card(haiku_api, page, first="شعر", second="שלום עולם", third="قصيدة", username="اسم")
    expect(shown.locator(".verse").first).to_have_css("direction", "rtl")
    verse = shown.locator(".verse").first
    right = verse.evaluate("v => { const r = document.createRange(); r.selectNodeContents(v); return r.getBoundingClientRect().right }")
    box = verse.bounding_box()
    assert right >= box["x"] + box["width"] - 2


@pytest.mark.parametrize("writing", ["vertical", "horizontal"])
def test_the_longest_poem_has_a_card_of_equal_height_and_is_complete_in_detail(haiku_api, page, writing):
    haiku_api.add(**SEA)
    longest = haiku_api.add(first="あ" * 100, second="い" * 100, third="う" * 100, username="名" * 50)
    open_list(page)
    if writing == "horizontal":
        page.locator("#writing").click()
    heights = cards(page).evaluate_all("items => items.map((item) => Math.round(item.getBoundingClientRect().height))")
    assert len(set(heights)) == 1
    author = card(page, longest).locator(".author").bounding_box()
    footer = card(page, longest).locator(".card-footer").bounding_box()
    assert author["y"] + author["height"] <= footer["y"] + 1, "the name is cut off"
    card(page, longest).locator(".card-body").click()
    verses = page.locator("#detail-card .verse")
    expect(verses).to_have_count(3)
    for verse in verses.all():
        assert verse.evaluate("v => v.scrollHeight <= v.clientHeight + 1")


def test_the_seal_is_the_first_character_of_the_name(haiku_api, page):
    shown = set_card(haiku_api, page, username="芭蕉")
    expect(shown.locator(".author")).to_have_attribute("data-seal", "芭")


def test_cards_flow_from_right_to_left_in_vertical_writing(haiku_api, page):
    older = haiku_api.add(**SEA)
    newer = haiku_api.add(**FROG)
    open_list(page)

    def left(haiku_id):
        return card(page, haiku_id).bounding_box()["x"]

    assert left(newer) > left(older)
    page.locator("#writing").click()
    expect(page.locator("html")).to_have_attribute("data-writing", "horizontal")
    assert left(newer) < left(older)


def test_latin_poems_have_no_tracking(haiku_api, page):
    shown = set_card(haiku_api, page, **POND)
    expect(shown.locator(".poem")).to_have_css("letter-spacing", "normal")
    expect(shown.locator(".verse").first).to_have_css("text-wrap-style", "balance")


def test_printing_hides_the_controls(haiku_api, page):
    for _ in range(8):
        haiku_api.add(**FROG)
    open_list(page)
    page.emulate_media(media="print")
    for selector in ("#compose-form", "#endpoint-form", ".tools", "#refresh", ".feed-footer", ".toast"):
        expect(page.locator(selector)).to_be_hidden()
    expect(cards(page).first.locator(".like")).to_be_hidden()
    expect(cards(page).first).to_have_css("break-inside", "avoid")
    for shown in cards(page).all():
        poem = shown.locator(".poem").bounding_box()
        date = shown.locator("time").bounding_box()
        assert poem["y"] + poem["height"] <= date["y"]
    cards(page).first.locator(".permalink").evaluate("link => link.click()")
    expect(page.locator("#detail-card .poem")).to_be_visible()
    expect(page.locator(".back")).to_be_hidden()
