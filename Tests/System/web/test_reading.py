"""Reading: the list and its pages, the detail view, times and writing directions."""

import re

from playwright.sync_api import expect

from .page_actions import (
    FROG,
    HEARING,
    SEA,
    HeldRequests,
    add_haiku,
    card,
    cards,
    ids,
    lines_of,
    mocked_response,
    open_list,
    scroll_to_end,
    verses,
    wait_until_loaded,
)


def test_empty_list_shows_the_empty_state(haiku_api, page):
    open_list(page)
    expect(page.get_by_text("池はまだ、静かです。")).to_be_visible()
    expect(page.get_by_text("最初の一句をどうぞ。")).to_be_visible()
    expect(cards(page)).to_have_count(0)
    expect(page.locator("#endpoint")).to_have_value(haiku_api.base)


def test_newest_haiku_comes_first_with_its_likes_and_time(haiku_api, page):
    frog = haiku_api.add(**FROG)
    sea = haiku_api.add(**SEA)
    haiku_api.patch(f"/haiku/{frog}")
    open_list(page)
    expect(cards(page)).to_have_count(2)
    assert ids(page) == [sea, frog]
    assert verses(cards(page).nth(1)) == lines_of(FROG)
    expect(card(page, frog).get_by_role("button", name="いいね 1")).to_be_visible()
    expect(card(page, frog).locator("time")).to_have_attribute("datetime", haiku_api.one(frog)["created_at"])


def test_scrolling_loads_every_page(haiku_api, page):
    add_haiku(haiku_api, 100)
    pages = []
    page.on("request", lambda request: "/haiku?" in request.url and pages.append(request.url))
    open_list(page)
    expect(cards(page).nth(29)).to_be_attached()
    assert cards(page).count() < 100
    scroll_to_end(page)
    expect(cards(page)).to_have_count(100)
    shown = ids(page)
    assert shown == [haiku["item_id"] for haiku in haiku_api.everything()]
    assert len(set(shown)) == 100
    assert len(pages) == 4
    expect(page.get_by_text("ここまでです")).to_be_visible()


def test_button_loads_more_after_a_failed_page(haiku_api, page):
    add_haiku(haiku_api, 35)
    open_list(page)
    with mocked_response(page, "GET", 503, {"description": "Service unavailable."}, "**/haiku?*cursor*"):
        page.get_by_text("新着の句").focus()
        page.mouse.wheel(0, 9000)
        expect(page.locator("#more-error")).to_contain_text("続きを読み込めませんでした。混み合っています。")
    page.get_by_role("button", name="続きを読む").click()
    expect(cards(page)).to_have_count(35)


def test_reload_shows_the_same_list(haiku_api, page):
    haiku_api.add(**FROG)
    open_list(page)
    page.reload()
    expect(cards(page)).to_have_count(1)
    assert verses(cards(page).first) == lines_of(FROG)


def test_refresh_shows_haiku_of_other_clients(haiku_api, page):
    haiku_api.add(**FROG)
    open_list(page)
    haiku_api.add(**SEA)
    page.get_by_role("button", name="更新").click()
    expect(cards(page)).to_have_count(2)
    assert verses(cards(page).first) == lines_of(SEA)


def test_skeletons_are_shown_while_the_list_is_loading(haiku_api, page):
    haiku_api.add(**FROG)
    requests = HeldRequests(page, "GET", "**/haiku?*")
    page.goto("")
    expect(page.locator("#skeletons")).to_be_visible()
    requests.release()
    expect(cards(page)).to_have_count(1)
    expect(page.locator("#skeletons")).to_be_hidden()


def test_times_are_local_to_the_browser(haiku_api, new_page):
    haiku_api.add(**FROG)
    [stored] = haiku_api.everything()
    stored["created_at"] = "2020-07-06T02:46:04+00:00"
    for zone, language, shown, exact in [
        ("Asia/Tokyo", "ja-JP", "2020年7月6日 11:46", "2020年7月6日月曜日 11:46:04 JST"),
        ("America/New_York", "en-US", "Jul 5, 2020, 10:46 PM", "Sunday, July 5, 2020 at 10:46:04 PM EDT"),
    ]:
        page = new_page(language=language, timezone_id=zone)
        with mocked_response(page, "GET", 200, [stored], "**/haiku?*"):
            open_list(page)
        time = cards(page).locator("time")
        # ICU puts a narrow no-break space before AM and PM.
        assert re.sub(r"\s", " ", time.inner_text()) == shown
        assert re.sub(r"\s", " ", time.get_attribute("title")) == exact


def test_vertical_writing_is_the_default_and_the_choice_is_stored(haiku_api, page):
    haiku_api.add(**FROG)
    open_list(page)
    poem = cards(page).locator(".poem")
    expect(poem).to_have_css("writing-mode", "vertical-rl")
    page.get_by_role("button", name="横書きにする").click()
    expect(poem).to_have_css("writing-mode", "horizontal-tb")
    page.reload()
    expect(poem).to_have_css("writing-mode", "horizontal-tb")
    page.get_by_role("button", name="縦書きにする").click()
    expect(poem).to_have_css("writing-mode", "vertical-rl")


def test_card_links_to_the_detail_view(haiku_api, page):
    frog = haiku_api.add(**FROG)
    haiku_api.add(**SEA)
    open_list(page)
    card(page, frog).locator("a.permalink").click()
    detail = page.locator("#detail-card article")
    expect(detail).to_be_visible()
    assert verses(detail) == lines_of(FROG)
    assert page.url.endswith(f"#/haiku/{frog}")
    expect(page).to_have_title("古池や 蛙飛びこむ 水の音 | Bashoutter")
    expect(page.locator("#list-view")).to_be_hidden()
    page.get_by_role("link", name="一覧に戻る").click()
    expect(cards(page)).to_have_count(2)
    expect(page.locator("#list-view")).to_be_visible()


