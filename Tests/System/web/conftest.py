"""A real Chromium, and readers who visit the page with it."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from support.api import Api

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
TIMEOUT_MS = 15_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def haiku_api(empty_stack) -> Api:
    """What the page talks to, seen from outside: empty at first."""
    return Api(empty_stack.api, checked=False)


@pytest.fixture
def new_reader(browser: Browser, stack) -> Iterator[Callable[..., Page]]:
    """
    Makes a page of a reader's own: nothing is remembered, and the options are Playwright's for a context.
    The test fails if a script of the page fails, or if the page breaks its own Content-Security-Policy.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Security Policy" in message.text else None)
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def make(width: int = 1280, height: int = 900, language: str = "ja-JP", **options) -> Page:
        options = {"timezone_id": "Asia/Tokyo", **options}
        context = browser.new_context(
            base_url=stack.site, locale=language, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(TIMEOUT_MS)
        context.on("page", listen)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def page(new_reader: Callable[..., Page]) -> Page:
    """A page of a Japanese reader, not opened yet."""
    return new_reader()
