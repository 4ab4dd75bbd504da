"""Language, light and dark, and readers without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from .reader import FROG, cards, open_list

PAPER = {"light": "rgb(245, 241, 232)", "dark": "rgb(24, 22, 20)"}


def paper(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize(
    ("language", "spoken", "heading"),
    [("ja-JP", "ja", "新着の句"), ("en-US", "en", "New haiku"), ("en", "en", "New haiku"), ("fr-FR", "ja", "新着の句")],
)
def test_the_page_speaks_the_browsers_language(haiku_api, new_reader, language, spoken, heading):
    page = new_reader(language=language)
    open_list(page)
    expect(page.locator("html")).to_have_attribute("lang", spoken)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_the_language_can_be_switched_and_is_remembered(haiku_api, page):
    haiku_api.add(**FROG)
    open_list(page)
    page.locator("#post").click()  # leaves a sentence to translate
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


def test_both_languages_have_the_same_words(haiku_api, page):
    page.goto("")
    keys = page.evaluate(
        """Promise.all(["ja", "en"].map(async (tag) => {
            const words = (await import(`./js/words-${tag}.js`)).default;
            return Object.fromEntries(Object.entries(words).map(([key, text]) =>
                [key, [...text.matchAll(/\\{(\\w+)\\}/g)].map((match) => match[1]).sort().join()]));
        }))"""
    )
    # What is counted against what may be said in one language and not in the other.
    japanese, english = keys
    assert japanese.keys() == english.keys()
    assert {key for key in japanese if japanese[key] != english[key]} <= {"moraeOver"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_system_until_one_is_chosen(haiku_api, new_reader, scheme):
    other = "dark" if scheme == "light" else "light"
    page = new_reader(color_scheme=scheme)
    open_list(page)
    assert paper(page) == PAPER[scheme]
    page.locator("#theme").click()
    assert paper(page) == PAPER[other]
    page.reload()
    assert paper(page) == PAPER[other]
    page.locator("#theme").click()
    assert paper(page) == PAPER[scheme]
    # Back where the system is, the page follows it again.
    page.emulate_media(color_scheme=other)
    assert paper(page) == PAPER[other]


def test_the_page_says_what_it_is_without_javascript(haiku_api, new_reader):
    page = new_reader(java_script_enabled=False)
    page.goto("")
    japanese, english = page.locator(".noscript p").all()
    expect(japanese).to_be_visible()
    expect(japanese).to_contain_text("俳句を読み、詠み、心にとまった句に印をつけるための場所です")
    expect(english).to_contain_text("a place to read, write and like haiku")
    for useless in ("#compose-form", "#endpoint-form", "#refresh", "#writing"):
        expect(page.locator(useless)).to_be_hidden()


def test_the_page_works_where_nothing_can_be_remembered(haiku_api, page):
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } })"
    )
    haiku_api.add(**FROG)
    open_list(page)
    expect(cards(page)).to_have_count(1)
    page.locator(".heart").click()
    expect(page.get_by_role("button", name="いいね 1")).to_be_visible()


def test_about_says_what_this_is(haiku_api, page):
    open_list(page)
    page.get_by_role("button", name="Bashoutter とは").click()
    dialog = page.get_by_role("dialog", name="Bashoutter とは")
    expect(dialog).to_contain_text("五・七・五の俳句を読み、詠み")
    dialog.get_by_role("button", name="閉じる").click()
    expect(dialog).to_be_hidden()
