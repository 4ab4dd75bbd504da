"""How much the first visit moves, and whether a long list stays smooth."""

import pytest
from playwright.sync_api import Page, expect

from .reader import FROG, add_many, cards, open_list, settled

BYTES = 60_000
REQUESTS = 12


@pytest.mark.parametrize("language", ["ja-JP", "en-US"])
def test_the_first_visit_is_light_and_asks_nobody_else(haiku_api, new_reader, stack, language):
    haiku_api.add(**FROG)
    page = new_reader(language=language)
    finished = []
    page.on("requestfinished", finished.append)
    page.goto("", wait_until="networkidle")
    settled(page)
    expect(cards(page)).to_have_count(1)
    moved = {
        request.url: len(request.response().body())
        for request in finished
        if not request.url.startswith(f"{stack.api}/haiku") and not request.url.startswith("data:")
    }
    assert all(url.startswith(stack.site) for url in moved), moved
    assert sum(moved.values()) <= BYTES, moved
    assert len(moved) + 1 <= REQUESTS, moved  # and one to the API
    assert sum(1 for request in finished if request.url.startswith(f"{stack.api}/haiku")) == 1


TYPES = {
    "": "text/html",
    "style.css": "text/css",
    "js/main.js": "text/javascript",
    "config.json": "application/json",
}


@pytest.mark.parametrize("path", TYPES)
def test_files_have_the_types_that_a_browser_insists_on(page, stack, path):
    reply = page.request.get(path)
    assert reply.status == 200
    assert reply.headers["content-type"].split(";")[0] == TYPES[path]


WATCH = """
window.long = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.long.push(Math.round(entry.duration));
}).observe({ type: "longtask", buffered: true });
"""


def scroll_through(page: Page, count: int) -> list[int]:
    """Scrolls down to the last card and up again; returns how long the long tasks were, in milliseconds."""
    page.add_init_script(WATCH)
    open_list(page)
    while page.locator("#end").is_hidden():
        page.mouse.wheel(0, 3000)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(cards(page)).to_have_count(count)
    for _ in range(30):
        page.mouse.wheel(0, -2500)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("window.long")


def test_a_thousand_cards_scroll_without_long_tasks(haiku_api, new_reader):
    add_many(haiku_api, 1000)
    # Other work on the machine lengthens a task, too; a page that is too slow is so every time.
    worst = []
    for _ in range(3):
        long = scroll_through(new_reader(), 1000)
        worst.append(max(long, default=0))
        if worst[-1] <= 100:
            return
    raise AssertionError(f"the longest tasks took {worst} ms")
