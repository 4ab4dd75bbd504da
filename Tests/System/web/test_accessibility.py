"""Keyboard operation and reduced motion. test_layout.py runs axe."""

from playwright.sync_api import Page, expect

from .page_actions import FROG, SEA, cards, lines_of, open_list, verses, wait_until_loaded


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
    tab_to(page, "#endpoint")
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
    tab_to(page, "#dialog .primary")
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
