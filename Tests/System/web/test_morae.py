"""Counting morae."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

CASES = {
    "": 0,
    "ん": 1,
    "っ": 1,
    "か": 1,
    "ふるいけや": 5,
    "かわずとびこむ": 7,
    "みずのおと": 5,
    # Contracted sounds (拗音) count once, also with the small vowels of loanwords.
    "しゃ": 1,
    "きゅう": 2,
    "りょこう": 3,
    "ティ": 1,
    "ファミリー": 4,
    "シェフ": 2,
    "ジョギング": 4,
    "ヴァイオリン": 5,
    "トゥモロー": 4,
    "クヮルテット": 5,
    "デュエット": 4,
    "ウィスキー": 4,
    # A small vowel that prolongs the preceding vowel is a mora.
    "ねぇ": 2,
    "わぁい": 3,
    "ぁ": 1,
    "ゃ": 1,
    # Geminate consonants (促音), prolonged sounds (長音) and the moraic ん (撥音) count once each.
    "がっこう": 4,
    "ラーメン": 4,
    "コーヒー": 4,
    "さんにん": 4,
    "しゅっちょう": 4,
    # Iteration marks.
    "いすゞ": 3,
    "こゝろ": 3,
    # Half-width, decomposed and ligature forms.
    "ｶﾞｯｺｳ": 4,
    "か\u3099っこう": 4,
    "ゟ": 2,
    # Punctuation, spaces and symbols do not count.
    "ふるいけや、": 5,
    "「あぁ！」": 2,
    "し ゃ": 2,
    "　あ　": 1,
    "🐸ぴょん": 2,
}

UNCOUNTABLE = ["古池や", "がっ校", "人々", "haiku", "2かい", "ラーメンがA", "水の音", "П", "１"]


@pytest.fixture(scope="module")
def count(browser: Browser, stack) -> Iterator[Callable[[str], int | None]]:
    page = browser.new_page(base_url=stack.site)
    page.goto("")
    module = page.evaluate_handle("import('./js/morae.js')")
    yield lambda text: module.evaluate("(module, text) => module.countMorae(text)", text)
    page.close()


@pytest.mark.parametrize(("text", "morae"), CASES.items())
def test_morae_of_kana_are_counted(count, text, morae):
    assert count(text) == morae


@pytest.mark.parametrize("text", UNCOUNTABLE)
def test_text_without_a_fixed_reading_is_not_counted(count, text):
    assert count(text) is None
