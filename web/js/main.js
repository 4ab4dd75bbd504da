// The entry point: preferences, endpoint, routing, and the events of the form, the cards and the keyboard.

import { connect, firstConnection, isEndpointOfTab } from "./api.js";
import { showLike } from "./card.js";
import { Feed } from "./feed.js";
import { currentLanguage, preferredLanguage, setLabel, setLanguage, setText, t } from "./i18n.js";
import { paperHue, seasonOf } from "./season.js";
import { local, onChangeElsewhere, session } from "./storage.js";

const $ = (selector) => document.querySelector(selector);
const root = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const TOAST_MS = 8_000;
const NEWS_MS = 30_000;
const MIN_PAGE_SIZE = 30;
const MAX_PAGE_SIZE = 1_000;

let api = null;
let fallback = null; // a promise of the default endpoint
let listPosition = { scroll: 0, id: null }; // restored on return to the list
let currentDetail = null;
let toastTimer;
// Promises of what is loaded on first use.
let composing = null;
let moreStyles = null;
let panel = null;

history.scrollRestoration = "manual";
await setUpPreferences();
const feed = new Feed({ onLoadError: () => endpointPanel().then(({ show }) => show(), () => {}) });
$("#endpoint-open").addEventListener("click", () => endpointPanel().then(({ toggle }) => toggle(), reportFailedLoad));
setUpCompose();
setUpCards();
setUpKeys();
setUpSeason();
addEventListener("hashchange", route);
start(firstConnection);
setTimeout(async () => {
  const [{ watchNews }] = await Promise.all([import("./news.js"), loadMoreStyles()]);
  watchNews(feed, () => api);
}, NEWS_MS);

async function start(connection = connect()) {
  const { text, api: found, fallback: promise, page, position } = await connection;
  fallback = promise;
  $("#endpoint").value = text;
  await useEndpoint(found, text, page);
  if (position) feed.scrollTo(position);
}

addEventListener("pagehide", () => {
  const { anchor } = feed;
  const count = Math.min(MAX_PAGE_SIZE, Math.max(MIN_PAGE_SIZE, anchor?.count));
  session.set("position", anchor && scrollY > 0 ? { ...anchor, count, base: api?.base } : null);
});

/** Switches to the API `next`; null if `text` is not a valid URL. */
async function useEndpoint(next, text, page) {
  const problem = next ? null : text.trim() ? "error.invalidEndpoint" : "error.noEndpoint";
  api = next;
  root.toggleAttribute("data-no-delete", session.get("noDelete") === api?.base);
  if (problem || panel) endpointPanel().then(({ showError }) => showError(problem));
  updateNotice();
  const opened = feed.open(api, page);
  if (!api) {
    $("#skeletons").hidden = true;
    $(".feed").setAttribute("aria-busy", "false");
  }
  await Promise.all([opened, route()]);
}

/** The API in use. If there is none, shows the form for its URL and throws. */
async function getApi() {
  if (api) return api;
  (await endpointPanel()).show();
  $("#endpoint").focus();
  throw Object.assign(new Error("no API"), { kind: "noEndpoint", details: {} });
}

/** Loads the styles of what the first screen does not show. */
function loadMoreStyles() {
  moreStyles ??= new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = "more.css";
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  return moreStyles;
}

/** Loads what may be needed next, before the connection is lost. Ignores failures. */
async function loadRest() {
  const modules = ["actions", "detail", "dialog", "endpoint", "keys", "menus", "preferences", "subset"].map((name) => import(`./${name}.js`));
  await Promise.allSettled([loadMoreStyles(), ...modules]);
}

for (const type of ["pointerover", "keydown", "touchstart", "focusin"]) {
  addEventListener(type, loadRest, { once: true, passive: true });
}

// The form

function loadCompose() {
  composing ??= import("./compose.js").then(({ setUpCompose: setUp }) => setUp({ feed, notify, getApi }));
  composing.catch(() => (composing = null)); // Offline: the next use tries again.
  return composing;
}