def test_detail_view_can_be_opened_by_url(haiku_api, page):
    frog = haiku_api.add(**FROG)
    page.goto(f"#/haiku/{frog}")
    expect(page.locator("#detail-card article")).to_be_visible()
    assert verses(page.locator("#detail-card article")) == lines_of(FROG)
    expect(page.locator("#detail-card time")).to_have_text(re.compile("^二〇..年.*月.*日$"))
    assert "JST" in page.locator("#detail-card time").get_attribute("title")


def test_going_back_restores_the_scroll_position_and_the_focus(haiku_api, page):
    add_haiku(haiku_api, 60)
    open_list(page)
    for _ in range(3):
        page.mouse.wheel(0, 1200)
        wait_until_loaded(page)
    opened = cards(page).nth(20)
    opened.scroll_into_view_if_needed()
    opened.locator("a.permalink").click()
    expect(page.locator("#detail-card article")).to_be_visible()
    page.go_back()
    expect(opened).to_be_in_viewport()
    expect(opened.locator("a.permalink")).to_be_focused()


def test_missing_haiku_is_reported(haiku_api, page):
    page.goto(f"#/haiku/{'0' * 32}")
    expect(page.get_by_role("alert").filter(has_text="この句は見つかりません。")).to_be_visible()
    page.get_by_role("link", name="一覧に戻る").click()
    expect(page.get_by_text("池はまだ、静かです。")).to_be_visible()


def test_haiku_in_other_scripts_are_written_horizontally(haiku_api, page):
    haiku_api.add(first="the old pond", second="a frog leaps in", third="the sound of water", username="Bashō")
    haiku_api.add(**HEARING)
    open_list(page)
    expect(cards(page).nth(0).locator(".poem")).to_have_css("writing-mode", "vertical-rl")
    expect(cards(page).nth(1).locator(".poem")).to_have_css("writing-mode", "horizontal-tb")


def test_known_haiku_is_shown_without_waiting_and_when_offline(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    requests = HeldRequests(page, "GET", "**/haiku/*")
    card(page, frog).locator("a.permalink").click()
    expect(page.locator("#detail-card .poem")).to_be_visible()
    assert verses(page.locator("#detail-card article")) == lines_of(FROG)
    expect(page).to_have_title("古池や 蛙飛びこむ 水の音 | Bashoutter")
    requests.wait()
    page.route("**/haiku/*", lambda route: route.abort("internetdisconnected"))  # the page repeats the request
    requests.release(lambda route: route.abort("internetdisconnected"))
    expect(page.locator("#detail-card .error-panel")).to_contain_text("接続できません")
    expect(page.locator("#detail-card .poem")).to_be_visible()


def test_haiku_opened_offline_is_loaded_when_online_again(haiku_api, page):
    frog = haiku_api.add(**FROG)
    page.route("**/haiku*/**", lambda route: route.abort("internetdisconnected"))
    page.goto(f"#/haiku/{frog}")
    expect(page.locator("#detail-card .error-panel")).to_contain_text("接続できません")
    page.unroute("**/haiku*/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#detail-card .poem")).to_be_visible()
    expect(page.locator("#detail-card .error-panel")).to_have_count(0)


def test_page_works_offline_after_the_first_interaction(haiku_api, page):
    frog = haiku_api.add(**FROG)
    open_list(page)
    names = ["actions", "detail", "dialog", "endpoint", "keys", "menus", "preferences", "saved", "subset", "idempotency"]
    page.keyboard.press("Tab")
    page.wait_for_function(
        "names => names.every((name) => performance.getEntriesByName(`${document.baseURI}js/${name}.js`)[0]?.responseEnd)",
        arg=names,
    )
    page.context.set_offline(True)
    page.locator("#about-open").click()
    page.get_by_role("button", name="閉じる").click()
    page.locator("#writing").click()
    expect(page.locator("html")).to_have_attribute("data-writing", "horizontal")
    page.locator("#endpoint-open").click()
    expect(page.locator("#endpoint")).to_be_visible()
    page.get_by_role("link", name="自分の句").click()
    expect(page.locator("#subset-empty")).not_to_be_empty()
    page.locator("#home").click()
    card(page, frog).locator("a.permalink").click()
    expect(page.locator("#detail-card .poem")).to_be_visible()


def test_haiku_opened_without_an_endpoint_shows_the_error(haiku_api, page):
    page.route("**/config.json", lambda route: route.abort("internetdisconnected"))
    page.goto(f"#/haiku/{'0' * 32}")
    expect(page.locator("#detail-card .error-panel")).to_be_visible()


def test_title_says_that_a_haiku_is_missing(haiku_api, page):
    page.goto(f"#/haiku/{'0' * 32}")
    expect(page).to_have_title("句が見つかりません | Bashoutter")
    page.locator("#home").click()
    expect(page).to_have_title("Bashoutter — 俳句のための静かな場所")


def test_arrow_keys_turn_to_the_next_haiku_in_the_detail_view(haiku_api, page):
    haiku_api.add(**SEA)
    frog = haiku_api.add(**FROG)
    open_list(page)
    card(page, frog).locator("a.permalink").click()
    expect(page.locator("#detail-card .verse").first).to_have_text("古池や")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#detail-card .verse").first).to_have_text("春の海")
    page.keyboard.press("k")
    expect(page.locator("#detail-card .verse").first).to_have_text("古池や")
