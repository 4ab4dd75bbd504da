"""
Every view in both languages, writing directions and themes, at several widths and in print: nothing overflows or overlaps,
and axe finds no violation. Saves a screenshot of each view that has a problem to screenshots/, with SCREENSHOTS=1 of all.
"""

import os

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

from support.paths import ROOT

from .layout import layout_problems
from .views import VIEWS, add_samples

SCREENSHOTS = ROOT / "screenshots"
ALL_SCREENSHOTS = "SCREENSHOTS" in os.environ
WIDTHS = {"phone": (360, 740), "tablet": (768, 1024), "wide": (1440, 1000)}

HUGE = {"width": 2560, "height": 1440}
PAPER = {"width": 794, "height": 1123}  # A4 at 96 pixels per inch

# axe checks colors and the accessibility tree, which hardly depend on the width: it runs in four of the six cases.
CASES = [
    ("ja", "light", "wide", True),
    ("ja", "dark", "phone", True),
    ("en", "light", "phone", True),
    ("en", "dark", "wide", True),
    ("ja", "light", "tablet", False),
    ("en", "dark", "tablet", False),
]

# A document that starts has no preferences, drafts or endpoint of the one before. about:blank has no storage.
CLEAR_STORAGE = "if (origin !== 'null') { localStorage.clear(); sessionStorage.clear() }"


def axe_violations(page: Page) -> AxeResults:
    """Runs all rules of axe."""
    page.evaluate(AXE_SCRIPT)
    # The results of the other rules are long, and nothing reads them.
    return AxeResults(page.evaluate("axe.run({resultTypes: ['violations']}).then(({violations}) => ({violations}))"))


@pytest.mark.parametrize(("language", "scheme", "device", "with_axe"), CASES)
def test_views_have_no_layout_problems_or_axe_violations(haiku_api, new_page, language, scheme, device, with_axe):
    add_samples(haiku_api)
    SCREENSHOTS.mkdir(exist_ok=True)
    width, height = WIDTHS[device]
    # The views share a page, because a browser context and a process for each would take half of the time.
    page = new_page(width, height, language=language, color_scheme=scheme, reduced_motion="reduce")
    page.add_init_script(CLEAR_STORAGE)
    problems_by_view = {}

    def check(variant: str, **options) -> None:
        if problems := layout_problems(page):
            problems_by_view[variant] = problems
        if problems or ALL_SCREENSHOTS:
            page.screenshot(path=SCREENSHOTS / f"{variant}.png", **options)

    def check_directions(name: str, variant: str) -> None:
        check(f"{name}-{language}-{variant}")
        if name == "rows":
            return
        page.locator("html").evaluate("root => { root.dataset.writing = 'horizontal' }")
        check(f"{name}-{language}-{variant}-horizontal")
        page.locator("html").evaluate("root => { root.dataset.writing = 'vertical' }")

    for name, show in VIEWS.items():
        show(page)
        if with_axe and (results := axe_violations(page)).violations_count:
            problems_by_view[f"{name}, axe"] = results.generate_report()
        check_directions(name, f"{scheme}-{device}")
        # Another width and print need no load of their own.
        if device == "wide":
            page.set_viewport_size(HUGE)
            check_directions(name, f"{scheme}-huge")
            page.set_viewport_size(PAPER)
            page.emulate_media(media="print")
            check(f"{name}-{language}-print", full_page=True)
            page.emulate_media(media="screen")
            page.set_viewport_size({"width": width, "height": height})
        page.unroute_all()
        page.mouse.move(0, 0)
        page.goto("about:blank")
    assert problems_by_view == {}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_form_fits_a_width_of_320_pixels(haiku_api, new_page, language):
    """WCAG 2.2, success criterion 1.4.10 Reflow."""
    add_samples(haiku_api)
    page = new_page(320, 640, language=language, reduced_motion="reduce")
    VIEWS["form"](page)
    assert layout_problems(page) == []


def test_japanese_font_is_installed(haiku_api, page):
    """Without a Japanese font (fonts-noto-cjk) all kanji are drawn as the same box."""
    page.goto("")
    images = page.evaluate(
        """() => ["古", "池", "蛙", "水"].map((kanji) => {
            const canvas = document.createElement("canvas");
            const context = canvas.getContext("2d");
            context.font = "64px " + getComputedStyle(document.body).fontFamily;
            context.fillText(kanji, 10, 100);
            return canvas.toDataURL();
        })"""
    )
    assert len(set(images)) == 4
