// Everything the page says, in Japanese and in English.
// An element is given a key once (`put`, or data-t in the markup) and follows the language from then on.

const JA = {
  title: "Bashoutter — 俳句のための静かな場所",
  tagline: "五・七・五で、つぶやく。",
  skip: "句の一覧へ",
  tools: "表示の切り替え",
  toHorizontal: "横書きにする",
  toVertical: "縦書きにする",
  toDark: "暗い配色にする",
  toLight: "明るい配色にする",
  about: "Bashoutter とは",
  close: "閉じる",
  otherLanguage: "English",
  connect: "つなぐ",
  compose: "一句詠む",
  first: "上五",
  second: "中七",
  third: "下五",
  username: "名前",
  firstExample: "古池や",
  secondExample: "蛙飛びこむ",
  thirdExample: "水の音",
  usernameExample: "芭蕉",
  post: "投稿する",
  postLatin: "POST",
  posting: "投稿しています…",
  posted: "投稿しました。",
  invite: "まず一句、書いてみましょう。",
  morae: "{count} / {target} 音",
  moraeFit: "{count} 音",
  moraeOver: "{count} 音・字余り",
  moraeTarget: "{target} 音",
  moraeUnknown: "かな以外は数えません",
  "fault.blank": "何か書いてください。",
  "fault.control": "改行やタブなど、目に見えない制御文字は使えません。",
  "fault.long": "{limit} 字までにしてください（いま {count} 字）。",
  feed: "新着の句",
  refresh: "更新",
  refreshLatin: "REFRESH",
  loading: "読み込んでいます…",
  retry: "もう一度",
  useDefault: "このサイトの API に戻す",
  empty: "池はまだ、静かです。",
  emptyNote: "最初の一句をどうぞ。",
  more: "続きを読む",
  end: "ここまでです",
  back: "← 一覧に戻る",
  single: "一句",
  like: "いいね",
  menu: "この句のメニュー",
  openSingle: "この句だけを開く",
  deleteMenu: "削除…",
  sending: "投稿中…",
  confirmDelete: "この句を削除しますか",
  confirmNote: "元には戻せません。",
  delete: "削除する",
  keep: "やめる",
  deleted: "削除しました。",
  failedPost: "投稿できませんでした。{reason} 書いた句は残してあります。",
  failedLike: "いいねを届けられませんでした。{reason}",
  failedDelete: "削除できませんでした。{reason}",
  failedMore: "続きを読み込めませんでした。{reason}",
  "error.none": "API Endpoint URL に、Bashoutter の API の URL を入れてください。",
  "error.invalid": "URL として読めません。https:// から始まる API の URL を入れてください。",
  "error.unreachable": "{host} につながりません。URL が正しいか、API が動いているか、通信できる状態かを確かめてください。",
  "error.insecure": "このページは https なので、http の API（{host}）にはつながりません。https の URL を入れてください。",
  "error.timeout": "{host} からの返事がありません。しばらくしてから、もう一度お試しください。",
  "error.notApi": "{host} から返事はありましたが、Bashoutter の API ではないようです。URL を確かめてください。",
  "error.missing": "この句は見つかりません。削除されたのかもしれません。",
  "error.rejected": "API が受け付けませんでした（{description}）。",
  "error.busy": "混み合っています。少し待ってから、もう一度お試しください。",
  "error.broken": "API に不具合が起きています（{status}）。少し待ってから、もう一度お試しください。",
};

const EN = {
  title: "Bashoutter — a quiet place for haiku",
  tagline: "Say it in five, seven, five.",
  skip: "Skip to the haiku",
  tools: "Display",
  toHorizontal: "Horizontal writing",
  toVertical: "Vertical writing",
  toDark: "Dark colours",
  toLight: "Light colours",
  about: "About Bashoutter",
  close: "Close",
  otherLanguage: "日本語",
  connect: "Connect",
  compose: "Write a haiku",
  first: "First line",
  second: "Second line",
  third: "Third line",
  username: "Name",
  firstExample: "the old pond —",
  secondExample: "a frog leaps in,",
  thirdExample: "the sound of water",
  usernameExample: "Bashō",
  post: "Post",
  postLatin: "",
  posting: "Posting…",
  posted: "Posted.",
  invite: "Write a line first.",
  morae: "{count} of {target} sounds",
  moraeFit: "{count} sounds",
  moraeOver: "{count} sounds, more than {target}",
  moraeTarget: "{target} sounds",
  moraeUnknown: "only kana is counted",
  "fault.blank": "Please write something here.",
  "fault.control": "Line breaks, tabs and other control characters cannot be used.",
  "fault.long": "At most {limit} characters, please (now {count}).",
  feed: "New haiku",
  refresh: "Refresh",
  refreshLatin: "",
  loading: "Loading…",
  retry: "Try again",
  useDefault: "Use this site’s own API",
  empty: "The pond is still quiet.",
  emptyNote: "Yours could be the first sound.",
  more: "More haiku",
  end: "No more haiku",
  back: "← All haiku",
  single: "A haiku",
  like: "Like",
  menu: "Menu of this haiku",
  openSingle: "Open this haiku alone",
  deleteMenu: "Delete…",
  sending: "Posting…",
  confirmDelete: "Delete this haiku?",
  confirmNote: "This cannot be undone.",
  delete: "Delete",
  keep: "Keep it",
  deleted: "Deleted.",
  failedPost: "Your haiku was not posted. {reason} What you wrote is still in the form.",
  failedLike: "Your like did not get through. {reason}",
  failedDelete: "The haiku was not deleted. {reason}",
  failedMore: "More haiku could not be loaded. {reason}",
  "error.none": "Please enter the URL of a Bashoutter API as API Endpoint URL.",
  "error.invalid": "This is not a URL. Please enter the API’s URL, beginning with https://.",
  "error.unreachable": "{host} cannot be reached. Is the URL right, the API running, and this device online?",
  "error.insecure": "This page came over https, so it cannot reach an http API ({host}). Please enter an https URL.",
  "error.timeout": "{host} does not answer. Please try again a little later.",
  "error.notApi": "{host} answers, but not like a Bashoutter API. Please check the URL.",
  "error.missing": "This haiku cannot be found. It may have been deleted.",
  "error.rejected": "The API did not accept it ({description}).",
  "error.busy": "The API is busy. Please wait a moment and try again.",
  "error.broken": "The API has a problem ({status}). Please wait a moment and try again.",
};

const LANGUAGES = { ja: JA, en: EN };
const params = new WeakMap();
let language = "ja";
let dates = {};

/** What the reader `chose`, else the first of the browser's languages that the page speaks, else Japanese. */
export function preferredLanguage(chose) {
  const wanted = [chose, ...navigator.languages].map((tag) => String(tag).split("-")[0]);
  return wanted.find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "ja";
}

export function currentLanguage() {
  return language;
}

/** Makes the whole page speak a language ("ja" or "en"). */
export function speak(tag) {
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
  const text = LANGUAGES[language][key] ?? key;
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
