// One haiku on its strip of paper: the poem, its colophon, liking and deleting. All text is set as text.

import { lasting } from "./settings.js";
import { putTime, reason, translate } from "./words.js";

const template = document.querySelector("#card");
const LIKED_REMEMBERED = 500;

/**
 * The `<article>` of a haiku. `api` carries out what the reader asks for, `notify(key, values)` tells how it went,
 * `onGone(id)` hears that the haiku is no more. A haiku without an id is still on its way to the API.
 */
export function createCard(haiku, { api, notify, onGone, isSingle = false }) {
  const card = template.content.firstElementChild.cloneNode(true);
  const part = (name) => card.querySelector(`.${name}`);
  const id = haiku.item_id;
  const verses = versesOf(haiku);
  const author = text(haiku.username);

  card.dataset.fit = fit(verses, author);
  const poem = part("poem");
  poem.lang = languageOf(verses.join(""));
  [...verses, author].forEach((line, index) => {
    poem.children[index].firstElementChild.textContent = line;
  });
  translate(card);

  if (!id) {
    card.classList.add("is-sending");
    card.setAttribute("aria-busy", "true");
    part("permalink").remove();
    part("heart").remove();
    part("menu").remove();
    return card;
  }

  part("sending").remove();
  const address = `#/haiku/${encodeURIComponent(id)}`;
  part("permalink").href = address;
  part("id").textContent = id;
  part("id").title = id;
  putTime(card.querySelector("time"), text(haiku.created_at), isSingle);
  setUpHeart(part("heart"), haiku, { api, notify, onGone });
  setUpMenu(part("menu"), { address, isSingle });
  part("menu-delete").addEventListener("click", async () => {
    const { confirmDeletion } = await import("./dialog.js");
    if (await confirmDeletion(verses)) remove();
  });
  return card;

  async function remove() {
    card.classList.add("is-leaving");
    try {
      await api.remove(id);
      notify("deleted");
      onGone(id);
    } catch (error) {
      card.classList.remove("is-leaving");
      notify("failedDelete", { reason: reason(error) });
    }
  }
}

/** The three lines, whatever the API sent. */
export function versesOf(haiku) {
  return [haiku.first, haiku.second, haiku.third].map(text);
}

function text(value) {
  return typeof value === "string" ? value : "";
}

/** How a poem is set: in columns, in smaller columns, or (long, or in a script without columns) in rows. */
function fit(verses, author) {
  const longest = Math.max(...verses.map((verse) => [...verse].length));
  if (longest > 15 || [...author].length > 14 || !languageOf(verses.join(""))) return "rows";
  return longest > 10 ? "long-columns" : "columns";
}

/** "ja" for Japanese, which also picks its letter forms; "" where the language is anyone's guess. */
function languageOf(poem) {
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(poem) ? "ja" : "";
}

function setUpHeart(heart, haiku, { api, notify, onGone }) {
  const id = haiku.item_id;
  const count = heart.querySelector(".likes");
  let likes = Number.isSafeInteger(haiku.likes) ? haiku.likes : 0;
  let isSending = false;
  const show = (isLiked) => {
    heart.classList.toggle("is-liked", isLiked);
    count.textContent = String(likes);
  };
  show(likedIds().includes(id));

  heart.addEventListener("click", async () => {
    if (isSending) return;
    isSending = true;
    const wasLiked = heart.classList.contains("is-liked");
    show(true);
    try {
      likes = (await api.like(id)) ?? likes + 1;
      haiku.likes = likes;
      lasting.remember("liked", [...new Set([id, ...likedIds()])].slice(0, LIKED_REMEMBERED));
      show(true);
    } catch (error) {
      show(wasLiked);
      notify("failedLike", { reason: reason(error) });
      if (error.kind === "missing") onGone(id);
    } finally {
      isSending = false;
    }
  });
}

function likedIds() {
  const ids = lasting.recall("liked");
  return Array.isArray(ids) ? ids : [];
}

function setUpMenu(menu, { address, isSingle }) {
  const open = menu.querySelector(".menu-open");
  if (isSingle) open.remove();
  else open.href = address;
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
