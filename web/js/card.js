// The card of one haiku, and how its lines are set. What its buttons do is in actions.js.

import { setTime, translate } from "./i18n.js";
import { isLiked } from "./storage.js";

const template = document.querySelector("#card");
const graphemes = Intl.Segmenter && new Intl.Segmenter();
const haikuOfCard = new WeakMap();
let cardCount = 0;

/** Poems with a longer column are set in rows: the type would be smaller than 14 px. */
const MAX_CELLS = 16;

/** The `<article>` of a haiku; with a `dateFormat`, for the detail view. A haiku without an id is being posted. */
export function createCard(haiku, { dateFormat } = {}) {
  const card = template.content.firstElementChild.cloneNode(true);
  const part = (name) => card.querySelector(`.${name}`);
  haikuOfCard.set(card, haiku);
  setPoem(card, haiku);
  translate(card);

  const id = haiku.item_id;
  if (!id) {
    card.classList.add("is-posting");
    card.setAttribute("aria-busy", "true");
    for (const name of ["permalink", "like", "menu"]) part(name).remove();
    return card;
  }

  card.dataset.id = id;
  part("posting").remove();
  const time = card.querySelector("time");
  setTime(time, text(haiku.created_at), dateFormat);
  cardCount += 1;
  part("poem").id = `poem-${cardCount}`;
  time.id = `time-${cardCount}`;
  part("permalink").setAttribute("aria-labelledby", `poem-${cardCount} time-${cardCount}`);
  const href = `#/haiku/${encodeURIComponent(id)}`;
  part("permalink").href = href;
  part("id").textContent = id;
  if (dateFormat) part("menu-detail").remove();
  else part("menu-detail").href = href;
  showLike(card);
  return card;
}

/** The haiku of an element within a card. */
export function haikuOf(element) {
  return haikuOfCard.get(element.closest("article"));
}

/** Shows the haiku's likes, and whether this browser has liked it, or `isPressed`. */
export function showLike(card, isPressed) {
  const haiku = haikuOfCard.get(card);
  const button = card.querySelector(".like");
  if (!haiku || !button) return;
  button.setAttribute("aria-pressed", String(isPressed ?? isLiked(haiku.item_id)));
  button.querySelector(".likes").textContent = String(likesOf(haiku));
}

export function likesOf(haiku) {
  return Number.isSafeInteger(haiku.likes) ? haiku.likes : 0;
}

/** The three lines; "" for one that is not a string. */
export function versesOf(haiku) {
  return [haiku.first, haiku.second, haiku.third].map(text);
}

export function authorOf(haiku) {
  return text(haiku.username);
}

/** The poem in one line, for titles and for cards that are far from the viewport. */
export function summaryOf(haiku) {
  return versesOf(haiku).join(" ");
}

function text(value) {
  return typeof value === "string" ? value : "";
}

// Typesetting

export function splitGraphemes(line) {
  return graphemes ? Array.from(graphemes.segment(line), ({ segment }) => segment) : [...line];
}

/** "ja" (which also selects the glyphs of kanji) if the poem has kana or kanji, else "" for unknown. */
export function languageOf(poem) {
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(poem) ? "ja" : "";
}

const isEmoji = (grapheme) => /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(grapheme);

/**
 * The runs of a line in vertical writing: `{ text, kind, cells }`. A number of one or two digits or an emoji
 * ("combined") takes one cell, longer numbers stand upright ("upright"); all else ("plain") is up to the browser.
 */
export function runsOf(line) {
  const runs = [];
  for (const grapheme of splitGraphemes(line)) {
    const isWord = /^[0-9A-Za-z]$/.test(grapheme);
    const last = runs.at(-1);
    if (isWord && last?.isWord) last.text += grapheme;
    else runs.push({ text: grapheme, isWord, kind: !isWord && isEmoji(grapheme) ? "combined" : "plain" });
  }
  for (const run of runs) {
    if (run.isWord && /^\d+$/.test(run.text)) run.kind = run.text.length <= 2 ? "combined" : "upright";
    run.cells = run.isWord && run.kind === "plain" ? run.text.length * 0.65 : run.kind === "upright" ? run.text.length : 1;
  }
  return runs;
}

/** The length of the poem's longest column in cells, with the indents of the second and third; at least 8. */
function cellsOf(verses) {
  const columns = verses.map((verse, index) => index + runsOf(verse).reduce((sum, { cells }) => sum + cells, 0));
  return Math.max(...columns, 8);
}

export function setPoem(card, haiku) {
  const verses = versesOf(haiku);
  const author = authorOf(haiku);
  const language = languageOf(verses.join(""));
  const cells = cellsOf(verses);
  const poem = card.querySelector(".poem");
  card.dataset.layout = !language || cells > MAX_CELLS ? "rows" : "columns";
  card.classList.toggle("is-latin", !language && /\p{Script=Latin}/u.test(verses.join("")));
  poem.lang = language;
  poem.style.setProperty("--cells", cells.toFixed(2));
  verses.forEach((verse, index) => setLine(poem.children[index], verse, language));
  const poet = card.querySelector(".poet");
  poet.textContent = author;
  if (author) poet.href = `#/poet/${encodeURIComponent(author.toWellFormed?.() ?? author)}`;
  const [initial = ""] = splitGraphemes(author.trim());
  poet.parentElement.dataset.seal = initial.slice(0, 8);
}

function setLine(element, line, language) {
  if (!language) {
    element.textContent = line;
    return;
  }
  const nodes = [];
  for (const { text, kind } of runsOf(line)) {
    if (kind !== "plain") {
      const span = document.createElement("span");
      span.className = kind;
      span.textContent = text;
      nodes.push(span);
    } else if (typeof nodes.at(-1) === "string") {
      nodes.push(nodes.pop() + text);
    } else {
      nodes.push(text);
    }
  }
  element.replaceChildren(...nodes);
}
