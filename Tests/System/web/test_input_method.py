"""Counting morae of text that was typed with a Japanese input method, by synthetic composition events."""

import pytest
from playwright.sync_api import Page, expect

from .page_actions import HeldRequests, open_list
from .test_posting import load_form

COMPOSE = """(input, { steps, start, end, time }) => {
    const fire = (type, data) => {
        const event = new CompositionEvent(type, { data, bubbles: true });
        if (time !== null) Object.defineProperty(event, "timeStamp", { value: time });
        input.dispatchEvent(event);
    };
    const value = input.value;
    const [before, after] = [value.slice(0, start ?? value.length), value.slice(end ?? start ?? value.length)];
    fire("compositionstart", value.slice(start ?? value.length, end ?? start ?? value.length));
    for (const data of steps) {
        fire("compositionupdate", data);
        input.value = before + data + after;
        input.dispatchEvent(new InputEvent("input", { isComposing: true, data, bubbles: true }));
    }
    fire("compositionend", steps.at(-1));
}"""


@pytest.fixture
def line(haiku_api, page: Page):
    open_list(page)
    load_form(page)
    return page.locator("#first")


def compose(line, *steps: str, start: int | None = None, end: int | None = None, time: int | None = None) -> None:
    """Types with an input method; `time` in milliseconds, instead of now."""
    line.evaluate(COMPOSE, {"steps": steps, "start": start, "end": end, "time": time})


def edit(line, text: str) -> None:
    """Replaces the value as typing or deleting does."""
    line.evaluate("(line, text) => { line.value = text; line.dispatchEvent(new InputEvent('input', { bubbles: true })); }", text)


def expect_hint(line, hint: str) -> None:
    expect(line.page.locator("#first-hint .mora-count")).to_have_text(hint)


def test_composition_that_began_before_the_form_was_loaded_keeps_its_reading(haiku_api, page):
    open_list(page)
    modules = HeldRequests(page, "GET", "**/reading.js")
    line = page.locator("#first")
    line.fill("はるの")
    line.evaluate(
        """(line) => {
            line.dispatchEvent(new CompositionEvent("compositionstart", { data: "", bubbles: true }));
            line.dispatchEvent(new CompositionEvent("compositionupdate", { data: "う", bubbles: true }));
            line.value = "はるのう";
            line.dispatchEvent(new InputEvent("input", { isComposing: true, data: "う", bubbles: true }));
        }"""
    )
    modules.release()
    expect(page.locator("#preview")).to_be_visible()
    line.evaluate(
        """(line) => {
            for (const data of ["うみ", "海"]) {
                line.dispatchEvent(new CompositionEvent("compositionupdate", { data, bubbles: true }));
                line.value = `はるの${data}`;
                line.dispatchEvent(new InputEvent("input", { isComposing: true, data, bubbles: true }));
            }
            line.dispatchEvent(new CompositionEvent("compositionend", { data: "海", bubbles: true }));
        }"""
    )
    expect_hint(line, "5 音")


UNKNOWN = "かな以外は数えません"


def test_converted_kanji_keep_their_reading(line):
    compose(line, "f", "ふ", "ふr", "ふる", "ふるい", "ふるいけ", "ふるいけや", "古池や")
    expect_hint(line, "5 音")


def test_kana_that_are_being_typed_are_counted(line):
    line.evaluate("line => line.dispatchEvent(new CompositionEvent('compositionstart', { data: '', bubbles: true }))")
    for data, hint in [("ふ", "1 / 5 音"), ("ふr", "1 / 5 音"), ("ふる", "2 / 5 音"), ("ふるい", "3 / 5 音")]:
        line.evaluate(
            """(line, data) => {
                line.dispatchEvent(new CompositionEvent('compositionupdate', { data, bubbles: true }));
                line.value = data;
                line.dispatchEvent(new InputEvent('input', { isComposing: true, data, bubbles: true }));
            }""",
            data,
        )
        expect_hint(line, hint)


def test_several_compositions_add_up(line):
    compose(line, "かわず", "蛙")
    compose(line, "とびこむ", "飛びこむ")
    expect_hint(line, "7 音・字余り")


@pytest.mark.parametrize(("pause", "hint"), [(100, "5 音"), (1_000, "6 音・字余り")])
def test_only_a_composition_that_follows_at_once_continues_the_previous_one(line, pause, hint):
    compose(line, "ふるいけや", "古池や", "古池", time=1_000)
    # After 100 ms, や is the rest of the first conversion; after 1 s, the user has typed it again.
    compose(line, "や", time=1_000 + pause)
    expect_hint(line, hint)


def test_deleting_kana_keeps_the_reading_of_the_rest(line):
    compose(line, "ふるいけや", "古池や")
    edit(line, "古池")
    expect_hint(line, "4 / 5 音")
    edit(line, "古池に")
    expect_hint(line, "5 音")


def test_deleting_part_of_a_word_makes_its_reading_unknown(line):
    compose(line, "ふるいけや", "古池や")
    edit(line, "古や")
    expect_hint(line, UNKNOWN)
    edit(line, "や")
    expect_hint(line, "1 / 5 音")


def test_text_inserted_in_the_middle_is_counted(line):
    compose(line, "ふるいけ", "古池")
    compose(line, "みず", "水")
    compose(line, "の", start=2)
    expect(line).to_have_value("古池の水")
    expect_hint(line, "7 音・字余り")


def test_converting_part_of_a_line_again_keeps_the_count(line):
    compose(line, "ふるいけや", "古池や")
    compose(line, "古池", "故池", start=0, end=2)
    expect(line).to_have_value("故池や")
    expect_hint(line, "5 音")


def test_cancelled_composition_counts_nothing(line):
    compose(line, "ふるいけ", "")
    expect_hint(line, "5 音")  # the target


def test_pasted_kanji_make_the_count_unknown(line):
    compose(line, "ふるいけ", "古池")
    edit(line, "古池水")
    expect_hint(line, UNKNOWN)


def test_latin_text_typed_with_an_input_method_is_kept(line):
    compose(line, "h", "ha", "hai")
    expect(line).to_have_value("hai")
    expect_hint(line, UNKNOWN)
