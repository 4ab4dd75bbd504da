// Counts morae (音, 拍) in kana as haiku do: しゃ is one; っ, ん and ー are one each.

/** Small kana, and the hiragana with which each forms a single mora. */
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

/** Kana, the prolonged sound mark and the iteration marks: one mora each. */
const MORA = /[\u3041-\u3096\u309d\u309e\u30f7-\u30fa\u30fc\u30fd\u30fe\u31f0-\u31ff]/;

/** Characters without a sound: spaces, punctuation, symbols, combining marks. */
const SILENT = /[\p{White_Space}\p{P}\p{S}\p{M}\p{Cf}]/u;

/** The number of morae; null if the text has characters without a fixed reading (kanji, letters, digits). */
export function countMorae(text) {
  let morae = 0;
  let previous = "";
  // NFKC makes half-width kana full-width and composes a kana with its voicing mark.
  for (const character of text.normalize("NFKC")) {
    const kana = toHiragana(character);
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

/** Converts katakana; returns other characters unchanged. */
function toHiragana(character) {
  const code = character.codePointAt(0);
  return code >= 0x30a1 && code <= 0x30f6 ? String.fromCodePoint(code - 0x60) : character;
}
