"""The windowed list: the number of nodes, memory, scrolling and the keyboard."""

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from .page_actions import FROG, HeldRequests, add_haiku, card, cards, open_list, scroll, wait_until_loaded
from .test_page_weight import longest_task_ms

pytestmark = pytest.mark.alone

COUNT = 5_000
MAX_NODES = 20_000
MAX_BYTES = 100_000_000


def serve_many(page: Page, count: int) -> None:
    """Responds to the list's requests with `count` haiku, in pages of the requested size."""

    def respond(route: Route) -> None:
        query = dict(part.split("=") for part in route.request.url.split("?")[1].split("&"))
        start, limit = int(query.get("cursor", 0)), int(query["limit"])
        haiku = [
            {**FROG, "first": f"句の{n}", "item_id": f"{n:032x}", "likes": n, "created_at": "2020-07-06T02:46:04+00:00"}
            for n in range(start, min(count, start + limit))
        ]
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Link"}
        if start + limit < count:
            headers["Link"] = f'<?limit={limit}&cursor={start + limit}>; rel="next"'
        route.fulfill(json=haiku, headers=headers)

    page.route("**/haiku?*", respond)


def load_all(page: Page, count: int) -> None:
    deadline = time.monotonic() + 240
    while page.locator("#end").is_hidden():
        page.mouse.wheel(0, 6_000)
        page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
        assert time.monotonic() < deadline, cards(page).count()
    expect(cards(page)).to_have_count(count)


def test_five_thousand_cards_stay_small_and_smooth(haiku_api, browser, page):
    serve_many(page, COUNT)
    session = page.context.new_cdp_session(page)
    open_list(page)
    session.send("HeapProfiler.collectGarbage")
    before = session.send("Runtime.getHeapUsage")["usedSize"]
    browser.start_tracing(page=page, categories=["toplevel"])
    load_all(page, COUNT)
    assert longest_task_ms(browser.stop_tracing()) <= 100
    session.send("HeapProfiler.collectGarbage")
    assert session.send("Runtime.getHeapUsage")["usedSize"] - before <= MAX_BYTES
    nodes = page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
            let count = 1;
            while (walker.nextNode()) count += 1;
            return count;
        }"""
    )
    assert nodes <= MAX_NODES
    # Find-in-page reaches the cards that are far away.
    assert page.evaluate("scrollTo(0, 0), window.find('句の4321')")
    expect(card(page, f"{4321:032x}").locator(".poem")).to_be_visible()
    expect(card(page, f"{4321:032x}")).to_be_in_viewport()


def test_keyboard_moves_through_the_window(haiku_api, page):
    serve_many(page, 200)
    open_list(page)
    for number in range(60):
        page.keyboard.press("j")
        expect(card(page, f"{number:032x}").locator(".permalink")).to_be_focused()
        expect(card(page, f"{number:032x}")).to_be_in_viewport()
    page.keyboard.press("k")
    expect(card(page, f"{58:032x}").locator(".permalink")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(card(page, f"{59:032x}").locator(".permalink")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"#/haiku/{59:032x}$"))


def test_a_reload_keeps_the_scroll_position(haiku_api, page):
    add_haiku(haiku_api, 100)
    open_list(page)
    while cards(page).count() < 90:
        scroll(page, 2_000)
    first_visible = "() => [...document.querySelectorAll('#cards > li')].find((li) => li.getBoundingClientRect().bottom > 0).dataset.id"
    before = page.evaluate(first_visible), page.evaluate("scrollY")
    page.reload()
    wait_until_loaded(page)
    page.wait_for_function("() => scrollY > 0")
    assert (page.evaluate(first_visible), page.evaluate("scrollY")) == before


def test_loading_more_shows_progress_and_does_not_dim_the_cards(haiku_api, page):
    add_haiku(haiku_api, 40)
    requests = HeldRequests(page, "GET", "**/haiku?*cursor*")
    open_list(page)
    page.mouse.wheel(0, 9_000)
    expect(page.locator("#more")).to_have_text("読み込み中…")
    expect(page.locator("#cards")).to_have_css("opacity", "1")
    requests.wait()
    busy = {"status": 503, "json": {"description": "busy"}, "headers": {"Access-Control-Allow-Origin": "*"}}
    requests.release(lambda route: route.fulfill(**busy))
    expect(page.locator("#more-error")).to_contain_text("続きを読み込めませんでした。")
    expect(page.locator("#toast")).to_have_text("")
