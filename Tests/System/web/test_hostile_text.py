"""Untrusted text is shown completely as text: it runs no script and breaks no layout."""

from playwright.sync_api import expect

from .layout import layout_problems
from .page_actions import FROG, cards, lines_of, open_list, verses

FAMILY = "👨‍👩‍👧‍👦"
SCRIPT = "<script>window.pwned = 1</script>"

HOSTILE = [
    {"first": SCRIPT, "second": SCRIPT, "third": SCRIPT, "username": SCRIPT},
    {
        "first": "<img src=x onerror=window.pwned=1>",
        "second": "<svg onload=window.pwned=1>",
        "third": "</p></template><iframe srcdoc='<script>parent.pwned=1</script>'>",
        "username": "<a href=javascript:pwned=1>x</a>",
    },
    {
        "first": "javascript:window.pwned=1",
        "second": "data:text/html,<script>parent.pwned=1</script>",
        "third": "https://evil.example/?api=x",
        "username": "javascript:alert(1)",
    },
    # Text after an override or an unclosed isolate would be displayed right to left.
    {"first": "\u202eukiah", "second": "\u2067\u2067\u2067abc", "third": "\u202d\u202e123", "username": "\u202egnp.exe"},
    {"first": "\u200f\u061cشعر\u200e", "second": "שלום עולם", "third": "a\u2066b\u2069c", "username": "اسم"},
    {
        "first": "Z" + "\u0310\u0489\u0321" * 33,
        "second": "あ" + "\u3099" * 99,
        "third": "o" + "\u0336" * 99,
        "username": "Z" + "\u0351" * 49,
    },
    {"first": FAMILY * 14, "second": "🏳️‍🌈" * 25, "third": "👩🏽‍🚀" * 25, "username": FAMILY * 7},
    {"first": "W" * 100, "second": "﷽" * 100, "third": "𒐫" * 100, "username": "꧅" * 50},
    {"first": "\u200b" * 99 + "x", "second": "\u3164" * 100, "third": "a" + " " * 98 + "b", "username": "\u2028\u2029x"},
    {"first": "{{7*7}}${7*7}", "second": "&lt;b&gt;&amp;&#60;", "third": "%3Cscript%3E'\"--", "username": "__proto__"},
]  # fmt: skip


def test_hostile_haiku_are_shown_as_text(haiku_api, new_page):
    posted_ids = [haiku_api.add(**haiku) for haiku in HOSTILE]
    requested = []
    for width, writing in [(1440, "columns"), (360, "columns"), (360, "rows")]:
        page = new_page(width=width, height=900, reduced_motion="reduce")
        page.on("request", lambda request: requested.append(request.url))
        open_list(page)
        if writing == "rows":
            page.locator("#writing").click()
        expect(cards(page)).to_have_count(10)
        shown = []
        for item in cards(page).all():
            item.scroll_into_view_if_needed()
            expect(item.locator("article")).to_be_visible()
            shown.insert(0, verses(item))
        assert shown == [lines_of(haiku) for haiku in HOSTILE]
        assert page.evaluate("'pwned' in window") is False
        assert page.locator("#cards :is(script, img, iframe, b)").count() == 0
        assert layout_problems(page) == []
        # Bidirectional overrides are confined to their line: the order of the buttons is unchanged.
        like = cards(page).nth(6).locator(".like").bounding_box()
        menu = cards(page).nth(6).locator("summary").bounding_box()
        assert like["x"] < menu["x"]

        for haiku_id, haiku in zip(posted_ids, HOSTILE, strict=True):
            page.goto(f"#/haiku/{haiku_id}")
            detail = page.locator(f'#detail-card article[data-id="{haiku_id}"]')
            expect(detail).to_be_visible()
            assert verses(detail) == lines_of(haiku)
            assert layout_problems(page) == []
    assert not [url for url in requested if "evil.example" in url or "/x" in url]


def test_delete_dialog_quotes_a_hostile_haiku_as_text(haiku_api, page):
    haiku_api.add(**HOSTILE[1])
    open_list(page)
    page.locator("summary").click()
    page.locator(".menu-delete").click()
    quoted = page.locator("#dialog bdi")
    expect(quoted).to_have_count(3)
    assert quoted.all_text_contents() == lines_of(HOSTILE[1])[:3]
    assert page.evaluate("'pwned' in window") is False


def test_hostile_ids_are_percent_encoded_in_request_urls(haiku_api, page):
    stored = {**FROG, "item_id": "../x?<script>\"'#/haiku/y", "likes": 0, "created_at": "2020-07-06T02:46:04+00:00"}
    page.route("**/haiku?*", lambda route: route.fulfill(json=[stored]))
    open_list(page)
    with page.expect_request(lambda request: request.method == "PATCH") as request:
        page.locator(".like").click()
    assert "/haiku/..%2Fx%3F%3Cscript%3E" in request.value.url


def test_content_security_policy_blocks_injected_scripts_markup_and_styles(haiku_api, browser, stack):
    page = browser.new_page(base_url=stack.site)
    page.goto("")
    blocked = page.evaluate(
        """() => {
            const blocked = [];
            const script = document.createElement("script");
            try { script.textContent = "window.pwned = 1"; document.head.append(script); } catch { blocked.push("script"); }
            try { document.body.innerHTML = "<b>x</b>"; } catch { blocked.push("innerHTML"); }
            const style = document.createElement("style");
            style.textContent = "body { color: rgb(1, 2, 3) }";
            document.head.append(style);
            if (getComputedStyle(document.body).color !== "rgb(1, 2, 3)") blocked.push("style");
            if (!window.pwned) blocked.push("run");
            return blocked;
        }"""
    )
    assert blocked == ["script", "innerHTML", "style", "run"]
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert "unsafe" not in policy
    page.close()