function setUpCompose() {
  const form = $("#compose-form");
  let compose = null;
  let pasted = null; // { field, text }, until the module is loaded or the user edits the form
  const use = async () => {
    compose = await loadCompose();
    if (pasted) compose.paste(pasted.field, pasted.text);
    pasted = null;
  };

  const draft = { username: local.get("username"), ...local.get("draft")?.haiku };
  for (const [name, text] of Object.entries(draft)) {
    const field = form.elements.namedItem(name);
    if (field && typeof text === "string") field.value = text;
  }
  if (local.get("draft")) use().catch(() => {});

  for (const type of ["focusin", "pointerover"]) form.addEventListener(type, () => compose || use().catch(() => {}));
  form.addEventListener("paste", ({ target, clipboardData }) => {
    if (!compose) pasted = { field: target, text: clipboardData.getData("text") };
  });
  form.addEventListener("input", ({ inputType }) => {
    if (inputType !== "insertFromPaste") pasted = null;
    if (!compose) local.set("draft", { ...local.get("draft"), haiku: Object.fromEntries(new FormData(form)) });
  });
  // A fast API responds before the second click of a double click.
  $("#post").addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await use().catch(reportFailedLoad);
    compose?.submit();
  });
  form.addEventListener("keydown", (event) => {
    // Key code 229: in Safari, Enter accepts a suggestion of an input method.
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    const next = form[[...form].indexOf(event.target) + 1];
    if (event.ctrlKey || event.metaKey || next.type === "submit") form.requestSubmit();
    else next.focus();
  });
  const opener = $("#compose-open");
  opener.addEventListener("click", () => {
    const isOpen = $(".compose").classList.toggle("is-open");
    opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) $("#first").focus();
  });
}

/** Shows a message, with a link to the haiku `id` if not null. */
function notify(key, values, id = null) {
  clearTimeout(toastTimer);
  setText($("#toast"), key, values);
  $("#toast-link").hidden = !id;
  if (id) $("#toast-link").href = `#/haiku/${encodeURIComponent(id)}`;
  toastTimer = setTimeout(() => {
    setText($("#toast"), null);
    $("#toast-link").hidden = true;
  }, TOAST_MS);
}

function reportFailedLoad() {
  notify("failedLoad");
}

// The endpoint

function endpointPanel() {
  panel ??= Promise.all([import("./endpoint.js"), loadMoreStyles()]).then(([{ setUpEndpoint }]) =>
    setUpEndpoint({ current: () => api, connect: (next, page) => useEndpoint(next, next.base, page), restart: () => start() }),
  );
  panel.catch(() => (panel = null));
  return panel;
}

/** Shows a notice unless the API is the default. */
async function updateNotice() {
  const { base } = api ?? {};
  const isDefault = !base || base === (await fallback);
  if (api?.base !== base || (isDefault && !panel)) return;
  (await endpointPanel()).showNotice(isDefault ? null : base);
}

// Views

