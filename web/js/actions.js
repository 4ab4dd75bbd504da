// What the buttons of a card do.

import { haikuOf, likesOf, showLike, versesOf } from "./card.js";
import { errorMessage } from "./i18n.js";
import { newIdempotencyKey } from "./idempotency.js";
import { removeSaved, save } from "./saved.js";
import { isLiked, local, session, storeLike } from "./storage.js";

const pendingLikes = new Set();

/** Performs the action of the pressed button; `context` is `{ api, fallback, notify, onDeleted }`. */
export async function perform(button, context) {
  const name = [...button.classList].find((name) => name === "like" || name.startsWith("menu-"));
  const haiku = haikuOf(button);
  if (!haiku?.item_id || !context.api) return;
  const returnFocus = () => button.closest("article").querySelector("summary").focus();
  if (name === "like") await like(haiku, context);
  else if (name === "menu-delete") await deleteAfterConfirmation(button.closest("article"), haiku, context);
  else {
    const module = await import("./share.js").catch(() => context.notify("failedLoad"));
    await module?.share(name.replace("menu-", ""), haiku, { ...context, returnFocus });
  }
}

/** Likes a haiku once for this browser. */
async function like(haiku, { api, notify, onDeleted }) {
  const id = haiku.item_id;
  if (isLiked(id)) return notify("alreadyLiked");
  if (pendingLikes.has(id)) return;
  pendingLikes.add(id);
  const keys = local.get("likeKeys") ?? {};
  const key = keys[id] ?? newIdempotencyKey();
  // A repeat after a lost response, even after a reload, carries the same key.
  local.set("likeKeys", { ...Object.fromEntries(Object.entries(keys).slice(-50)), [id]: key });
  showLikes(id, true);
  try {
    haiku.likes = (await api.like(id, key)) ?? likesOf(haiku) + 1;
    storeLike(id);
    save("liked", api.base, haiku);
    const { [id]: _, ...others } = local.get("likeKeys") ?? {};
    local.set("likeKeys", others);
  } catch (error) {
    notify("failedLike", { reason: errorMessage(error) });
    if (error.kind === "notFound") onDeleted(id);
  } finally {
    pendingLikes.delete(id);
  }
  for (const card of cardsOf(id)) haikuOf(card).likes = haiku.likes;
  showLikes(id);
}

function cardsOf(id) {
  return [...document.querySelectorAll("article.card")].filter((card) => card.dataset.id === id);
}

function showLikes(id, isPressed) {
  for (const card of cardsOf(id)) showLike(card, isPressed);
}

async function deleteAfterConfirmation(card, haiku, { api, notify, onDeleted }) {
  const { confirmDeletion } = await import("./dialog.js");
  const isConfirmed = await confirmDeletion(versesOf(haiku));
  // The button that opened the dialog is hidden with its menu.
  if (!isConfirmed) card.querySelector("summary")?.focus();
  if (!isConfirmed) return;
  card.classList.add("is-deleting");
  try {
    await api.delete(haiku.item_id);
    removeSaved(haiku.item_id);
    notify("deleted");
    onDeleted(haiku.item_id);
  } catch (error) {
    card.classList.remove("is-deleting");
    card.querySelector("summary")?.focus();
    notify("failedDelete", { reason: errorMessage(error) });
    if (error.kind !== "forbidden") return;
    session.set("noDelete", api.base);
    document.documentElement.toggleAttribute("data-no-delete", true);
  }
}
