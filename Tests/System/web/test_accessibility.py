"""The keyboard alone is enough, and nothing moves for those who ask for it. What axe finds: test_views.py."""

from playwright.sync_api import Page, expect

from .reader import FROG, SEA, cards, lines_of, open_list, settled, verses


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus, and sees that the focus shows."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            outline = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'; }"
            )
            assert outline, f"{selector} has the focus and does not show it"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_the_keyboard_alone_posts_likes_opens_and_deletes(haiku_api, page):
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
    settled(page)
    tab_to(page, ".heart")
    page.keyboard.press("Space")
    expect(cards(page).first.get_by_role("button", name="いいね 1")).to_be_visible()

    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "a.menu-open")
    page.keyboard.press("Enter")
    expect(page.locator("#single-card article")).to_be_visible()
    expect(page.locator("#single-title")).to_be_focused()
    page.go_back()
    expect(page.locator("#list-view")).to_be_visible()

    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "button.menu-delete")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="やめる")).to_be_focused()
    tab_to(page, "#dialog .primary")
    page.keyboard.press("Enter")
    expect(cards(page)).to_have_count(1)
    assert verses(cards(page).first) == lines_of(SEA)
    assert page.evaluate("document.activeElement !== document.body"), "the focus is lost with the haiku"


def test_the_skip_link_leads_to_the_haiku(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="句の一覧へ")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#feed-title")).to_be_focused()
    expect(page.locator("#list-view")).to_be_visible()


def test_nothing_moves_for_those_who_ask_for_it(haiku_api, new_reader):
    page = new_reader(reduced_motion="reduce")
    page.add_init_script(
        "window.moved = []; for (const type of ['animationstart', 'transitionstart'])"
        " document.addEventListener(type, (event) => window.moved.push(event.type), true)"
    )
    open_list(page)
    for name, text in FROG.items():
        page.locator(f"#{name}").fill(text)
    page.locator("#post").click()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    page.locator(".heart").click()
    expect(page.get_by_role("button", name="いいね 1")).to_be_visible()
    assert page.evaluate("window.moved") == []
    assert page.evaluate("document.getAnimations().length") == 0
