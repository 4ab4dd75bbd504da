"""Page actions and queries for the tests, and sample haiku."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Route, expect

from support.api import Api

FROG = {"first": "古池や", "second": "蛙飛びこむ", "third": "水の音", "username": "芭蕉"}
HEARING = {"first": "しずけさや", "second": "いわにしみいる", "third": "せみのこえ", "username": "芭蕉"}
SEA = {"first": "春の海", "second": "ひねもすのたり", "third": "のたりかな", "username": "蕪村"}
POND = {"first": "the old pond", "second": "a frog leaps in", "third": "the sound of water", "username": "Bashō"}


def open_list(page: Page, address: str = "") -> None:
    """Opens the page and waits until it shows the list, the empty state or an error."""
    page.goto(address)
    wait_until_loaded(page)


def wait_until_loaded(page: Page) -> None:
    expect(page.locator(".feed")).to_have_attribute("aria-busy", "false")


def cards(page: Page) -> Locator:
    """The items of the list; those far from the viewport are one line of text."""
    return page.locator("#cards > li")


def card(page: Page, haiku_id: str) -> Locator:
    return page.locator(f'#cards > li[data-id="{haiku_id}"]')


def verses(card: Locator) -> list[str]:
    """The exact text of the three lines and the name."""
    return card.locator(".poem > p").evaluate_all("elements => elements.map((element) => element.textContent)")


def scroll_to_end(page: Page, step: int = 3000) -> None:
    """Scrolls until the whole list is loaded."""
    deadline = time.monotonic() + 180
    while page.locator("#end").is_hidden():
        scroll(page, step)
        assert time.monotonic() < deadline, f"{cards(page).count()} cards, {page.locator('#more-error').text_content()!r}"


def scroll(page: Page, pixels: int) -> None:
    """Scrolls and waits until the browser has painted."""
    page.mouse.wheel(0, pixels)
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")


def ids(page: Page) -> list[str]:
    return cards(page).evaluate_all("items => items.map((item) => item.dataset.id)")


def lines_of(haiku: dict) -> list[str]:
    return [haiku[name] for name in ("first", "second", "third", "username")]


def fill_form(page: Page, haiku: dict) -> None:
    for name in ("first", "second", "third", "username"):
        page.locator(f"#{name}").fill(haiku[name])


def open_endpoint(page: Page) -> None:
    if page.locator("#endpoint-form").is_hidden():
        page.locator("#endpoint-open").click()


def press_post(page: Page) -> None:
    page.locator("#post").click()


def form_values(page: Page) -> list[str]:
    return [page.locator(f"#{name}").input_value() for name in ("first", "second", "third", "username")]


def add_haiku(api: Api, count: int) -> None:
    """Posts numbered haiku concurrently, so in any order."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: api.add(first=f"ひとつめ {n}", second="ふたつめの七音", third="みっつめ"), range(count)))


class HeldRequests:
    """Holds matching requests until `release()`."""

    def __init__(self, page: Page, method: str, pattern: str = "**/haiku*"):
        self.page = page
        self.method = method
        self.is_holding = True
        self.held: list[Route] = []
        page.route(pattern, self._handle)

    def _handle(self, route: Route) -> None:
        if self.is_holding and route.request.method == self.method:
            self.held.append(route)
        else:
            route.fallback()

    def wait(self) -> None:
        """Waits until a request is held: the page may show that it is loading before the request arrives here."""
        deadline = time.monotonic() + 15
        while not self.held:
            assert time.monotonic() < deadline, "no request was made"
            self.page.wait_for_timeout(10)

    def release(self, action: Callable[[Route], None] = Route.continue_) -> None:
        """Performs the action on each held request; later ones are not held."""
        self.is_holding = False
        for route in self.held:
            action(route)


@contextmanager
def mocked_response(page: Page, method: str, status: int, body: dict, pattern: str = "**/haiku*"):
    """Responds to matching requests with `status` and `body` within the context."""

    def handle(route: Route) -> None:
        if route.request.method == method:
            route.fulfill(status=status, json=body, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    page.route(pattern, handle)
    yield
    page.unroute(pattern, handle)
