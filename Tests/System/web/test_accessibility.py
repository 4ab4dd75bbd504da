"""Keyboard operation, focus, reduced motion, forced colors and contrast. test_layout.py runs axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from .page_actions import FROG, SEA, HeldRequests, cards, lines_of, open_list, verses, wait_until_loaded


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus, and asserts that the focus is visible."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            outline = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'; }"
            )
            assert outline, f"{selector} has the focus without a visible indicator"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with Tab")


def test_keyboard_alone_can_post_like_open_and_delete(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "#endpoint-open")
    page.keyboard.press("Enter")
    expect(page.locator("#endpoint")).to_be_focused()
    tab_to(page, "#first")
    for line in lines_of(FROG):
        page.keyboard.insert_text(line)
        page.keyboard.press("Tab")
    tab_to(page, "#post")
    page.keyboard.press("Space")
    expect(cards(page)).to_have_count(2)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(page.locator("#post")).to_be_focused()

    tab_to(page, "#refresh")
    page.keyboard.press("Enter")
    wait_until_loaded(page)
    tab_to(page, ".like")
    page.keyboard.press("Space")
    expect(cards(page).first.get_by_role("button", name="いいね 1")).to_be_visible()

    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "a.menu-detail")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-card article")).to_be_visible()
    expect(page.locator("#detail-title")).to_be_focused()
    page.go_back()
    expect(page.locator("#list-view")).to_be_visible()

    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "button.menu-delete")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="キャンセル")).to_be_focused()
    tab_to(page, "#dialog .danger")
    page.keyboard.press("Enter")
    expect(cards(page)).to_have_count(1)
    assert verses(cards(page).first) == lines_of(SEA)
    assert page.evaluate("document.activeElement !== document.body"), "the focus was lost with the deleted haiku"


def test_skip_link_moves_focus_to_the_list(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="句の一覧へ")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#feed-title")).to_be_focused()
    expect(page.locator("#list-view")).to_be_visible()


def test_reduced_motion_disables_animations_and_transitions(haiku_api, new_page):
    page = new_page(reduced_motion="reduce")
    page.add_init_script(
        "window.motionEvents = []; for (const type of ['animationstart', 'transitionstart'])"
        " document.addEventListener(type, (event) => window.motionEvents.push(event.type), true)"
    )
    open_list(page)
    for name, text in FROG.items():
        page.locator(f"#{name}").fill(text)
    page.locator("#post").click()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    page.locator(".like").click()
    expect(page.get_by_role("button", name="いいね 1")).to_be_visible()
    assert page.evaluate("window.motionEvents") == []
    assert page.evaluate("document.getAnimations().length") == 0


def test_escape_in_the_delete_dialog_returns_the_focus_to_the_menu(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    cards(page).locator("summary").click()
    page.locator(".menu-delete").click()
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cards(page).locator("summary")).to_be_focused()


def test_back_after_opening_from_the_menu_returns_the_focus_to_the_card(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    cards(page).locator("summary").click()
    page.locator("a.menu-detail").click()
    expect(page.locator("#detail-card article")).to_be_visible()
    page.go_back()
    expect(cards(page).locator("a.permalink")).to_be_focused()


def test_menu_closes_when_the_focus_leaves_it(haiku_api, page):
    haiku_api.add(**SEA)
    haiku_api.add(**FROG)
    open_list(page)
    cards(page).first.locator("summary").press("Enter")
    expect(cards(page).first.locator(".menu-items")).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
    expect(cards(page).first.locator(".menu-items")).to_be_hidden()


def test_menu_can_be_closed_as_soon_as_it_is_open(haiku_api, page):
    """The menu opens only when the module that closes it has been loaded."""
    haiku_api.add(**FROG)
    module = HeldRequests(page, "GET", "**/js/menus.js")
    open_list(page)
    with page.expect_request("**/js/menus.js"):
        page.locator("summary").click()
    page.wait_for_timeout(200)
    expect(page.locator(".menu-items")).to_be_hidden()
    module.release()
    expect(page.locator(".menu-items")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-items")).to_be_hidden()


def test_skip_link_stays_in_the_detail_view(haiku_api, page):
    sea = haiku_api.add(**SEA)
    page.goto(f"#/haiku/{sea}")
    expect(page.locator("#detail-card article")).to_be_visible()
    page.locator("#skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#detail-title")).to_be_focused()
    assert page.url.endswith(f"#/haiku/{sea}")


def test_permalink_is_named_by_the_poem_and_its_time(haiku_api, page):
    haiku_api.add(**FROG)
    open_list(page)
    link = cards(page).get_by_role("link", name=re.compile("^古池や.*蛙飛びこむ.*水の音.*芭蕉.*月.*日"))
    expect(link).to_have_class("permalink")


def test_forced_colors_keep_the_border_of_the_button_and_a_visible_focus(haiku_api, new_page):
    page = new_page(forced_colors="active")
    open_list(page)
    expect(page.locator("#post")).to_have_css("border-top-style", "solid")
    color = "(selector) => getComputedStyle(document.querySelector(selector)).borderTopColor"
    assert page.evaluate(color, "#post") != page.evaluate("getComputedStyle(document.querySelector('#post')).backgroundColor")
    page.locator("#first").focus()
    expect(page.locator("#first")).to_have_css("outline-style", "solid")
    assert page.locator("#first").evaluate("i => parseFloat(getComputedStyle(i).outlineWidth)") >= 2
    assert page.locator("#first").evaluate("i => getComputedStyle(i).outlineColor") != "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_placeholders_have_enough_contrast(haiku_api, new_page, scheme):
    page = new_page(color_scheme=scheme)
    open_list(page)
    ratio = page.evaluate(
        """() => {
            const luminance = (color) => {
                const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
                    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const style = getComputedStyle(document.querySelector("#first"), "::placeholder");
            const text = luminance(style.color);
            const back = luminance(getComputedStyle(document.querySelector("#compose-form")).backgroundColor);
            return style.opacity * (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
        }"""
    )
    assert ratio >= 4.5
