// Puts the page together: the reader's preferences, the API's address, the form, the list and the single haiku.

import { Api } from "./api.js";
import { setUpCompose } from "./compose.js";
import { Feed } from "./feed.js";
import { findEndpoint, lasting, parseEndpoint, rememberEndpoint, siteEndpoint } from "./settings.js";
import { currentLanguage, label, preferredLanguage, put, speak, word } from "./words.js";

const $ = (selector) => document.querySelector(selector);
const NOTICE_MS = 8_000;

let api = null;
let left = { scroll: 0, focus: null }; // where the reader was in the list
let noticeTimer;

await setUpPreferences();
$("#about-open").addEventListener("click", async () => (await import("./dialog.js")).showAbout());
const feed = new Feed({ notify, onTrouble: offerSiteEndpoint });
setUpCompose({ post, notify });
setUpEndpoint();
addEventListener("hashchange", route);
start();

async function start() {
  const { text, base } = await findEndpoint();
  $("#endpoint").value = text;
  await use(base, text);
}

/** From now on the page talks to the API at `base`, or to none if what was asked for is no address. */
async function use(base, text) {
  const problem = base ? null : text.trim() ? "error.invalid" : "error.none";
  api = base && new Api(base);
  put($("#endpoint-error"), problem);
  if (problem) $("#endpoint").setAttribute("aria-invalid", "true");
  else $("#endpoint").removeAttribute("aria-invalid");
  $("#endpoint-default").hidden = true;
  if (problem) offerSiteEndpoint();
  await Promise.all([feed.open(api), route()]);
}

async function post(haiku, key) {
  if (!api) {
    $("#endpoint").focus();
    throw Object.assign(new Error("no API"), { kind: "none", details: {} });
  }
  const announced = feed.announce(haiku);
  try {
    announced.confirm(await api.post(haiku, key));
  } catch (error) {
    announced.withdraw();
    throw error;
  }
}

/** Says how something went, in the reader's language, for some seconds. */
function notify(key, values) {
  clearTimeout(noticeTimer);
  put($("#notice"), key, values);
  noticeTimer = setTimeout(() => put($("#notice"), null), NOTICE_MS);
}

function setUpEndpoint() {
  const box = $("#endpoint");
  $("#endpoint-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const base = parseEndpoint(box.value);
    if (base) {
      box.value = base;
      rememberEndpoint(base);
    }
    use(base, box.value);
  });
  $("#endpoint-default").addEventListener("click", () => {
    rememberEndpoint(null);
    box.focus();
    start();
  });
}

/** Where the chosen API does not work, there may be the one that this page was deployed with. */
async function offerSiteEndpoint() {
  const troubled = api;
  const site = await siteEndpoint();
  if (api === troubled) $("#endpoint-default").hidden = !site || site === api?.base;
}

/** `#/haiku/{id}` is one haiku, everything else the list. */
async function route() {
  const [, id] = /^#\/haiku\/([^/]+)$/.exec(location.hash) ?? [];
  const wasSingle = !$("#single-view").hidden;
  if (id && !wasSingle) left = { scroll: scrollY, focus: document.activeElement };
  $("#list-view").hidden = Boolean(id);
  $("#single-view").hidden = !id;
  if (id) await openSingle(id);
  else if (wasSingle) await closeSingle();
}

async function openSingle(encodedId) {
  scrollTo(0, 0);
  $("#single-title").focus({ preventScroll: true });
  if (!api) return;
  const { showSingle } = await import("./single.js");
  await showSingle(encodedId, { api, notify, onGone });
}

async function closeSingle() {
  const { hideSingle } = await import("./single.js");
  hideSingle();
  document.title = word("title");
  scrollTo(0, left.scroll);
  left.focus?.focus({ preventScroll: true });
}

function onGone(id) {
  feed.drop(id);
  location.hash = "#/";
}

async function setUpPreferences() {
  const root = document.documentElement;
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (systemDark.matches ? "dark" : "light")) === "dark";
  const show = () => {
    label($("#theme"), isDark() ? "toLight" : "toDark");
    label($("#writing"), root.dataset.writing === "horizontal" ? "toVertical" : "toHorizontal");
    put($("#language"), "otherLanguage");
    $("#language").lang = currentLanguage() === "ja" ? "en" : "ja";
  };
  const change = (name, value) => {
    root.dataset[name] = value;
    lasting.remember(name, value);
    show();
  };

  root.dataset.theme = lasting.recall("theme") ?? "";
  if (lasting.recall("writing") === "horizontal") root.dataset.writing = "horizontal";
  await speak(preferredLanguage(lasting.recall("language")));
  document.title = word("title");
  show();

  systemDark.addEventListener("change", show);
  // Whoever switches back to what the system says follows the system again.
  $("#theme").addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    change("theme", (theme === "dark") === systemDark.matches ? "" : theme);
  });
  $("#writing").addEventListener("click", () => {
    change("writing", root.dataset.writing === "horizontal" ? "vertical" : "horizontal");
  });
  $("#language").addEventListener("click", async () => {
    const next = currentLanguage() === "ja" ? "en" : "ja";
    await speak(next);
    lasting.remember("language", next);
    if (!$("#list-view").hidden) document.title = word("title");
    show();
  });
}
