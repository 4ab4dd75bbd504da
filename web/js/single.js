// One haiku on a page of its own, at `#/haiku/{id}`. Loaded when a reader opens the first one.

import { createCard, versesOf } from "./card.js";
import { put, reason } from "./words.js";

const $ = (selector) => document.querySelector(selector);
let loading = null;

/** Shows the haiku; `onGone(id)` hears if it was deleted here. */
export async function showSingle(id, { api, notify, onGone }) {
  hideSingle();
  loading = new AbortController();
  const { signal } = loading;
  const place = $("#single-card");
  place.setAttribute("aria-busy", "true");
  try {
    const haiku = await api.get(id, { signal });
    place.replaceChildren(createCard(haiku, { api, notify, onGone, isSingle: true }));
    document.title = `${versesOf(haiku).join(" ")} | Bashoutter`;
  } catch (error) {
    if (signal.aborted) return;
    const { key, values } = reason(error);
    put($("#single-error"), key, values);
    $("#single-trouble").hidden = false;
    $("#single-retry").onclick = () => showSingle(id, { api, notify, onGone });
  } finally {
    if (!signal.aborted) place.setAttribute("aria-busy", "false");
  }
}

export function hideSingle() {
  loading?.abort();
  $("#single-card").replaceChildren();
  $("#single-trouble").hidden = true;
}
