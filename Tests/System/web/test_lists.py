"""What this browser posted and liked, a poet's haiku, new haiku of others, and the season."""

import pytest
from playwright.sync_api import Page, expect

from .page_actions import FROG, SEA, add_haiku, card, cards, fill_form, lines_of, open_list, press_post, verses


def subset(page: Page):
    return page.locator("#subset > li")


def test_own_haiku_are_listed(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    page.get_by_role("link", name="自分の句").click()
    expect(page.get_by_text("まだ、何も詠んでいません。")).to_be_visible()
    fill_form(page, FROG)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    page.goto("#/mine")
    page.reload()
    expect(subset(page)).to_have_count(1)
    assert verses(subset(page).first) == lines_of(FROG)
    expect(page.get_by_role("heading", name="自分の句")).to_be_visible()
    expect(page.get_by_role("link", name="自分の句")).to_have_attribute("aria-current", "page")


def test_liked_haiku_are_listed(haiku_api, page):
    haiku_api.add(**SEA)
    frog = haiku_api.add(**FROG)
    open_list(page)
    card(page, frog).locator(".like").click()
    expect(card(page, frog).locator(".likes")).to_have_text("1")
    page.get_by_role("link", name="いいねした句").click()
    expect(subset(page)).to_have_count(1)
    assert verses(subset(page).first) == lines_of(FROG)
    page.go_back()
    expect(cards(page)).to_have_count(2)
    expect(subset(page).first).to_be_hidden()


def test_name_links_to_the_haiku_of_the_poet(haiku_api, page):
    haiku_api.add(**SEA)
    frog = haiku_api.add(**FROG)
    open_list(page)
    card(page, frog).get_by_role("link", name="芭蕉", exact=True).click()
    expect(subset(page)).to_have_count(1)
    expect(page.get_by_role("heading", name="芭蕉 の句")).to_be_visible()
    page.locator("#home").click()
    expect(cards(page).first).to_be_visible()
    expect(page.get_by_role("heading", name="新着の句")).to_be_visible()


def test_new_haiku_are_announced_and_the_list_does_not_move(haiku_api, page):
    add_haiku(haiku_api, 25)
    page.clock.install()
    open_list(page)
    page.mouse.wheel(0, 800)
    page.wait_for_function("() => scrollY > 500")
    haiku_api.add(**SEA)
    haiku_api.add(**FROG)
    top = cards(page).nth(8).bounding_box()["y"]
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("button", name="新しい句 2")).to_be_visible()
    assert cards(page).nth(8).bounding_box()["y"] == top
    expect(cards(page)).to_have_count(25)
    page.get_by_role("button", name="新しい句 2").click()
    expect(cards(page)).to_have_count(27)
    assert verses(cards(page).first) == lines_of(FROG)
    expect(page.locator("#pill")).to_be_hidden()


SEASONS = {
    "2026-03-20T12:00:00+09:00": ("春分", "彼岸"),
    "2026-06-21T12:00:00+09:00": ("夏至", "短夜"),
    "2026-11-21T12:00:00+09:00": ("立冬", "枯野"),
    "2026-11-22T12:00:00+09:00": ("小雪", "木枯らし"),
    "2026-12-22T12:00:00+09:00": ("冬至", "柚子湯"),
    "2027-02-04T12:00:00+09:00": ("立春", "春浅し"),
    "2027-02-03T12:00:00+09:00": ("大寒", "春近し"),
}


@pytest.mark.parametrize(("moment", "expected"), SEASONS.items())
def test_season_line_has_the_solar_term_and_a_season_word(haiku_api, page, moment, expected):
    page.clock.set_fixed_time(moment)
    open_list(page)
    expect(page.locator("#season")).to_have_text(f"{expected[0]}　季語・{expected[1]}")


def test_all_terms_have_three_season_words_in_both_languages(haiku_api, page):
    page.goto("")
    seasons = page.evaluate(
        """import("./js/season.js").then(({ seasonOf }) => Array.from({ length: 366 }, (_, day) =>
            seasonOf(new Date(Date.UTC(2026, 0, 1 + day)))))"""
    )
    assert len({season["term"] for season in seasons}) == 24
    assert len({season["kigo"] for season in seasons}) == 72
    assert all(season["termEnglish"] and season["kigoEnglish"] for season in seasons)


def test_background_color_depends_on_the_season(haiku_api, page):
    colors = set()
    for month in ("01", "04", "07", "10"):
        page.clock.set_fixed_time(f"2026-{month}-15T12:00:00+09:00")
        open_list(page)
        colors.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(colors) >= 3
