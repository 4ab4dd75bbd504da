"""Liking and deleting haiku."""

from playwright.sync_api import Page, expect

from .page_actions import FROG, SEA, HeldRequests, card, cards, lines_of, mocked_response, open_list, verses


def like_button(page: Page, likes: int):
    return page.get_by_role("button", name=f"いいね {likes}", exact=True)


def test_like_is_shown_immediately_and_its_count_after_the_response(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    haiku_api.patch(f"/haiku/{frog}")  # another client likes it, too
    requests = HeldRequests(page, "PATCH", "**/haiku/*")
    like_button(page, 0).click()
    expect(cards(page).locator(".like[aria-pressed=true]")).to_have_count(1)
    expect(like_button(page, 0)).to_be_visible()
    requests.release()
    expect(like_button(page, 2)).to_be_visible()
    assert haiku_api.one(frog)["likes"] == 2


def test_liked_haiku_stays_marked_after_a_reload(haiku_api, page):
    haiku_api.add(**SEA)
    haiku_api.add(**FROG)
    open_list(page)
    like_button(page, 0).first.click()
    expect(like_button(page, 1)).to_be_visible()
    page.reload()
    expect(like_button(page, 1)).to_have_attribute("aria-pressed", "true")
    expect(like_button(page, 0)).to_have_attribute("aria-pressed", "false")


def test_failed_like_is_rolled_back_and_reported(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    with mocked_response(page, "PATCH", 503, {"description": "Service unavailable."}, "**/haiku/*"):
        like_button(page, 0).click()
        expect(page.get_by_role("status")).to_contain_text("いいねできませんでした。混み合っています。")
    expect(cards(page).locator(".like[aria-pressed=true]")).to_have_count(0)
    like_button(page, 0).click()
    expect(like_button(page, 1)).to_be_visible()
    assert haiku_api.one(frog)["likes"] == 1


def test_liking_a_deleted_haiku_removes_it_from_the_list(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    haiku_api.delete(f"/haiku/{frog}")
    like_button(page, 0).click()
    expect(page.get_by_role("status")).to_contain_text("この句は見つかりません。")
    expect(cards(page)).to_have_count(0)
    expect(page.get_by_text("池はまだ、静かです。")).to_be_visible()


def open_menu(page: Page, haiku_id: str) -> None:
    # Chromium gives the summary of a <details> the role "DisclosureTriangle", not "button".
    card(page, haiku_id).locator("summary").click()


def test_deleting_requires_confirmation(haiku_api, page):
    frog = haiku_api.add(**FROG)
    sea = haiku_api.add(**SEA)
    open_list(page)
    open_menu(page, frog)
    card(page, frog).get_by_role("button", name="削除…").click()
    dialog = page.get_by_role("dialog", name="この句を削除しますか")
    expect(dialog).to_contain_text("蛙飛びこむ")
    expect(dialog.get_by_role("button", name="キャンセル")).to_be_focused()
    dialog.get_by_role("button", name="キャンセル").click()
    expect(dialog).to_be_hidden()
    assert len(haiku_api.everything()) == 2

    open_menu(page, frog)
    card(page, frog).get_by_role("button", name="削除…").click()
    dialog.get_by_role("button", name="削除する").click()
    expect(page.get_by_role("status")).to_have_text("削除しました。")
    expect(cards(page)).to_have_count(1)
    assert [haiku["item_id"] for haiku in haiku_api.everything()] == [sea]


def test_failed_deletion_keeps_the_haiku_and_is_reported(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    open_menu(page, frog)
    with mocked_response(page, "DELETE", 500, {"description": "Internal server error."}, "**/haiku/*"):
        card(page, frog).get_by_role("button", name="削除…").click()
        page.get_by_role("button", name="削除する").click()
        expect(page.get_by_role("status")).to_contain_text("削除できませんでした。API でエラーが発生しました")
    expect(card(page, frog)).to_be_visible()
    assert verses(card(page, frog)) == lines_of(FROG)
    expect(card(page, frog).locator("article")).not_to_contain_class("is-deleting")


def test_haiku_deleted_in_the_detail_view_is_removed_from_the_list(haiku_api, page):
    frog = haiku_api.add(**FROG)
    haiku_api.add(**SEA)
    open_list(page)
    card(page, frog).locator("a.permalink").click()
    detail = page.locator("#detail-card article")
    detail.locator("summary").click()
    detail.get_by_role("button", name="削除…").click()
    page.get_by_role("button", name="削除する").click()
    expect(page.locator("#list-view")).to_be_visible()
    expect(cards(page)).to_have_count(1)


def test_menu_closes_on_escape_and_on_a_click_outside(haiku_api, page):
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


def test_ten_clicks_are_one_like(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    for _ in range(10):
        card(page, frog).locator(".like").click()
    expect(like_button(page, 1)).to_have_attribute("aria-pressed", "true")
    # The detail view shows and keeps the same state.
    card(page, frog).locator("a.permalink").click()
    detail = page.locator("#detail-card .like")
    expect(detail).to_have_attribute("aria-pressed", "true")
    detail.click()
    expect(page.get_by_role("status")).to_have_text("もういいねしています。")
    assert haiku_api.one(frog)["likes"] == 1


def test_like_is_shown_in_other_tabs(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    other_tab = page.context.new_page()
    open_list(other_tab)
    expect(card(other_tab, frog).locator(".like")).to_have_attribute("aria-pressed", "false")
    card(page, frog).locator(".like").click()
    expect(card(other_tab, frog).locator(".like")).to_have_attribute("aria-pressed", "true")


def test_like_in_the_detail_view_is_shown_in_the_list(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    card(page, frog).locator("a.permalink").click()
    page.locator("#detail-card .like").click()
    expect(page.locator("#detail-card .likes")).to_have_text("1")
    page.go_back()
    expect(card(page, frog).locator(".like")).to_have_attribute("aria-pressed", "true")
    expect(card(page, frog).locator(".likes")).to_have_text("1")


def test_retry_of_a_failed_like_carries_the_same_idempotency_key(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    keys = []
    page.on("request", lambda request: keys.append(request.headers.get("idempotency-key")) if request.method == "PATCH" else None)
    page.route("**/haiku/*", lambda route: route.abort("connectionreset"), times=1)
    like_button(page, 0).click()
    expect(page.get_by_role("status")).to_contain_text("いいねできませんでした。")
    page.reload()
    card(page, frog).locator(".like").click()
    expect(like_button(page, 1)).to_be_visible()
    assert len(keys) == 2 and keys[0] and keys[0] == keys[1]


def test_forbidden_deletion_is_explained_and_no_longer_offered(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    open_menu(page, frog)
    page.route(
        "**/haiku/*",
        lambda route: route.fulfill(
            status=403, json={"message": "Forbidden"}, headers={"Access-Control-Allow-Origin": "*"}
        )
        if route.request.method == "DELETE"
        else route.fallback(),
    )
    card(page, frog).get_by_role("button", name="削除…").click()
    page.get_by_role("button", name="削除する").click()
    expect(page.get_by_role("status")).to_have_text("削除できませんでした。この API は、それを許可していません（403）。")
    open_menu(page, frog)
    expect(card(page, frog).locator(".menu-copy")).to_be_visible()
    expect(card(page, frog).locator(".menu-delete")).to_be_hidden()
    page.reload()
    open_menu(page, frog)
    expect(card(page, frog).locator(".menu-copy")).to_be_visible()
    expect(card(page, frog).locator(".menu-delete")).to_be_hidden()
