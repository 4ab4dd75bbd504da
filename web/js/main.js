// The entry point: preferences, endpoint, routing, and the wiring of the form, the list and the detail view.

import { Api, defaultEndpoint, findEndpoint, parseEndpoint, storeEndpoint } from "./api.js";
import { setUpCompose } from "./compose.js";
import { Feed } from "./feed.js";
import { currentLanguage, preferredLanguage, setLabel, setLanguage, setText, t } from "./i18n.js";
import { local } from "./storage.js";

const $ = (selector) => document.querySelector(selector);
const TOAST_MS = 8_000;

let api = null;
let listPosition = { scroll: 0, focus: null }; // restored on the way back from the detail view
let toastTimer;

await setUpPreferences();
$("#about-open").addEventListener("click", async () => (await import("./dialog.js")).showAbout());
const feed = new Feed({ notify, onLoadError: offerDefaultEndpoint });
setUpCompose({ post, notify });
setUpEndpoint();
addEventListener("hashchange", route);
start();

async function start() {
  const { text, base } = await findEndpoint();
  $("#endpoint").value = text;
  await useEndpoint(base, text);
}

/** Switches to the API at `base`; null if `text` is not a valid URL. */
async function useEndpoint(base, text) {
  const problem = base ? null : text.trim() ? "error.invalidEndpoint" : "error.noEndpoint";
  api = base && new Api(base);
  setText($("#endpoint-error"), problem);
  if (problem) $("#endpoint").setAttribute("aria-invalid", "true");
  else $("#endpoint").removeAttribute("aria-invalid");
  $("#endpoint-default").hidden = true;
  if (problem) offerDefaultEndpoint();
  await Promise.all([feed.open(api), route()]);
}

async function post(haiku, key) {
  if (!api) {
    $("#endpoint").focus();
    throw Object.assign(new Error("no API"), { kind: "noEndpoint", details: {} });
  }
  const optimistic = feed.addOptimistic(haiku);
  try {
    optimistic.commit(await api.post(haiku, key));
  } catch (error) {
    optimistic.rollback();
    throw error;
  }
}

function notify(key, values) {
  clearTimeout(toastTimer);
  setText($("#toast"), key, values);
  toastTimer = setTimeout(() => setText($("#toast"), null), TOAST_MS);
}

function setUpEndpoint() {
  const input = $("#endpoint");
  $("#endpoint-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const base = parseEndpoint(input.value);
    if (base) {
      input.value = base;
      storeEndpoint(base);
    }
    useEndpoint(base, input.value);
  });
  $("#endpoint-default").addEventListener("click", () => {
    storeEndpoint(null);
    input.focus();
    start();
  });
}

/** Shows the button that returns to the default API if that is not the one that failed. */
async function offerDefaultEndpoint() {
  const failed = api;
  const base = await defaultEndpoint();
  if (api === failed) $("#endpoint-default").hidden = !base || base === api?.base;
}

/** `#/haiku/{id}` is the detail view, any other hash the list. */
async function route() {
  const [, id] = /^#\/haiku\/([^/]+)$/.exec(location.hash) ?? [];
  const wasDetail = !$("#detail-view").hidden;
  if (id && !wasDetail) listPosition = { scroll: scrollY, focus: document.activeElement };
  $("#list-view").hidden = Boolean(id);
  $("#detail-view").hidden = !id;
  if (id) await openDetail(id);
  else if (wasDetail) await closeDetail();
}

async function openDetail(encodedId) {
  scrollTo(0, 0);
  $("#detail-title").focus({ preventScroll: true });
  if (!api) return;
  const { showDetail } = await import("./detail.js");
  await showDetail(encodedId, { api, notify, onDeleted });
}

async function closeDetail() {
  const { hideDetail } = await import("./detail.js");
  hideDetail();
  document.title = t("title");
  scrollTo(0, listPosition.scroll);
  listPosition.focus?.focus({ preventScroll: true });
}

function onDeleted(id) {
  feed.remove(id);
  location.hash = "#/";
}

async function setUpPreferences() {
  const root = document.documentElement;
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (systemDark.matches ? "dark" : "light")) === "dark";
  const updateControls = () => {
    setLabel($("#theme"), isDark() ? "toLight" : "toDark");
    setLabel($("#writing"), root.dataset.writing === "horizontal" ? "toVertical" : "toHorizontal");
    setText($("#language"), "otherLanguage");
    $("#language").lang = currentLanguage() === "ja" ? "en" : "ja";
  };
  const change = (name, value) => {
    root.dataset[name] = value;
    local.set(name, value);
    updateControls();
  };

  root.dataset.theme = local.get("theme") ?? "";
  if (local.get("writing") === "horizontal") root.dataset.writing = "horizontal";
  await setLanguage(preferredLanguage(local.get("language")));
  document.title = t("title");
  updateControls();

  systemDark.addEventListener("change", updateControls);
  // Choosing the system's theme means following the system again.
  $("#theme").addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    change("theme", (theme === "dark") === systemDark.matches ? "" : theme);
  });
  $("#writing").addEventListener("click", () => {
    change("writing", root.dataset.writing === "horizontal" ? "vertical" : "horizontal");
  });
  $("#language").addEventListener("click", async () => {
    const next = currentLanguage() === "ja" ? "en" : "ja";
    await setLanguage(next);
    local.set("language", next);
    if (!$("#list-view").hidden) document.title = t("title");
    updateControls();
  });
}
