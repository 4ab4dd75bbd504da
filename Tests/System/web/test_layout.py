"""From phone to wide screen nothing overflows or overlaps, and pictures of it for people to look at."""

import pytest
from playwright.sync_api import expect

from support.paths import ROOT

from .layout import faults
from .views import VIEWS, fill

SCREENSHOTS = ROOT / "screenshots"


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("language", ["ja-JP", "en-US"])
def test_nothing_overflows_or_overlaps(haiku_api, new_reader, width, language):
    fill(haiku_api)
    found = {}
    for name, show in VIEWS.items():
        page = new_reader(width=width, height=800, language=language, reduced_motion="reduce")
        show(page)
        found[name] = faults(page)
        page.context.close()
    assert not any(found.values()), found


@pytest.mark.parametrize("zoom", [2.0])
def test_large_letters_have_room_on_a_phone(haiku_api, new_reader, zoom):
    fill(haiku_api)
    page = new_reader(width=360, height=800)
    VIEWS["list"](page)
    page.add_style_tag  # noqa: B018 - the policy forbids it; the root's size is set through the CSSOM instead
    page.evaluate("zoom => document.documentElement.style.setProperty('font-size', 16 * zoom + 'px')", zoom)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


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


PICTURES = {
    # name: (view, width, height, options)
    "list": ("list", 1440, 1000, {}),
    "list-rows": ("rows", 1440, 1000, {}),
    "list-tablet": ("list", 768, 1024, {}),
    "list-english": ("list", 1440, 1000, {"language": "en-US"}),
    "form": ("form", 1440, 1000, {}),
    "empty": ("empty", 1440, 1000, {}),
    "error": ("error", 1440, 1000, {}),
    "single": ("single", 1440, 1000, {}),
    "menu": ("menu", 1440, 1000, {}),
    "confirmation": ("confirmation", 1440, 1000, {}),
    "about": ("about", 1440, 1000, {}),
    "dark": ("list", 1440, 1000, {"color_scheme": "dark"}),
    "dark-form": ("form", 1440, 1000, {"color_scheme": "dark"}),
    "phone": ("list", 360, 740, {"device_scale_factor": 2}),
    "phone-form": ("form", 360, 740, {"device_scale_factor": 2}),
    "phone-error": ("error", 360, 740, {"device_scale_factor": 2}),
    "phone-dark": ("single", 360, 740, {"device_scale_factor": 2, "color_scheme": "dark"}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_taken(haiku_api, new_reader, name):
    fill(haiku_api)
    view, width, height, options = PICTURES[name]
    page = new_reader(width=width, height=height, reduced_motion="reduce", **options)
    VIEWS[view](page)
    expect(page.locator("#skeletons")).to_be_hidden()
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    assert (SCREENSHOTS / f"{name}.png").stat().st_size > 10_000
