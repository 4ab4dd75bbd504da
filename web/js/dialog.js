// The two things that the page says in front of everything else: what it is, and "are you sure?".
// Loaded when one of them is asked for.

import { currentLanguage, put } from "./words.js";

const ABOUT = {
  ja: [
    "五・七・五の俳句を読み、詠み、心にとまった句に印をつけるための、静かな場所です。登録はいりません。",
    "音の数は目安です。字余りも字足らずも、漢字も、ほかの言葉も歓迎します。Enter で次の行へ進み、Ctrl + Enter で投稿します。三行をまとめて貼り付けることもできます。",
    "句は「API Endpoint URL」の先に置かれます。別の Bashoutter の API を開くには、欄を書き換えるか、このページの URL に ?⁠api=… を付けてください。",
  ],
  en: [
    "A quiet place to read haiku, to write them, and to mark those that stay with you. No account needed.",
    "The count of sounds is only a hint. Too many, too few, kanji, any language: all are welcome. Enter moves to the next line, Ctrl + Enter posts, and three lines can be pasted at once.",
    "The haiku live behind the “API Endpoint URL”. To open another Bashoutter API, edit the box or add ?⁠api=… to the address of this page.",
  ],
};

/** What this page is, in a few sentences. */
export async function showAbout() {
  await ask("about", ABOUT[currentLanguage()].map((sentences) => make("p", { text: sentences })), [
    make("button", { className: "quiet", key: "close", value: "" }),
  ]);
}

/** Shows the poem once more and asks; resolves to whether the reader means it. */
export async function confirmDeletion(verses) {
  const poem = make("blockquote");
  for (const verse of verses) {
    const line = make("p");
    line.append(make("bdi", { text: verse }));
    poem.append(line);
  }
  const answer = await ask("confirmDelete", [poem, make("p", { className: "dialog-note", key: "confirmNote" })], [
    make("button", { className: "quiet", key: "keep", value: "" }),
    make("button", { className: "primary", key: "delete", value: "yes" }),
  ]);
  return answer === "yes";
}

/** Resolves to the value of the button that closed the dialog; Escape is as good as the first one. */
function ask(titleKey, content, buttons) {
  const dialog = document.querySelector("#dialog");
  const title = make("h2", { key: titleKey });
  title.id = "dialog-title";
  const actions = make("p", { className: "dialog-actions" });
  actions.append(...buttons);
  dialog.replaceChildren(title, ...content, actions);
  for (const button of buttons) {
    button.type = "button";
    button.onclick = () => dialog.close(button.value);
  }
  dialog.returnValue = "";
  dialog.showModal();
  buttons[0].focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

function make(tag, { className = "", key, text, value } = {}) {
  const element = document.createElement(tag);
  element.className = className;
  if (key) put(element, key);
  if (text) element.textContent = text;
  if (value !== undefined) element.value = value;
  return element;
}
