// What the page says: the reader's language alone is loaded (words-ja.js, words-en.js).
// An element is given a key once (`put`, or data-t in the markup) and follows the language from then on.

const LANGUAGES = ["ja", "en"];
const params = new WeakMap();
let language = "ja";
let words = {};
let dates = {};

/** What the reader `chose`, else the first of the browser's languages that the page speaks, else Japanese. */
export function preferredLanguage(chose) {
  const wanted = [chose, ...navigator.languages].map((tag) => String(tag).split("-")[0]);
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? "ja";
}

export function currentLanguage() {
  return language;
}

/** Makes the whole page speak a language ("ja" or "en"). */
export async function speak(tag) {
  words = (await import(`./words-${tag}.js`)).default;
  language = tag;
  const locale = tag === "ja" ? "ja-JP" : navigator.languages.find((l) => l.startsWith("en")) ?? "en-GB";
  const short = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  dates = {
    thisYear: new Intl.DateTimeFormat(locale, short),
    earlier: new Intl.DateTimeFormat(locale, { ...short, year: "numeric" }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }),
  };
  document.documentElement.lang = tag;
  translate(document);
}

export function word(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Gives an element its text. A value may itself be a `{ key, values }`, and no key at all empties the element. */
export function put(element, key, values = {}) {
  if (!key) {
    delete element.dataset.t;
    element.textContent = "";
    return;
  }
  element.dataset.t = key;
  params.set(element, values);
  say(element);
}

/** Gives a `<time>` the reader's own time, with the exact one on hover; `isLong` shows the exact one at once. */
export function putTime(element, iso, isLong = false) {
  element.dateTime = iso;
  element.dataset.long = isLong;
  sayTime(element);
}

/** An element's accessible name and tooltip. */
export function label(element, key) {
  element.dataset.tLabel = key;
  sayLabel(element);
}

/** Says everything within `root` again, in the present language. */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-t]")) say(element);
  for (const element of root.querySelectorAll("[data-t-label]")) sayLabel(element);
  for (const element of root.querySelectorAll("[data-t-placeholder]")) {
    element.placeholder = word(element.dataset.tPlaceholder);
  }
  for (const element of root.querySelectorAll("time[datetime]")) sayTime(element);
}

/** An error as a value for `put`: why it went wrong, in the reader's words. Errors that are not the API's are ours. */
export function reason(error) {
  if (!error.details) throw error;
  return { key: `error.${error.kind}`, values: error.details };
}

function say(element) {
  const values = Object.entries(params.get(element) ?? {}).map(([name, value]) => [
    name,
    value?.key ? word(value.key, value.values) : value,
  ]);
  element.textContent = word(element.dataset.t, Object.fromEntries(values));
}

function sayLabel(element) {
  const text = word(element.dataset.tLabel);
  element.setAttribute("aria-label", text);
  element.title = text;
}

function sayTime(element) {
  const date = new Date(element.dateTime);
  if (Number.isNaN(date.getTime())) {
    element.textContent = element.dateTime;
    return;
  }
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  element.title = dates.exact.format(date);
  if (element.dataset.long === "true") element.textContent = element.title;
  else element.textContent = (isThisYear ? dates.thisYear : dates.earlier).format(date);
}
