// One haiku on a page of its own, at `#/haiku/{id}`. Loaded when a reader opens the first one.

import { createCard, versesOf } from "./card.js";
import { put, reason } from "./words.js";

const place = document.querySelector("#single-card");
let loading = new AbortController();

/** Shows a haiku; the id is as it stands in the address. `onGone(id)` hears if the haiku was deleted here. */
export async function showSingle(encodedId, context) {
  hideSingle();
  loading = new AbortController();
  const { signal } = loading;
  place.setAttribute("aria-busy", "true");
  try {
    const haiku = await context.api.get(decode(encodedId), { signal });
    place.replaceChildren(createCard(haiku, { ...context, isSingle: true }));
    document.title = `${versesOf(haiku).join(" ")} | Bashoutter`;
  } catch (error) {
    if (signal.aborted) return;
    place.replaceChildren(trouble(reason(error), () => showSingle(encodedId, context)));
  }
  place.setAttribute("aria-busy", "false");
}

export function hideSingle() {
  loading.abort();
  place.replaceChildren();
}

function trouble({ key, values }, retry) {
  const box = document.createElement("div");
  box.className = "trouble";
  const message = document.createElement("p");
  message.role = "alert";
  put(message, key, values);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  put(button, "retry");
  button.addEventListener("click", retry);
  const actions = document.createElement("p");
  actions.append(button);
  box.append(message, actions);
  return box;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
