"""Sharing: the link and the picture."""

import pytest
from playwright.sync_api import Page, expect

from .page_actions import FROG, card, open_list


def open_menu(page: Page, haiku_id: str, item: str) -> None:
    card(page, haiku_id).locator("summary").click()
    card(page, haiku_id).locator(item).click()


@pytest.mark.parametrize("is_secure", [True, False])
def test_link_of_a_haiku_can_be_copied(haiku_api, page, is_secure):
    frog = haiku_api.add(**FROG)
    if is_secure:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        # S3 website hosting is plain HTTP, where there is no navigator.clipboard.
        page.add_init_script(
            "delete Navigator.prototype.clipboard; window.copied = [];"
            "document.addEventListener('copy', () => copied.push(document.activeElement.value), true)"
        )
    open_list(page)
    open_menu(page, frog, ".menu-copy")
    expect(page.get_by_role("status")).to_have_text("リンクをコピーしました。")
    copied = page.evaluate("navigator.clipboard.readText()" if is_secure else "copied[0]")
    page.goto("about:blank")
    page.goto(copied)
    expect(page.locator("#detail-card .verse").first).to_have_text("古池や")


def test_web_share_is_used_where_there_is_one(haiku_api, page):
    frog = haiku_api.add(**FROG)
    page.add_init_script("window.shared = []; Navigator.prototype.share = async (data) => { shared.push(data) }")
    open_list(page)
    open_menu(page, frog, ".menu-share")
    page.wait_for_function("() => shared.length === 1")
    shared = page.evaluate("shared[0]")
    assert shared["title"] == "古池や 蛙飛びこむ 水の音"
    assert shared["url"].endswith(f"#/haiku/{frog}")


def test_picture_of_a_haiku_can_be_saved(haiku_api, page, tmp_path):
    frog = haiku_api.add(**FROG)
    open_list(page)
    open_menu(page, frog, ".menu-picture")
    canvas = page.locator("#dialog canvas")
    expect(canvas).to_be_visible()
    assert canvas.evaluate("c => [c.width, c.height]") == [1080, 1350]
    paper = "c => [...c.getContext('2d').getImageData(300, 100, 1, 1).data]"
    assert min(canvas.evaluate(paper)[:3]) > 200
    page.get_by_role("button", name="黒い紙").click()
    assert max(canvas.evaluate(paper)[:3]) < 60
    with page.expect_download() as download:
        page.get_by_role("button", name="保存する").click()
    png = download.value.path().read_bytes()
    assert download.value.suggested_filename.endswith(".png")
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20]) == 1080 and int.from_bytes(png[20:24]) == 1350
    page.keyboard.press("Escape")
    expect(card(page, frog).locator("summary")).to_be_focused()


def test_picture_is_printed_alone(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    open_menu(page, frog, ".menu-picture")
    expect(page.locator("#dialog canvas")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#dialog canvas")).to_be_visible()
    for selector in ("header", "#list-view", "#dialog h2", "#dialog button >> nth=0"):
        expect(page.locator(selector)).to_be_hidden()


def test_site_has_its_own_metadata(haiku_api, page, stack):
    page.goto("")
    assert page.locator("meta[property='og:title']").get_attribute("content") == "Bashoutter"
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((r) => r.json())")
    icon = page.evaluate("src => fetch(src).then((r) => r.headers.get('content-type'))", manifest["icons"][0]["src"])
    assert icon == "image/png"
    assert page.locator("link[rel=apple-touch-icon]").get_attribute("href") == manifest["icons"][0]["src"]


@pytest.mark.parametrize("module", ["share.js", "picture.js"])
def test_a_module_that_cannot_be_loaded_is_reported_and_loaded_again(haiku_api, page, module):
    frog = haiku_api.add(**FROG)
    open_list(page)
    page.route(f"**/{module}", lambda route: route.abort("internetdisconnected"))
    open_menu(page, frog, ".menu-picture")
    expect(page.get_by_role("status")).to_contain_text("読み込めませんでした")
    page.unroute(f"**/{module}")
    open_menu(page, frog, ".menu-picture")
    expect(page.locator("#dialog canvas")).to_be_visible()
