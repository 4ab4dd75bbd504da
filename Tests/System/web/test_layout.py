"""
Every view in both languages, writing directions and themes, at several widths and in print: nothing overflows or overlaps,
and axe finds no violation. Saves a screenshot of each view that has a problem to screenshots/, with SCREENSHOTS=1 of all.
"""

import os
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
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


@pytest.mark.parametrize(("language", "scheme", "device", "with_axe"), CASES)
def test_views_have_no_layout_problems_or_axe_violations(haiku_api, new_page, language, scheme, device, with_axe):
    add_samples(haiku_api)
    SCREENSHOTS.mkdir(exist_ok=True)
    problems_by_view = {}
    for name, show in VIEWS.items():
        width, height = WIDTHS[device]
        page = new_page(width, height, language=language, color_scheme=scheme, reduced_motion="reduce")

        def check(variant: str, page: Page = page, prefix: str = f"{name}-{language}", **options) -> None:
            if problems := layout_problems(page):
                problems_by_view[f"{prefix}-{variant}"] = problems
            if problems or ALL_SCREENSHOTS:
                page.screenshot(path=SCREENSHOTS / f"{prefix}-{variant}.png", **options)

        def check_directions(variant: str, page: Page = page, check: Callable = check, is_rows: bool = name == "rows") -> None:
            check(variant)
            if is_rows:
                return
            page.locator("html").evaluate("root => { root.dataset.writing = 'horizontal' }")
            check(f"{variant}-horizontal")
            page.locator("html").evaluate("root => { root.dataset.writing = 'vertical' }")

        show(page)
        if with_axe and (results := Axe().run(page)).violations_count:
            problems_by_view[f"{name}, axe"] = results.generate_report()
        check_directions(f"{scheme}-{device}")
        # Another width and print need no load of their own.
        if device == "wide":
            page.set_viewport_size(HUGE)
            check_directions(f"{scheme}-huge")
            page.set_viewport_size(PAPER)
            page.emulate_media(media="print")
            check("print", full_page=True)
        page.context.close()
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