/** "list", "detail", "mine", "liked" or "poet". */
function viewOf(hash = location.hash) {
  if (/^#\/haiku\/[^/]+$/.test(hash)) return "detail";
  return /^#\/(mine|liked|poet)(\/|$)/.exec(hash)?.[1] ?? "list";
}

function parameterOf(hash = location.hash) {
  const encoded = hash.split("/").slice(2).join("/");
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

async function route() {
  const view = viewOf();
  const isDetail = view === "detail";
  const wasDetail = !$("#detail-view").hidden;
  const previous = root.dataset.view ?? "list";
  if (!wasDetail && previous === "list") {
    const id = document.activeElement.closest?.("article")?.dataset.id;
    if (view !== "list") listPosition = { scroll: scrollY, id };
  }
  $("#list-view").hidden = isDetail;
  $("#detail-view").hidden = !isDetail;
  root.dataset.view = isDetail ? "detail" : view === "list" ? "list" : "subset";
  for (const link of document.querySelectorAll(".views a")) {
    if (viewOf(link.hash) === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (wasDetail && !isDetail) await closeDetail();
  if (isDetail) return openDetail(parameterOf());
  document.title = t("title");
  if (view !== "list") {
    const [{ showSubset }] = await Promise.all([import("./subset.js"), loadMoreStyles()]);
    showSubset(view, parameterOf(), { base: api?.base, loaded: feed.haiku });
    if (previous !== "subset" && !wasDetail) scrollTo(0, 0);
    return;
  }
  setText($("#feed-title"), "feed");
  if (previous === "list") return;
  scrollTo(0, listPosition.scroll);
  if (listPosition.id) document.querySelector(`#cards [data-id="${CSS.escape(listPosition.id)}"] .permalink`)?.focus({ preventScroll: true });
}

async function openDetail(id) {
  currentDetail = id;
  scrollTo(0, 0);
  $("#detail-title").focus({ preventScroll: true });
  const [{ showDetail }] = await Promise.all([import("./detail.js"), loadMoreStyles()]);
  if (currentDetail !== id) return;
  await showDetail(id, feed.find(id), { api, reconnect: () => start() });
}

async function closeDetail() {
  currentDetail = null;
  const { hideDetail } = await import("./detail.js");
  hideDetail();
}

function onDeleted(id) {
  feed.remove(id);
  if (viewOf() === "detail") location.hash = "#/";
  else if (viewOf() !== "list") route();
}

// Cards

/** Handles clicks on cards. */
function setUpCards() {
  addEventListener("click", async (event) => {
    const button = event.target.closest?.("article :is(.like, .menu-items button)");
    if (button) {
      const actions = await import("./actions.js").catch(reportFailedLoad);
      return actions?.perform(button, { api, fallback, notify, onDeleted });
    }
    // A click on the poem opens it, unless text was selected.
    const body = event.target.closest?.("#list-view article .card-body");
    if (!body || event.target.closest("a") || String(getSelection())) return;
    body.closest("article").querySelector(".permalink")?.click();
  });
  // The module that closes menus is loaded before one opens.
  addEventListener("click", async (event) => {
    const menu = event.target.closest?.("article summary")?.parentElement;
    if (!menu) return;
    event.preventDefault();
    await import("./menus.js").catch(() => {});
    menu.open = !menu.open;
  });
}

function setUpKeys() {
  addEventListener("keydown", async (event) => {
    if (!/^([jk]|Arrow(Left|Right))$/i.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, dialog, details[open]")) return;
    const view = viewOf();
    if (view !== "list" && view !== "detail") return;
    (await import("./keys.js")).move(event.key, feed, view === "detail" ? currentDetail : null);
  });
  // The address of the detail view is a fragment, too: following the link would leave it.
  $("#skip").addEventListener("click", (event) => {
    event.preventDefault();
    (viewOf() === "detail" ? $("#detail-title") : $("#feed-title")).focus();
  });
}

function setUpSeason() {
  const { longitude, ...season } = seasonOf(new Date());
  setText($("#season"), "season", season);
  root.style.setProperty("--hue", paperHue(longitude).toFixed(1));
}

// Preferences

async function setUpPreferences() {
  await applyPreferences();
  document.title = t("title");
  onChangeElsewhere(["theme", "writing", "language"], applyPreferences);
  onChangeElsewhere(["liked"], () => document.querySelectorAll("article.card").forEach((card) => showLike(card)));
  onChangeElsewhere(["endpoint"], () => isEndpointOfTab() || start());
  systemDark.addEventListener("change", updateControls);
  for (const name of ["theme", "writing", "language"]) {
    $(`#${name}`).addEventListener("click", async () => {
      (await import("./preferences.js")).change(name, isDark());
      await applyPreferences();
      if (!$("#list-view").hidden) document.title = t("title");
    });
  }
  $("#about-open").addEventListener("click", async () => {
    const [{ showAbout }] = await Promise.all([import("./dialog.js"), loadMoreStyles()]);
    showAbout();
  });
}

async function applyPreferences() {
  root.dataset.theme = local.get("theme") ?? "";
  root.dataset.writing = local.get("writing") === "horizontal" ? "horizontal" : "vertical";
  const language = preferredLanguage(local.get("language"));
  if (language !== currentLanguage()) {
    // The markup is in Japanese: it is hidden until it is translated, so that nothing moves.
    document.body.classList.toggle("is-translating", language !== "ja" && currentLanguage() === null);
    await setLanguage(language).finally(() => document.body.classList.remove("is-translating"));
  }
  updateControls();
}

function isDark() {
  return (root.dataset.theme || (systemDark.matches ? "dark" : "light")) === "dark";
}

function updateControls() {
  setLabel($("#theme"), isDark() ? "toLight" : "toDark");
  setLabel($("#writing"), root.dataset.writing === "horizontal" ? "toVertical" : "toHorizontal");
  $("#language").lang = currentLanguage() === "ja" ? "en" : "ja";
}
