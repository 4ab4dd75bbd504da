// The view of one haiku at `#/haiku/{id}`.

import { createCard, summaryOf } from "./card.js";
import { errorMessage, setText, t } from "./i18n.js";

const container = document.querySelector("#detail-card");
let loading = new AbortController();
let retry = null;

addEventListener("online", () => retry?.());

/**
 * Shows the haiku. `known` is the list's copy of it, if any; `reconnect` is called by the retry button if there is no
 * `api`. Rejects only because of programming errors.
 */
export async function showDetail(id, known, { api, reconnect }) {
  hideDetail();
  loading = new AbortController();
  const { signal } = loading;
  if (known) show(known);
  else container.replaceChildren(skeletonCard());
  container.setAttribute("aria-busy", "true");
  try {
    if (!api) throw Object.assign(new Error("no API"), { kind: "noEndpoint", details: {} });
    const haiku = await api.get(id, { signal });
    show(known ? Object.assign(known, haiku) : haiku, Boolean(known));
  } catch (error) {
    if (signal.aborted) return;
    const isMissing = error.kind === "notFound";
    if (isMissing) document.title = t("titleMissing");
    const again = () => (api ? showDetail(id, known, { api, reconnect }) : reconnect());
    if (!isMissing) retry = again;
    const panel = errorPanel(errorMessage(error), again);
    if (known && !isMissing) container.append(panel);
    else container.replaceChildren(panel);
  }
  container.setAttribute("aria-busy", "false");
}

export function hideDetail() {
  loading.abort();
  retry = null;
  container.replaceChildren();
}

function show(haiku, isUpdate = false) {
  const card = createCard(haiku, { dateFormat: bookDate });
  if (isUpdate) card.classList.add("is-shown");
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  if (isUpdate && focused) return; // The user is already using the card.
  container.replaceChildren(card);
  document.title = `${summaryOf(haiku)} | Bashoutter`;
}

function skeletonCard() {
  const card = document.createElement("div");
  card.className = "card skeleton";
  return card;
}

function errorPanel({ key, values }, again) {
  const panel = document.createElement("div");
  panel.className = "error-panel";
  const message = document.createElement("p");
  message.role = "alert";
  setText(message, key, values);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  setText(button, "retry");
  button.addEventListener("click", again);
  const actions = document.createElement("p");
  actions.append(button);
  panel.append(message, actions);
  return panel;
}

/** In Japanese, the date as in a book: 二〇二〇年七月六日. */
function bookDate(date, language) {
  if (language !== "ja") return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(date);
  const digits = [..."〇一二三四五六七八九"];
  const number = (n) => (n < 10 ? "" : (n < 20 ? "" : digits[Math.floor(n / 10)]) + "十") + (n % 10 ? digits[n % 10] : "");
  const year = Array.from(String(date.getFullYear()), (digit) => digits[digit] ?? digit).join("");
  return `${year}年${number(date.getMonth() + 1)}月${number(date.getDate())}日`;
}
