// The card of one haiku: the poem, its like button and its menu.

import { errorMessage, setTime, translate } from "./i18n.js";
import { local } from "./storage.js";

const template = document.querySelector("#card");
const MAX_STORED_LIKES = 500;

/**
 * The `<article>` of a haiku. `notify(key, values)` shows an outcome; `onDeleted(id)` is called when the haiku no
 * longer exists. A haiku without an id is still being posted.
 */
export function createCard(haiku, { api, notify, onDeleted, isDetail = false }) {
  const card = template.content.firstElementChild.cloneNode(true);
  const part = (name) => card.querySelector(`.${name}`);
  const id = haiku.item_id;
  const verses = versesOf(haiku);
  const author = text(haiku.username);

  card.dataset.layout = layoutOf(verses, author);
  const poem = part("poem");
  poem.lang = languageOf(verses.join(""));
  [...verses, author].forEach((line, index) => {
    poem.children[index].firstElementChild.textContent = line;
  });
  translate(card);

  if (!id) {
    card.classList.add("is-posting");
    card.setAttribute("aria-busy", "true");
    part("permalink").remove();
    part("like").remove();
    part("menu").remove();
    return card;
  }

  part("posting").remove();
  const href = `#/haiku/${encodeURIComponent(id)}`;
  part("permalink").href = href;
  part("id").textContent = id;
  part("id").title = id;
  setTime(card.querySelector("time"), text(haiku.created_at), isDetail);
  setUpLike(part("like"), haiku, { api, notify, onDeleted });
  setUpMenu(part("menu"), { href, isDetail });
  part("menu-delete").addEventListener("click", async () => {
    const { confirmDeletion } = await import("./dialog.js");
    if (await confirmDeletion(verses)) deleteHaiku();
  });
  return card;

  async function deleteHaiku() {
    card.classList.add("is-deleting");
    try {
      await api.delete(id);
      notify("deleted");
      onDeleted(id);
    } catch (error) {
      card.classList.remove("is-deleting");
      notify("failedDelete", { reason: errorMessage(error) });
    }
  }
}

/** The three lines; "" for one that is not a string. */
export function versesOf(haiku) {
  return [haiku.first, haiku.second, haiku.third].map(text);
}

function text(value) {
  return typeof value === "string" ? value : "";
}

/** "columns", "long-columns" (smaller type), or "rows" for long lines and scripts without vertical writing. */
function layoutOf(verses, author) {
  const longest = Math.max(...verses.map((verse) => [...verse].length));
  if (longest > 15 || [...author].length > 14 || !languageOf(verses.join(""))) return "rows";
  return longest > 10 ? "long-columns" : "columns";
}

/** "ja" (which also selects the glyphs of kanji) if the poem has kana or kanji, else "" for unknown. */
function languageOf(poem) {
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(poem) ? "ja" : "";
}

function setUpLike(button, haiku, { api, notify, onDeleted }) {
  const id = haiku.item_id;
  const count = button.querySelector(".likes");
  let likes = Number.isSafeInteger(haiku.likes) ? haiku.likes : 0;
  let isSending = false;
  const show = (isLiked) => {
    button.classList.toggle("is-liked", isLiked);
    count.textContent = String(likes);
  };
  show(likedIds().includes(id));

  button.addEventListener("click", async () => {
    if (isSending) return;
    isSending = true;
    const wasLiked = button.classList.contains("is-liked");
    show(true);
    try {
      likes = (await api.like(id)) ?? likes + 1;
      haiku.likes = likes;
      local.set("liked", [...new Set([id, ...likedIds()])].slice(0, MAX_STORED_LIKES));
      show(true);
    } catch (error) {
      show(wasLiked);
      notify("failedLike", { reason: errorMessage(error) });
      if (error.kind === "notFound") onDeleted(id);
    } finally {
      isSending = false;
    }
  });
}

function likedIds() {
  const ids = local.get("liked");
  return Array.isArray(ids) ? ids : [];
}

function setUpMenu(menu, { href, isDetail }) {
  const link = menu.querySelector(".menu-detail");
  if (isDetail) link.remove();
  else link.href = href;
  menu.addEventListener("click", (event) => {
    if (event.target.closest(".menu-items")) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
