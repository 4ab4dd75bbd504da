// The form: three lines and a name. Nothing that was typed is lost before the API has it.

import { LIMITS, fault } from "./api.js";
import { lasting, passing } from "./settings.js";
import { put, reason } from "./words.js";

const FIELDS = Object.keys(LIMITS);
const LINES = ["first", "second", "third"];

/** `post(haiku, key)` sends a haiku and resolves when the API has it. */
export function setUpCompose({ post, notify }) {
  const form = document.querySelector("#compose-form");
  const button = form.querySelector("#post");
  const failure = form.querySelector("#compose-error");
  const input = (name) => form.elements.namedItem(name);
  const written = () => Object.fromEntries(FIELDS.map((name) => [name, input(name).value]));
  let isSending = false;

  /**
   * What was last sent and not yet acknowledged, and the key it was sent with. As long as the text stays the same, so
   * does the key: an answer that got lost on the way does not make two haiku out of one.
   */
  let attempt = null;

  const keepDraft = () => passing.remember("draft", { haiku: written(), attempt });

  recallDraft();
  showHints();

  form.addEventListener("input", (event) => {
    showFault(event.target, null);
    put(failure, null);
    keepDraft();
    showHints();
  });
  // The second press of a double click comes after the answer when the API is quick.
  button.addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", onKey);
  form.addEventListener("paste", onPaste);

  async function submit() {
    if (isSending || !check()) return;
    const haiku = written();
    const body = JSON.stringify(haiku);
    if (attempt?.body !== body) attempt = { key: newKey(), body };
    lasting.remember("username", haiku.username);
    keepDraft();
    setSending(true);
    put(failure, null);
    try {
      await post(haiku, attempt.key);
    } catch (error) {
      put(failure, "failedPost", { reason: reason(error) });
      return;
    } finally {
      setSending(false);
    }
    attempt = null;
    for (const name of LINES) input(name).value = "";
    keepDraft();
    showHints();
    notify("posted");
  }

  /** Whether the API would take the form; if not, says why beside each field. */
  function check() {
    const haiku = written();
    if (LINES.every((name) => fault(haiku[name], LIMITS[name]) === "blank")) {
      notify("invite");
      input("first").focus();
      return false;
    }
    let firstWrong = null;
    for (const name of FIELDS) {
      const wrong = fault(haiku[name], LIMITS[name]);
      showFault(input(name), wrong);
      if (wrong) firstWrong ??= input(name);
    }
    firstWrong?.focus();
    return !firstWrong;
  }

  function setSending(value) {
    isSending = value;
    form.setAttribute("aria-busy", String(value));
    for (const name of FIELDS) input(name).readOnly = value;
    // Not `disabled`, which would take the focus away from the button.
    button.setAttribute("aria-disabled", String(value));
    put(button.firstElementChild, value ? "posting" : "post");
  }

  function recallDraft() {
    const draft = passing.recall("draft");
    const haiku = { username: lasting.recall("username"), ...draft?.haiku };
    for (const name of FIELDS) {
      if (typeof haiku[name] === "string") input(name).value = haiku[name];
    }
    if (typeof draft?.attempt?.key === "string") attempt = draft.attempt;
  }

  function onKey(event) {
    // Enter also confirms what an input method suggests; Safari says so by the key code alone.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.target.tagName !== "INPUT") return;
    const place = LINES.indexOf(event.target.name);
    if (event.ctrlKey || event.metaKey) form.requestSubmit();
    else if (place >= 0) input(FIELDS[place + 1]).focus();
    else return;
    event.preventDefault();
  }

  /** Three lines that are pasted at once go to their three fields. */
  function onPaste(event) {
    const lines = (event.clipboardData?.getData("text") ?? "").split(/\r\n|\r|\n/).filter((line) => line.trim());
    const place = LINES.indexOf(event.target.name);
    if (place < 0 || lines.length < 2 || place + lines.length > LINES.length) return;
    event.preventDefault();
    lines.forEach((line, index) => {
      input(LINES[place + index]).value = line;
    });
    input(LINES[place + lines.length - 1]).dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function showHints() {
    let count = () => 0;
    try {
      if (LINES.some((name) => input(name).value)) count = (await import("./morae.js")).countMorae;
    } catch {
      return; // Offline: no hint, and no harm.
    }
    for (const name of LINES) showMorae(input(name), count(input(name).value));
  }
}

/** How a line stands against 5, 7 or 5 morae. A hint only: great haiku have broken the count. */
function showMorae(input, count) {
  const target = Number(input.dataset.morae);
  const hint = document.querySelector(`#${input.id}-hint`);
  const key = count === null ? "moraeUnknown" : count === 0 ? "moraeTarget" : count < target ? "morae" :
    count === target ? "moraeFit" : "moraeOver";
  put(hint.querySelector(".morae"), key, { count, target });
  hint.dataset.state = key;
  const filled = Math.min(count ?? 0, target);
  hint.querySelector(".pips").textContent = "●".repeat(filled) + "○".repeat(target - filled);
}

function showFault(input, wrong) {
  const message = document.querySelector(`#${input.id}-error`);
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  put(message, wrong && `fault.${wrong}`, { limit: LIMITS[input.name], count: [...input.value].length });
}

/** crypto.randomUUID() exists only on https and localhost; S3's website hosting is plain http. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
