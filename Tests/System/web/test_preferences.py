"""Language, theme, the about dialog, and browsers without JavaScript or storage."""

import re

import pytest
from playwright.sync_api import Page, expect

from .page_actions import FROG, cards, open_list


def background(page: Page) -> str:
    """Whether the background, whose hue depends on the season, is light or dark."""
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    channels = [int(channel) for channel in re.findall(r"\d+", color)[:3]]
    return "light" if min(channels) > 200 else "dark" if max(channels) < 40 else color


@pytest.mark.parametrize(
    ("language", "expected", "heading"),
    [("ja-JP", "ja", "新着の句"), ("en-US", "en", "New haiku"), ("en", "en", "New haiku"), ("fr-FR", "ja", "新着の句")],
)
def test_browser_language_selects_the_language(haiku_api, new_page, language, expected, heading):
    page = new_page(language=language)
    open_list(page)
    expect(page.locator("html")).to_have_attribute("lang", expected)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_language_can_be_switched_and_is_stored(haiku_api, page):
    haiku_api.add(**FROG)
    open_list(page)
    page.locator("#post").click()  # shows a message that must be translated
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Write a haiku")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Write a line first.")
    expect(cards(page).get_by_role("button", name="Like 0")).to_be_visible()
    expect(page.get_by_label("First line")).to_have_attribute("placeholder", "the old pond —")
    expect(page).to_have_title("Bashoutter — a quiet place for haiku")
    page.reload()
    expect(page.get_by_role("button", name="Refresh")).to_be_visible()
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("button", name="更新")).to_be_visible()
    expect(cards(page).get_by_role("button", name="いいね 0")).to_be_visible()


def test_locales_have_the_same_keys_and_placeholders(haiku_api, page):
    page.goto("")
    keys = page.evaluate(
        """Promise.all(["ja", "en"].map(async (tag) => {
            const messages = (await import(`./js/locales/${tag}.js`)).default;
            return Object.fromEntries(Object.entries(messages).map(([key, text]) =>
                [key, [...text.matchAll(/\\{(\\w+)\\}/g)].map((match) => match[1]).sort().join()]));
        }))"""
    )
    japanese, english = keys
    assert japanese.keys() == english.keys()
    # Japanese has 字余り instead of the target, and each language has placeholders of its own for the season.
    assert {key for key in japanese if japanese[key] != english[key]} <= {"moraeOver", "season"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_follows_the_system_until_one_is_chosen(haiku_api, new_page, scheme):
    other = "dark" if scheme == "light" else "light"
    page = new_page(color_scheme=scheme)
    open_list(page)
    assert background(page) == scheme
    page.locator("#theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", other)
    assert background(page) == other
    page.reload()
    assert background(page) == other
    page.locator("#theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "")
    assert background(page) == scheme
    # Choosing the system's theme follows the system again.
    page.emulate_media(color_scheme=other)
    assert background(page) == other


def test_page_without_javascript_explains_itself(haiku_api, new_page):
    page = new_page(java_script_enabled=False)
    page.goto("")
    japanese, english = page.locator(".noscript p").all()
    expect(japanese).to_be_visible()
    expect(japanese).to_contain_text("俳句を読み、詠み、気に入った句に「いいね」を付けるための場所です")
    expect(english).to_contain_text("a place to read, write and like haiku")
    for selector in ("#compose-form", "#endpoint-form", "#refresh", "#writing"):
        expect(page.locator(selector)).to_be_hidden()


def test_page_works_without_storage(haiku_api, page):
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } })"
    )
    haiku_api.add(**FROG)
    open_list(page)
    expect(cards(page)).to_have_count(1)
    page.locator(".like").click()
    expect(page.get_by_role("button", name="いいね 1")).to_be_visible()


def test_about_dialog_describes_the_site(haiku_api, page):
    open_list(page)
    page.get_by_role("button", name="Bashoutter とは").click()
    dialog = page.get_by_role("dialog", name="Bashoutter とは")
    expect(dialog).to_contain_text("五・七・五の俳句を読み、詠み")
    dialog.get_by_role("button", name="閉じる").click()
    expect(dialog).to_be_hidden()


def test_tabs_share_the_preferences(haiku_api, page):
    open_list(page)
    other_tab = page.context.new_page()
    open_list(other_tab)
    page.locator("#theme").click()
    page.locator("#writing").click()
    page.get_by_role("button", name="English").click()
    expect(other_tab.locator("html")).to_have_attribute("data-theme", "dark")
    expect(other_tab.locator("html")).to_have_attribute("data-writing", "horizontal")
    expect(other_tab.get_by_role("heading", name="New haiku")).to_be_visible()


def test_colors_do_not_require_light_dark(stack, page):
    page.goto("")
    for sheet in ("style.css", "more.css"):
        assert "light-dark" not in page.evaluate("path => fetch(path).then((response) => response.text())", sheet)


def test_texts_are_in_the_document_before_scripts_arrive(haiku_api, page):
    page.route("**/*.js", lambda route: route.abort())
    page.goto("")
    expect(page.get_by_role("button", name="投稿する POST")).to_be_attached()
    empty = page.locator("[data-i18n]").evaluate_all(
        "elements => elements.filter((e) => !e.textContent.trim()).map((e) => e.outerHTML)"
    )
    assert empty == []


def test_endpoint_box_fits_a_phone_with_doubled_text(haiku_api, new_page):
    page = new_page(width=360, height=740)
    open_list(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.locator("#endpoint-open").click()
    expect(page.locator("#endpoint")).to_be_visible()
    for selector in ("#endpoint", "#endpoint-form [type=submit]"):
        box = page.locator(selector).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert page.locator("#endpoint").bounding_box()["width"] >= 200
