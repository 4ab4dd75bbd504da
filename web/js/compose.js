// The form for a new haiku. Its text is kept until the API has acknowledged the post.

import { languageOf, setPoem } from "./card.js";
import { newIdempotencyKey } from "./idempotency.js";
import { errorMessage, setText } from "./i18n.js";
import { Reading } from "./reading.js";
import { save } from "./saved.js";
import { local } from "./storage.js";

/** The longest texts that the API accepts, in Unicode code points. */
const LIMITS = { first: 100, second: 100, third: 100, username: 50 };

const FIELDS = Object.keys(LIMITS);
const LINES = ["first", "second", "third"];

/** The rule that a text breaks: "blank", "controlCharacter" or "tooLong"; null if none. */
function validate(text, limit) {
  if (!/\P{White_Space}/u.test(text)) return "blank";
  if (/[\p{Cc}\p{Cs}]/u.test(text)) return "controlCharacter";
  if ([...text].length > limit) return "tooLong";
  return null;
}

/**
 * Sets up the form. `getApi()` resolves to the API in use, `notify(key, values, id)` shows a message. Returns `submit`,
 * and `paste` for text that was pasted before the module was loaded.
 */
export function setUpCompose({ feed, notify, getApi }) {
  const form = document.querySelector("#compose-form");
  const button = form.querySelector("#post");
  const submitError = form.querySelector("#compose-error");
  const input = (name) => form.elements.namedItem(name);
  const values = () => Object.fromEntries(FIELDS.map((name) => [name, input(name).value]));
  const readings = new Map(LINES.map((name) => [name, new Reading(input(name))]));
  let isSending = false;

  /** `{ key, body }` of a post not yet acknowledged. The same body is retried with the same idempotency key. */
  let attempt = null;

  const saveDraft = () => local.set("draft", { haiku: values(), attempt });

  const stored = local.get("draft")?.attempt;
  if (typeof stored?.key === "string") attempt = stored;
  showHints();

  form.addEventListener("input", (event) => {
    showFieldError(event.target, null);
    setText(submitError, null);
    saveDraft();
    showHints();
  });
  form.addEventListener("compositionend", showHints);
  form.addEventListener("paste", (event) => {
    if (paste(event.target, event.clipboardData?.getData("text") ?? "")) event.preventDefault();
  });
  return { submit, paste };

  async function submit() {
    if (isSending || !validateForm()) return;
    const haiku = values();
    const body = JSON.stringify(haiku);
    if (attempt?.body !== body) attempt = { key: newIdempotencyKey(), body };
    local.set("username", haiku.username);
    saveDraft();
    setSending(true);
    setText(submitError, null);
    let id;
    try {
      id = await post(haiku, attempt.key);
    } catch (error) {
      setText(submitError, "failedPost", { reason: errorMessage(error) });
      return;
    } finally {
      setSending(false);
    }
    attempt = null;
    for (const name of LINES) input(name).value = "";
    saveDraft();
    showHints();
    notify("posted", {}, id);
  }

  /** Posts the haiku, which the list shows at once. Resolves to its id, or null if the response has none. */
  async function post(haiku, key) {
    const api = await getApi();
    if (/^#\/./.test(location.hash)) location.hash = "#/";
    const optimistic = feed.addOptimistic(haiku);
    try {
      const id = await api.post(haiku, key);
      optimistic.commit(id);
      if (id) save("mine", api.base, { ...haiku, item_id: id, likes: 0, created_at: new Date().toISOString() });
      return id;
    } catch (error) {
      optimistic.rollback();
      throw error;
    }
  }

  /** Shows what is wrong with each field and focuses the first invalid one. Returns whether all are valid. */
  function validateForm() {
    const haiku = values();
    if (LINES.every((name) => validate(haiku[name], LIMITS[name]) === "blank")) {
      notify("emptyForm");
      input("first").focus();
      return false;
    }
    let firstInvalid = null;
    for (const name of FIELDS) {
      const problem = validate(haiku[name], LIMITS[name]);
      showFieldError(input(name), problem);
      if (problem) firstInvalid ??= input(name);
    }
    firstInvalid?.focus();
    return !firstInvalid;
  }

  function setSending(value) {
    isSending = value;
    form.setAttribute("aria-busy", String(value));
    for (const name of FIELDS) input(name).readOnly = value;
    // `disabled` would take the focus away from the button.
    button.setAttribute("aria-disabled", String(value));
    setText(button.firstElementChild, value ? "posting" : "post");
  }

  /** Distributes pasted lines over the fields, from `field` on. Returns whether the text has several that fit. */
  function paste(field, text) {
    const start = FIELDS.indexOf(field.name);
    const parts = partsOf(text);
    const isWholeCard = parts.length === FIELDS.length && start === 0;
    if (start < 0 || parts.length < 2 || (!isWholeCard && start + parts.length > LINES.length)) return false;
    parts.forEach((part, index) => replaceText(input(FIELDS[start + index]), part));
    return true;
  }

  function showHints() {
    for (const name of LINES) showMorae(input(name), readings.get(name).count());
    showPreview();
  }

  function showPreview() {
    const haiku = values();
    const preview = document.querySelector("#preview");
    const isEmpty = LINES.every((name) => !haiku[name].trim());
    preview.hidden = isEmpty;
    if (isEmpty) return;
    if (!preview.firstElementChild) {
      const body = document.querySelector("#card").content.querySelector(".card-body");
      const card = document.createElement("div");
      card.className = "card";
      card.append(body.cloneNode(true));
      preview.append(card);
    }
    setPoem(preview.firstElementChild, haiku);
    preview.querySelector(".poet").removeAttribute("href");
  }
}

/** Lines, or the three parts of 「古池や　蛙飛びこむ　水の音」 or "古池や / 蛙飛びこむ / 水の音". */
function partsOf(text) {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim()).filter(Boolean);
  if (lines.length !== 1) return lines;
  for (const separator of [/\s*[/／]\s*/, /\s+/]) {
    const parts = lines[0].split(separator);
    const isSpaced = separator.source === "\\s+";
    if (parts.length === LINES.length && parts.every(Boolean) && (!isSpaced || languageOf(lines[0]))) return parts;
  }
  return lines;
}

/** Replaces the text as if it were typed, so that the browser can undo it. */
function replaceText(input, text) {
  input.focus();
  input.select();
  if (document.execCommand("insertText", false, text)) return;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The count is a hint: a haiku may have any number of morae. */
function showMorae(input, count) {
  const target = Number(input.dataset.morae);
  const hint = document.querySelector(`#${input.id}-hint`);
  const key = count === null ? "moraeUnknown" : count === 0 ? "moraeTarget" : count < target ? "morae" :
    count === target ? "moraeExact" : "moraeOver";
  setText(hint.querySelector(".mora-count"), key, { count, target });
  hint.dataset.state = key;
  const filled = Math.min(count ?? 0, target);
  hint.querySelector(".mora-dots").textContent = "●".repeat(filled) + "○".repeat(target - filled);
}

function showFieldError(input, problem) {
  const message = document.querySelector(`#${input.id}-error`);
  if (problem) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  setText(message, problem && `invalid.${problem}`, { limit: LIMITS[input.name], count: [...input.value].length });
}
