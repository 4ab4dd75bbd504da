"""Text in any script is stored and returned unchanged."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import FROG, Api

LINES = ("first", "second", "third")

TEXTS = {
    "emoji of one code point": "🐸💧🌊",
    "emoji joined from several": "👩‍👩‍👧‍👦👍🏽🏴󠁧󠁢󠁳󠁣󠁴󠁿🇯🇵1️⃣",
    "kanji outside the basic plane": "𠮷野家で𩸽を𠀋",
    "ideographic variation sequences": "葛󠄀城市 辻󠄁さん",
    "half-width and full-width forms": "ﾊｲｸ ＨＡＩＫＵ",
    "composed and decomposed": "が が é é ŝ̄",
    "Arabic with marks": "السَّلامُ عَلَيْكُم",
    "Hebrew mixed with Latin": "שלום world",
    "Devanagari conjuncts": "क्षत्रिय ॐ",
    "Thai": "น้ำใสไหลเย็น",
    "Tibetan": "བོད་སྐད",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "Cherokee": "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
    "Egyptian hieroglyphs": "𓀀𓁐𓂀",
    "cuneiform": "𒀀𒀁𒀂",
    "Linear B": "𐀀𐀁𐀂",
    "musical symbols": "𝄞𝅘𝅥𝅮",
    "mathematical letters": "𝕳𝖆𝖎𝖐𝖚",
    "private use": "\ue000\U0010fffd",
    "noncharacters": "\ufdd0\uffff\U0010ffff",
    "what JSON escapes": '"\\/ back\\u0041slash',
    "what HTML escapes": "<script>alert('a & b')</script>&amp;",
    "what other languages escape": "%00 ${x} {{x}} $(x) `x` %s ' OR 1=1 --",
    "line separators within": "a\u2028b\u2029c",
    "directional marks": "a\u202eb\u2066c\u2069",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe",
    "spaces of all widths": "a\u3000b\u2003c\u00a0d\u2009e",
    "a lone combining mark": "\u0301",
}


@pytest.mark.parametrize("escaped", [False, True], ids=["as UTF-8", "as escapes"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_is_returned_byte_for_byte(api: Api, text: str, escaped: bool):
    haiku = {"username": text[:50], "first": text, "second": text + "。", "third": "・" + text}
    body = json.dumps(haiku, ensure_ascii=escaped).encode("utf-8")
    assert api.post(data=body).status_code == 201

    for response in (api.get("/haiku"), api.get("/haiku", params={"limit": 1})):
        (found,) = json.loads(response.content.decode("utf-8"))
        assert {key: found[key].encode() for key in haiku} == {key: value.encode() for key, value in haiku.items()}
    one = api.one(found["item_id"])
    assert one == found


def test_every_permitted_character_of_the_basic_plane_is_returned_unchanged(api: Api):
    points = [point for point in range(0x20, 0x10000) if not (0x7F <= point < 0xA0 or 0xD800 <= point <= 0xDFFF)]
    # Each line starts with a letter, so that none is all white space.
    lines = ["a" + "".join(map(chr, points[i : i + 99])) for i in range(0, len(points), 99)]
    lines += ["a"] * (-len(lines) % 3)
    haiku = [dict(zip(LINES, lines[i : i + 3], strict=True)) for i in range(0, len(lines), 3)]
    with ThreadPoolExecutor(8) as pool:
        sent = dict(zip(pool.map(lambda fields: api.add(**fields), haiku), haiku, strict=True))
    assert {one["item_id"]: {key: one[key] for key in LINES} for one in api.everything()} == sent


def test_a_list_is_sent_as_utf8_json(api: Api):
    api.add()
    response = api.get("/haiku")
    assert response.headers["Content-Type"].split(";")[0] == "application/json"
    assert FROG["first"].encode("utf-8") in response.content
