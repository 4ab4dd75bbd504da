"""The views of the page, for test_layout.py."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from support.api import Api

from .page_actions import FROG, HEARING, POND, SEA, cards, open_list, wait_until_loaded

LONG = {
    "first": "人生は、選択の連続である",
    "second": "と誰かが言っていたけれど",
    "third": "夕焼けがきれい",
    "username": "自由律をこよなく愛する通りすがりの者",
}
LONGEST = {"first": "あ" * 100, "second": "W" * 100, "third": "ながいながい " * 14, "username": "M" * 50}
UNREACHABLE = "http://127.0.0.1:1"  # a port that browsers block


def add_samples(api: Api) -> None:
    """Posts haiku of several lengths and scripts."""
    for haiku in (LONGEST, LONG, POND, SEA, HEARING, FROG):
        api.add(**haiku)


def show_list(page: Page) -> None:
    open_list(page)
    expect(cards(page)).to_have_count(6)


def show_rows(page: Page) -> None:
    show_list(page)
    page.locator("#writing").click()
    page.mouse.move(0, 0)


def show_scrolled(page: Page) -> None:
    """The list scrolled into view."""
    show_list(page)
    page.locator("#feed-title").evaluate("title => title.scrollIntoView()")


def show_form(page: Page) -> None:
    """Two valid lines, one too long, and no name."""
    show_list(page)
    if page.locator("#compose-open").is_visible():
        page.locator("#compose-open").click()
    page.locator("#first").fill("しずけさや")
    page.locator("#second").fill("いわにしみいる")
    page.locator("#third").fill("せ" * 101)
    page.locator("#post").click()
    expect(page.locator("#username-error")).to_be_visible()


def show_empty(page: Page) -> None:
    page.route("**/haiku?*", lambda route: route.fulfill(json=[]))
    open_list(page)
    expect(page.locator("#empty")).to_be_visible()


def show_error(page: Page) -> None:
    open_list(page, f"?api={UNREACHABLE}")
    expect(page.locator("#feed-error-text")).to_be_visible()
    expect(page.locator("#endpoint-default")).to_be_visible()


def show_invalid_endpoint(page: Page) -> None:
    open_list(page)
    page.locator("#endpoint-open").click()
    page.locator("#endpoint").fill("ftp://example.org")
    page.locator("#endpoint").press("Enter")
    expect(page.locator("#endpoint-error")).to_be_visible()


def show_detail(page: Page) -> None:
    show_list(page)
    cards(page).first.locator("a.permalink").click()
    expect(page.locator("#detail-card article")).to_be_visible()


def show_missing(page: Page) -> None:
    page.goto(f"#/haiku/{'0' * 32}")
    expect(page.locator("#detail-card .error-panel")).to_be_visible()
    wait_until_loaded(page)


def show_menu(page: Page) -> None:
    show_list(page)
    cards(page).first.locator("summary").click()
    expect(cards(page).first.locator(".menu-items")).to_be_visible()


def show_confirmation(page: Page) -> None:
    show_menu(page)
    cards(page).first.locator(".menu-delete").click()
    expect(page.locator("#dialog")).to_be_visible()


def show_about(page: Page) -> None:
    show_list(page)
    page.locator("#about-open").click()
    expect(page.locator("#dialog")).to_be_visible()


def show_picture(page: Page) -> None:
    show_menu(page)
    cards(page).first.locator(".menu-picture").click()
    expect(page.locator("#dialog canvas")).to_be_visible()


def show_poet(page: Page) -> None:
    show_list(page)
    cards(page).first.locator(".poet").click()
    expect(page.locator("#subset > li")).to_have_count(2)


def show_mine(page: Page) -> None:
    page.goto("#/mine")
    expect(page.locator("#subset-empty")).to_be_visible()
    wait_until_loaded(page)


VIEWS: dict[str, Callable[[Page], None]] = {
    "list": show_list,
    "scrolled": show_scrolled,
    "rows": show_rows,
    "form": show_form,
    "empty": show_empty,
    "error": show_error,
    "invalid-endpoint": show_invalid_endpoint,
    "detail": show_detail,
    "missing": show_missing,
    "menu": show_menu,
    "confirmation": show_confirmation,
    "about": show_about,
    "picture": show_picture,
    "poet": show_poet,
    "mine": show_mine,
}
