// Counting morae (音, 拍) in kana, as haiku poets do: しゃ is one, っ, ん and ー are one each.
// Loaded when somebody first writes: a reader has no need of it.

/** Small kana that melt into the kana before them, and the kana they melt into (in hiragana). */
const CONTRACTIONS = {
  ぁ: "ふゔつくぐ",
  ぃ: "うふゔてでつすずくぐ",
  ぅ: "とど",
  ぇ: "いうふゔつくきしじちにひ",
  ぉ: "うふゔつくぐ",
  ゃ: "きぎしじちぢにひびぴみりてでふゔ",
  ゅ: "きぎしじちぢにひびぴみりてでふゔう",
  ょ: "きぎしじちぢにひびぴみりてでふゔ",
  ゎ: "くぐ",
};

/** Kana, the long-vowel mark and the iteration marks: each stands for one mora. */
const MORA = /[\u3041-\u3096\u309d\u309e\u30f7-\u30fa\u30fc\u30fd\u30fe\u31f0-\u31ff]/;

/** What is not spoken: spaces, punctuation, symbols, marks. */
const SILENT = /[\p{White_Space}\p{P}\p{S}\p{M}\p{Cf}]/u;

/** The morae of a text, or null if it holds something whose reading is not to be seen: kanji, letters, digits. */
export function countMorae(text) {
  let morae = 0;
  let previous = "";
  // NFKC makes half-width kana full-width and joins a kana with its voicing mark.
  for (const character of text.normalize("NFKC")) {
    const kana = hiragana(character);
    if (MORA.test(kana)) {
      if (!CONTRACTIONS[kana]?.includes(previous || " ")) morae += 1;
      previous = kana;
    } else if (SILENT.test(character)) {
      previous = "";
    } else {
      return null;
    }
  }
  return morae;
}

/** Katakana as hiragana; everything else as it is. */
function hiragana(character) {
  const code = character.codePointAt(0);
  return code >= 0x30a1 && code <= 0x30f6 ? String.fromCodePoint(code - 0x60) : character;
}
