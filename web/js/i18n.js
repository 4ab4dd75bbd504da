// Localization. An element keeps its message key (`setText`, or data-i18n in the markup), so that `setLanguage` can
// translate the whole page again.

import { local } from "./storage.js";

const LANGUAGES = ["ja", "en"];
const messageValues = new WeakMap();
const timeFormats = new WeakMap();
let language = null;
let messages = {};
let dateFormats = {};

// Requested as soon as this module is loaded, before the rest of the page.
import(`./locales/${preferredLanguage(local.get("language"))}.js`).catch(() => {});

/** The stored choice, else the first supported language of the browser, else Japanese. */
export function preferredLanguage(stored) {
  const wanted = [stored, ...navigator.languages].map((tag) => String(tag).split("-")[0]);
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? "ja";
}

/** "ja" or "en"; null before `setLanguage`. */
export function currentLanguage() {
  return language;
}

/** Loads a language ("ja" or "en") and translates the page. */
export async function setLanguage(tag) {
  messages = (await import(`./locales/${tag}.js`)).default;
  language = tag;
  const locale = tag === "ja" ? "ja-JP" : navigator.languages.find((l) => l.startsWith("en")) ?? "en-GB";
  const short = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  dateFormats = {
    thisYear: new Intl.DateTimeFormat(locale, short),
    earlier: new Intl.DateTimeFormat(locale, { ...short, year: "numeric" }),
    full: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }),
  };
  document.documentElement.lang = tag;
  translate(document);
}

export function t(key, values = {}) {
  const text = messages[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Sets a message. A value may itself be a message `{ key, values }`; a null key clears the element. */
export function setText(element, key, values = {}) {
  if (!key) {
    delete element.dataset.i18n;
    element.textContent = "";
    return;
  }
  element.dataset.i18n = key;
  messageValues.set(element, values);
  renderText(element);
}

/** Shows the local time, with its full form as the tooltip. `format(date, language)` replaces the short form. */
export function setTime(element, iso, format = null) {
  element.dateTime = iso;
  timeFormats.set(element, format);
  renderTime(element);
}

/** Sets the accessible name and the tooltip. */
export function setLabel(element, key) {
  element.dataset.i18nLabel = key;
  renderLabel(element);
}

export function translate(root) {
  for (const element of root.querySelectorAll("[data-i18n]")) renderText(element);
  for (const element of root.querySelectorAll("[data-i18n-label]")) renderLabel(element);
  for (const element of root.querySelectorAll("[data-i18n-placeholder]")) {
    element.placeholder = t(element.dataset.i18nPlaceholder);
  }
  for (const element of root.querySelectorAll("time[datetime]")) renderTime(element);
}

/** The message of an error with `details`, as a value for `setText`. Rethrows any other error. */
export function errorMessage(error) {
  if (!error.details) throw error;
  return { key: `error.${error.kind}`, values: error.details };
}

function renderText(element) {
  const values = Object.entries(messageValues.get(element) ?? {}).map(([name, value]) => [
    name,
    value?.key ? t(value.key, value.values) : value,
  ]);
  element.textContent = t(element.dataset.i18n, Object.fromEntries(values));
}

function renderLabel(element) {
  const text = t(element.dataset.i18nLabel);
  element.setAttribute("aria-label", text);
  element.title = text;
}

function renderTime(element) {
  const date = new Date(element.dateTime);
  if (Number.isNaN(date.getTime())) {
    element.textContent = element.dateTime;
    return;
  }
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  element.title = dateFormats.full.format(date);
  const format = timeFormats.get(element);
  if (format) element.textContent = format(date, language);
  else element.textContent = (isThisYear ? dateFormats.thisYear : dateFormats.earlier).format(date);
}
