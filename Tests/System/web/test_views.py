"""
Every view, in both languages, light and dark, from phone to wide screen: nothing overflows or overlaps, axe finds no
violation, and a picture is taken into screenshots/ for people to look at.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from support.paths import ROOT

from .layout import faults
from .views import VIEWS, fill

SCREENSHOTS = ROOT / "screenshots"
WIDTHS = {"phone": (360, 740), "tablet": (768, 1024), "wide": (1440, 1000)}

# axe looks at colours and at the tree, not at the width: four of the six are enough for it.
CASES = [
    ("ja", "light", "wide", True),
    ("ja", "dark", "phone", True),
    ("en", "light", "phone", True),
    ("en", "dark", "wide", True),
    ("ja", "light", "tablet", False),
    ("en", "dark", "tablet", False),
]


@pytest.mark.parametrize(("language", "scheme", "device", "with_axe"), CASES)
def test_every_view_is_in_order(haiku_api, new_reader, language, scheme, device, with_axe):
    fill(haiku_api)
    SCREENSHOTS.mkdir(exist_ok=True)
    wrong = {}
    for name, show in VIEWS.items():
        width, height = WIDTHS[device]
        page = new_reader(width, height, language=language, color_scheme=scheme, reduced_motion="reduce")
        show(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{scheme}-{device}.png")
        problems = faults(page)
        if with_axe and (results := Axe().run(page)).violations_count:
            problems.append(results.generate_report())
        if problems:
            wrong[name] = problems
        page.context.close()
    assert wrong == {}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_narrowest_windows_have_room(haiku_api, new_reader, language):
    """320 pixels, the width of WCAG's "reflow"."""
    fill(haiku_api)
    page = new_reader(320, 640, language=language, reduced_motion="reduce")
    VIEWS["form"](page)
    assert faults(page) == []


def test_japanese_is_drawn_and_no_boxes(haiku_api, page):
    """Without a Japanese font (fonts-noto-cjk) all kanji are the same box."""
    page.goto("")
    drawn = page.evaluate(
        """() => ["古", "池", "蛙", "水"].map((kanji) => {
            const canvas = document.createElement("canvas");
            const context = canvas.getContext("2d");
            context.font = "64px " + getComputedStyle(document.body).fontFamily;
            context.fillText(kanji, 10, 100);
            return canvas.toDataURL();
        })"""
    )
    assert len(set(drawn)) == 4
