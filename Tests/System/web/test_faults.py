"""The API goes and comes back, and is slow or odd."""

from playwright.sync_api import expect

from .reader import FROG, SEA, Held, cards, lines_of, open_list, press_post, settled, verses, write, written


def test_the_api_goes_and_comes_back(empty_stack, haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    write(page, FROG)
    empty_stack.stop()
    try:
        page.locator("#refresh").click()
        expect(page.locator("#feed-error")).to_contain_text("につながりません。")
        expect(cards(page)).to_have_count(1)  # what was read stays
        press_post(page)
        expect(page.locator("#compose-error")).to_contain_text("書いた句は残してあります。")
        expect(cards(page)).to_have_count(1)
        page.locator(".heart").click()
        expect(page.get_by_role("status")).to_contain_text("いいねを届けられませんでした。")
        assert written(page) == lines_of(FROG)
    finally:
        empty_stack.start()
    page.get_by_role("button", name="もう一度").click()
    expect(page.locator("#feed-trouble")).to_be_hidden()
    expect(cards(page)).to_have_count(1)
    press_post(page)
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(2)
    assert [lines_of(haiku) for haiku in haiku_api.everything()] == [lines_of(FROG), lines_of(SEA)]


def test_a_haiku_that_others_posted_meanwhile_does_not_disturb_an_own_one_under_way(haiku_api, page):
    open_list(page)
    held = Held(page, "POST")
    write(page, FROG)
    press_post(page)
    expect(cards(page)).to_have_count(1)
    haiku_api.add(**SEA)
    page.locator("#refresh").click()
    expect(cards(page)).to_have_count(2)
    assert verses(cards(page).first) == lines_of(FROG)
    held.release()
    expect(page.get_by_role("status")).to_have_text("投稿しました。")
    expect(cards(page)).to_have_count(2)
    assert verses(cards(page).first) == lines_of(FROG)


def test_the_answer_to_an_older_question_does_not_replace_a_newer_one(haiku_api, page):
    haiku_api.add(**SEA)
    open_list(page)
    held = Held(page, "GET", "**/haiku?*")
    page.locator("#refresh").click()
    page.wait_for_function("document.querySelector('.feed').ariaBusy === 'true'")
    held.is_holding = False
    haiku_api.add(**FROG)
    page.locator("#refresh").click()
    expect(cards(page)).to_have_count(2)
    held.waiting.clear()  # the page gave that one up itself
    settled(page)
    expect(cards(page)).to_have_count(2)


def test_odd_haiku_are_shown_as_far_as_they_go(haiku_api, page):
    odd = [None, 7, {}, {"item_id": "a"}, {"item_id": "b", "first": 5, "likes": "many", "created_at": "yesterday"}]
    page.route("**/haiku?*", lambda route: route.fulfill(json=odd))
    open_list(page)
    expect(cards(page)).to_have_count(2)
    expect(cards(page).nth(1).locator("time")).to_have_text("yesterday")
    expect(cards(page).nth(1).locator(".likes")).to_have_text("0")
