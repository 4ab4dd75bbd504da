// The reading of a line: what was typed in kana before an input method converted it to kanji.

import { countMorae } from "./morae.js";

const KANA = /^[\u3041-\u309f\u30a0-\u30ff\uff65-\uff9f\p{P}\p{White_Space}]*$/u;

/** A composition within this time continues the previous one, of which the input method committed the first clauses. */
const CONTINUATION_MS = 150;

export class Reading {
  #input;
  #value = "";
  /** `{ text, reading }`; the texts add up to the value. */
  #segments = [];
  #composition = null; // { segments, value, kana, isFinal }
  #committed = null; // { segment, time }: the last converted segment, and the end of its composition

  constructor(input) {
    this.#input = input;
    input.addEventListener("compositionstart", () => this.#begin());
    input.addEventListener("compositionupdate", (event) => this.#onUpdate(event));
    input.addEventListener("compositionend", ({ timeStamp }) => {
      if (this.#composition) this.#composition.isFinal = true;
      this.#sync();
      this.#composition = null;
      if (this.#committed) this.#committed.time = timeStamp;
    });
  }

  /** The number of morae, or null if the reading of a part is unknown. */
  count() {
    this.#sync();
    return countMorae(this.#segments.map(({ reading }) => reading).join(""));
  }

  #begin() {
    this.#sync();
    this.#composition = { segments: this.#segments, value: this.#value, kana: "", isFinal: false };
  }

  #onUpdate({ data, timeStamp }) {
    if (!this.#composition) this.#begin(); // It started before this module was loaded.
    const composition = this.#composition;
    // Letters at the end are a kana that is not complete yet.
    const kana = data.replace(/[a-zａ-ｚ]+$/i, "");
    if (!kana || !KANA.test(kana)) return;
    const committed = this.#committed;
    const reading = committed?.segment.reading ?? "";
    const isContinuation = !composition.kana && timeStamp - committed?.time < CONTINUATION_MS;
    if (isContinuation && reading.length > kana.length && reading.endsWith(kana)) {
      committed.segment.reading = reading.slice(0, -kana.length);
    }
    this.#committed = null;
    composition.kana = kana;
  }

  /** Follows the value of the field: what lies outside of the changed range keeps its reading. */
  #sync() {
    const value = this.#input.value;
    const composition = this.#composition;
    const base = composition ?? { segments: this.#segments, value: this.#value, kana: "" };
    if (!composition && value === this.#value) return;
    let start = 0;
    while (start < base.value.length && start < value.length && base.value[start] === value[start]) start += 1;
    let end = 0;
    while (end < base.value.length - start && end < value.length - start && base.value.at(-1 - end) === value.at(-1 - end)) {
      end += 1;
    }
    // A word that is converted again is replaced as a whole, even if the old and the new kanji have some in common.
    if (composition && !composition.kana) [start, end] = wholeWords(base, start, end);
    const { before, removed, after } = cut(base.segments, start, base.value.length - end);
    const inserted = value.slice(start, value.length - end);
    const middle = composition ? converted(inserted, composition.kana || removed, composition.isFinal) : pieces(inserted);
    this.#segments = [...before, ...middle, ...after];
    this.#value = value;
    const last = composition && [...middle].reverse().find(({ text, reading }) => text !== reading);
    if (last && composition.kana) this.#committed = { segment: last };
  }
}

/** One segment for each character, with itself as its reading: kana are counted, and kanji make the count unknown. */
function pieces(text) {
  return [...text].map((character) => ({ text: character, reading: character }));
}

/** The segments of a conversion. Kana at both ends are their own reading: in 飛びこむ from とびこむ, only 飛 is read と. */
function converted(text, kana, isFinal) {
  const letters = isFinal ? "" : /[a-zａ-ｚ]*$/i.exec(text)[0]; // a kana that is not complete yet
  const complete = text.slice(0, text.length - letters.length);
  if (!kana || KANA.test(complete)) return [...pieces(complete), { text: letters, reading: "" }];
  let from = 0;
  while (from < text.length && from < kana.length && text[from] === kana[from]) from += 1;
  let to = 0;
  while (to < text.length - from && to < kana.length - from && text.at(-1 - to) === kana.at(-1 - to)) to += 1;
  const core = { text: text.slice(from, text.length - to), reading: kana.slice(from, kana.length - to) };
  return [...pieces(text.slice(0, from)), ...(core.text ? [core] : []), ...pieces(text.slice(text.length - to))];
}

/** Extends a changed range to the boundaries of the segments. `start` and `end` count from the two ends of the value. */
function wholeWords({ segments, value }, start, end) {
  let position = 0;
  let [from, to] = [start, value.length - end];
  for (const { text } of segments) {
    const next = position + text.length;
    if (position < start && next > start) from = position;
    if (position < value.length - end && next > value.length - end) to = next;
    position = next;
  }
  return [from, value.length - to];
}

/**
 * Splits the segments at a range; a segment that is only partly outside loses its reading. `removed` is the reading of
 * the range, or "" if it is unknown.
 */
function cut(segments, from, to) {
  const before = [];
  const after = [];
  let removed = "";
  let position = 0;
  for (const segment of segments) {
    const end = position + segment.text.length;
    if (end <= from) before.push(segment);
    else if (position >= to) after.push(segment);
    else {
      removed += segment.reading;
      if (position < from) before.push(...pieces(segment.text.slice(0, from - position)));
      if (end > to) after.push(...pieces(segment.text.slice(to - position)));
    }
    position = end;
  }
  return { before, removed: KANA.test(removed) ? removed : "", after };
}
