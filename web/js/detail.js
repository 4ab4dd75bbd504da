// The view of one haiku at `#/haiku/{id}`. Loaded on first use.

import { createCard, versesOf } from "./card.js";
import { errorMessage, setText } from "./i18n.js";

const container = document.querySelector("#detail-card");
let loading = new AbortController();

/** `encodedId` is percent-encoded, as in the URL; `context` has what `createCard` requires. */
export async function showDetail(encodedId, context) {
  hideDetail();
  loading = new AbortController();
  const { signal } = loading;
  container.setAttribute("aria-busy", "true");
  try {
    const haiku = await context.api.get(decode(encodedId), { signal });
    container.replaceChildren(createCard(haiku, { ...context, isDetail: true }));
    document.title = `${versesOf(haiku).join(" ")} | Bashoutter`;
  } catch (error) {
    if (signal.aborted) return;
    container.replaceChildren(errorPanel(errorMessage(error), () => showDetail(encodedId, context)));
  }
  container.setAttribute("aria-busy", "false");
}

export function hideDetail() {
  loading.abort();
  container.replaceChildren();
}

function errorPanel({ key, values }, retry) {
  const panel = document.createElement("div");
  panel.className = "error-panel";
  const message = document.createElement("p");
  message.role = "alert";
  setText(message, key, values);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  setText(button, "retry");
  button.addEventListener("click", retry);
  const actions = document.createElement("p");
  actions.append(button);
  panel.append(message, actions);
  return panel;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
