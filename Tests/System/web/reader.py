"""What a reader does on the page and sees there, in the words of the tests."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Route, expect

from support.api import Api

FROG = {"first": "古池や", "second": "蛙飛びこむ", "third": "水の音", "username": "芭蕉"}
HEARING = {"first": "しずけさや", "second": "いわにしみいる", "third": "せみのこえ", "username": "芭蕉"}
SEA = {"first": "春の海", "second": "ひねもすのたり", "third": "のたりかな", "username": "蕪村"}
POND = {"first": "the old pond", "second": "a frog leaps in", "third": "the sound of water", "username": "Bashō"}


def open_list(page: Page, address: str = "") -> None:
    """Opens the page and waits until the list, the still pond or an error stands there."""
    page.goto(address)
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator(".feed")).to_have_attribute("aria-busy", "false")


def cards(page: Page) -> Locator:
    return page.locator("#cards article")


def card(page: Page, haiku_id: str) -> Locator:
    return cards(page).filter(has=page.locator(f'a.permalink[href="#/haiku/{haiku_id}"]'))


def verses(card: Locator) -> list[str]:
    """The lines and the name, exactly."""
    return card.locator(".poem bdi").evaluate_all("all => all.map((one) => one.textContent)")


def read_to_the_end(page: Page, step: int = 3000) -> None:
    """Scrolls until there is no more to load."""
    deadline = time.monotonic() + 180
    while page.locator("#end").is_hidden():
        scroll(page, step)
        assert time.monotonic() < deadline, f"{cards(page).count()} cards, {page.locator('#notice').text_content()!r}"


def scroll(page: Page, pixels: int) -> None:
    """Scrolls and waits until that is painted."""
    page.mouse.wheel(0, pixels)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def ids(page: Page) -> list[str]:
    return cards(page).locator(".id").all_text_contents()


def lines_of(haiku: dict) -> list[str]:
    return [haiku[name] for name in ("first", "second", "third", "username")]


def write(page: Page, haiku: dict) -> None:
    for name in ("first", "second", "third", "username"):
        page.locator(f"#{name}").fill(haiku[name])


def press_post(page: Page) -> None:
    page.locator("#post").click()


def written(page: Page) -> list[str]:
    return [page.locator(f"#{name}").input_value() for name in ("first", "second", "third", "username")]


def add_many(api: Api, count: int) -> None:
    """Posts haiku that say which they are. Their order is the API's."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: api.add(first=f"ひとつめ {n}", second="ふたつめの七音", third="みっつめ"), range(count)))


class Held:
    """Requests that the test keeps waiting; `release()` lets them go on."""

    def __init__(self, page: Page, method: str, pattern: str = "**/haiku*"):
        self.method = method
        self.is_holding = True
        self.waiting: list[Route] = []
        page.route(pattern, self._handle)

    def _handle(self, route: Route) -> None:
        if self.is_holding and route.request.method == self.method:
            self.waiting.append(route)
        else:
            route.fallback()

    def release(self) -> None:
        self.is_holding = False
        for route in self.waiting:
            route.continue_()


@contextmanager
def replied(page: Page, method: str, status: int, body: dict, pattern: str = "**/haiku*"):
    """Within this, the API answers such requests with an error."""

    def handle(route: Route) -> None:
        if route.request.method == method:
            route.fulfill(status=status, json=body, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fallback()

    page.route(pattern, handle)
    yield
    page.unroute(pattern, handle)
