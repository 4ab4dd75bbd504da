// The form for a new haiku. Its text is kept until the API has acknowledged the post.

import { LIMITS, validate } from "./api.js";
import { errorMessage, setText } from "./i18n.js";
import { local, session } from "./storage.js";

const FIELDS = Object.keys(LIMITS);
const LINES = ["first", "second", "third"];

/** `post(haiku, key)` resolves when the API has stored the haiku. */
export function setUpCompose({ post, notify }) {
  const form = document.querySelector("#compose-form");
  const button = form.querySelector("#post");
  const submitError = form.querySelector("#compose-error");
  const input = (name) => form.elements.namedItem(name);
  const values = () => Object.fromEntries(FIELDS.map((name) => [name, input(name).value]));
  let isSending = false;

  /** `{ key, body }` of a post not yet acknowledged. The same body is retried with the same idempotency key. */
  let attempt = null;

  const saveDraft = () => session.set("draft", { haiku: values(), attempt });

  restoreDraft();
  showHints();

  form.addEventListener("input", (event) => {
    showFieldError(event.target, null);
    setText(submitError, null);
    saveDraft();
    showHints();
  });
  // With a fast API, the second click of a double click comes after the response.
  button.addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", onKeyDown);
  form.addEventListener("paste", onPaste);

  async function submit() {
    if (isSending || !validateForm()) return;
    const haiku = values();
    const body = JSON.stringify(haiku);
    if (attempt?.body !== body) attempt = { key: newIdempotencyKey(), body };
    local.set("username", haiku.username);
    saveDraft();
    setSending(true);
    setText(submitError, null);
    try {
      await post(haiku, attempt.key);
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
    notify("posted");
  }

  /** Shows what is wrong with each field and focuses the first invalid one. */
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

  function restoreDraft() {
    const draft = session.get("draft");
    const haiku = { username: local.get("username"), ...draft?.haiku };
    for (const name of FIELDS) {
      if (typeof haiku[name] === "string") input(name).value = haiku[name];
    }
    if (typeof draft?.attempt?.key === "string") attempt = draft.attempt;
  }

  function onKeyDown(event) {
    // Enter also accepts a suggestion of an input method; Safari reports that by key code 229 only.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.target.tagName !== "INPUT") return;
    const index = LINES.indexOf(event.target.name);
    if (event.ctrlKey || event.metaKey) form.requestSubmit();
    else if (index >= 0) input(FIELDS[index + 1]).focus();
    else return;
    event.preventDefault();
  }

  /** Distributes pasted lines over the fields. */
  function onPaste(event) {
    const lines = (event.clipboardData?.getData("text") ?? "").split(/\r\n|\r|\n/).filter((line) => line.trim());
    const start = LINES.indexOf(event.target.name);
    if (start < 0 || lines.length < 2 || start + lines.length > LINES.length) return;
    event.preventDefault();
    lines.forEach((line, index) => {
      input(LINES[start + index]).value = line;
    });
    input(LINES[start + lines.length - 1]).dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function showHints() {
    let count = () => 0;
    try {
      if (LINES.some((name) => input(name).value)) count = (await import("./morae.js")).countMorae;
    } catch {
      return; // Offline: the form works without hints.
    }
    for (const name of LINES) showMorae(input(name), count(input(name).value));
  }
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

/** crypto.randomUUID() requires HTTPS or localhost; S3 website hosting is plain HTTP. */
function newIdempotencyKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
