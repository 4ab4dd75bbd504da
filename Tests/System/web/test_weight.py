"""How much the first visit moves, and whether a long list stays smooth."""

import json

import pytest
from playwright.sync_api import expect

from .reader import FROG, add_many, cards, open_list, read_to_the_end, scroll, settled

BYTES = 60_000
REQUESTS = 12


@pytest.mark.parametrize("language", ["ja-JP", "en-US"])
def test_the_first_visit_is_light_and_asks_nobody_else(haiku_api, new_reader, stack, language):
    haiku_api.add(**FROG)
    page = new_reader(language=language)
    finished = []
    page.on("requestfinished", lambda request: finished.append(request))
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


def longest_task_ms(trace: bytes) -> float:
    """
    The longest task of the page's main thread, in milliseconds of processor time.

    A `longtask` entry has the time on the clock, in which whatever else this machine does counts as the page's.
    """
    events = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        event["tdur"] / 1000
        for event in events
        if (event["pid"], event["tid"]) in mains and event["name"].endswith("RunTask") and "tdur" in event
    ]
    assert len(tasks) > 1000, "the trace has no tasks"
    return max(tasks)


def test_a_thousand_cards_scroll_without_long_tasks(haiku_api, browser, page):
    add_many(haiku_api, 1000)
    browser.start_tracing(page=page, categories=["toplevel"])
    open_list(page)
    read_to_the_end(page)
    expect(cards(page)).to_have_count(1000)
    for _ in range(30):
        scroll(page, -2500)
    assert longest_task_ms(browser.stop_tracing()) <= 100
