"""Chromium, and pages in it that are connected to the local stack."""

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
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-smooth-scrolling"])
        yield browser
        browser.close()


@pytest.fixture
def haiku_api(empty_stack) -> Api:
    """A client of the API that the page uses; the list is empty at first."""
    return Api(empty_stack.api, checked=False)


@pytest.fixture
def new_page(browser: Browser, stack) -> Iterator[Callable[..., Page]]:
    """
    Creates pages in new browser contexts, with empty storage; `options` are those of Playwright's `new_context`.
    The test fails on uncaught exceptions, Content-Security-Policy violations and JavaScript dialogs.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def record_errors(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
        page.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def create(width: int = 1280, height: int = 900, language: str = "ja-JP", **options) -> Page:
        options = {"timezone_id": "Asia/Tokyo", **options}
        context = browser.new_context(
            base_url=stack.site, locale=language, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(TIMEOUT_MS)
        context.on("page", record_errors)
        contexts.append(context)
        return context.new_page()

    yield create
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A blank page of a Japanese browser."""
    return new_page()
