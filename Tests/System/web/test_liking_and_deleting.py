"""Liking and deleting."""

from playwright.sync_api import Page, expect

from .reader import FROG, SEA, Held, card, cards, lines_of, open_list, replied, verses


def heart(page: Page, likes: int):
    return page.get_by_role("button", name=f"いいね {likes}", exact=True)


def test_the_heart_fills_at_once_and_the_count_follows_the_answer(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    haiku_api.patch(f"/haiku/{frog}")  # somebody else likes it, too
    held = Held(page, "PATCH", "**/haiku/*")
    heart(page, 0).click()
    expect(cards(page).locator(".heart.is-liked")).to_have_count(1)
    expect(heart(page, 0)).to_be_visible()
    held.release()
    expect(heart(page, 2)).to_be_visible()
    assert haiku_api.one(frog)["likes"] == 2


def test_a_liked_haiku_is_still_marked_after_a_reload(haiku_api, page):
    haiku_api.add(**SEA)
    haiku_api.add(**FROG)
    open_list(page)
    heart(page, 0).first.click()
    expect(heart(page, 1)).to_be_visible()
    page.reload()
    expect(heart(page, 1)).to_have_class("heart is-liked")
    expect(heart(page, 0)).to_have_class("heart")


def test_a_like_that_fails_is_taken_back_with_the_reason(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    with replied(page, "PATCH", 503, {"description": "Service unavailable."}, "**/haiku/*"):
        heart(page, 0).click()
        expect(page.get_by_role("status")).to_contain_text("いいねを届けられませんでした。混み合っています。")
    expect(cards(page).locator(".heart.is-liked")).to_have_count(0)
    heart(page, 0).click()
    expect(heart(page, 1)).to_be_visible()
    assert haiku_api.one(frog)["likes"] == 1


def test_a_haiku_that_was_deleted_meanwhile_leaves_when_it_is_liked(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    haiku_api.delete(f"/haiku/{frog}")
    heart(page, 0).click()
    expect(page.get_by_role("status")).to_contain_text("この句は見つかりません。")
    expect(cards(page)).to_have_count(0)
    expect(page.get_by_text("池はまだ、静かです。")).to_be_visible()


def open_menu(page: Page, haiku_id: str) -> None:
    # The summary of a <details> is a "DisclosureTriangle" to Chromium, not a button.
    card(page, haiku_id).locator("summary").click()


def test_deleting_asks_first_and_then_is_done(haiku_api, page):
    frog = haiku_api.add(**FROG)
    sea = haiku_api.add(**SEA)
    open_list(page)
    open_menu(page, frog)
    card(page, frog).get_by_role("button", name="削除…").click()
    dialog = page.get_by_role("dialog", name="この句を削除しますか")
    expect(dialog).to_contain_text("蛙飛びこむ")
    expect(dialog.get_by_role("button", name="やめる")).to_be_focused()
    dialog.get_by_role("button", name="やめる").click()
    expect(dialog).to_be_hidden()
    assert len(haiku_api.everything()) == 2

    open_menu(page, frog)
    card(page, frog).get_by_role("button", name="削除…").click()
    dialog.get_by_role("button", name="削除する").click()
    expect(page.get_by_role("status")).to_have_text("削除しました。")
    expect(cards(page)).to_have_count(1)
    assert [haiku["item_id"] for haiku in haiku_api.everything()] == [sea]


def test_a_deletion_that_fails_leaves_the_haiku_where_it_was(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    open_menu(page, frog)
    with replied(page, "DELETE", 500, {"description": "Internal server error."}, "**/haiku/*"):
        card(page, frog).get_by_role("button", name="削除…").click()
        page.get_by_role("button", name="削除する").click()
        expect(page.get_by_role("status")).to_contain_text("削除できませんでした。API に不具合")
    expect(card(page, frog)).to_be_visible()
    assert verses(card(page, frog)) == lines_of(FROG)
    expect(card(page, frog)).not_to_have_class("is-leaving")


def test_a_haiku_deleted_on_its_own_page_is_gone_from_the_list(haiku_api, page):
    frog = haiku_api.add(**FROG)
    haiku_api.add(**SEA)
    open_list(page)
    card(page, frog).locator("a.permalink").click()
    alone = page.locator("#single-card article")
    alone.locator("summary").click()
    alone.get_by_role("button", name="削除…").click()
    page.get_by_role("button", name="削除する").click()
    expect(page.locator("#list-view")).to_be_visible()
    expect(cards(page)).to_have_count(1)


def test_a_menu_closes_on_escape_and_on_a_press_elsewhere(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    item = card(page, frog).get_by_role("button", name="削除…")
    open_menu(page, frog)
    expect(item).to_be_visible()
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    expect(card(page, frog).locator("summary")).to_be_focused()
    open_menu(page, frog)
    page.get_by_role("heading", name="新着の句").click()
    expect(item).to_be_hidden()
