// The modal dialogs "about" and the confirmation of a deletion. picture.js shows the third.

import { currentLanguage, setText } from "./i18n.js";

const ABOUT = {
  ja: [
    "五・七・五の俳句を読み、詠み、気に入った句に「いいね」を付けるための、静かな場所です。登録は必要ありません。",
    "音の数は目安です。字余りも字足らずも、漢字も、ほかの言語も歓迎します。Enter で次の行へ進み、Ctrl + Enter で投稿します。三行をまとめて貼り付けることもできます。一覧では J と K、または左右の矢印キーで句を移れます。",
    "句は「API Endpoint URL」の API に保存されます。別の Bashoutter の API を使うには、「API」を押して欄を書き換えるか、このページの URL に ?⁠api=… を付けてください（そのタブだけで有効です）。",
  ],
  en: [
    "A quiet place to read, write and like haiku. No account needed.",
    "The number of sounds is only a hint. Too many, too few, kanji, any language: all are welcome. Enter moves to the next line, Ctrl\u00a0+\u00a0Enter posts, and you can paste three lines at once. J and K, or the left and right arrow keys, move between haiku.",
    "Haiku are stored by the API at the “API Endpoint URL”. To use another Bashoutter API, press “API” and edit the field, or add ?⁠api=… to the URL of this page (for that tab only).",
  ],
};

const CONFIRMATION = {
  ja: { title: "この句を削除しますか？", note: "元に戻すことはできません。", cancel: "キャンセル", delete: "削除する" },
  en: { title: "Delete this haiku?", note: "This cannot be undone.", cancel: "Cancel", delete: "Delete" },
};

export async function showAbout() {
  await showDialog(createElement("h2", { key: "about" }), ABOUT[currentLanguage()].map((text) => createElement("p", { text })), [
    createElement("button", { className: "secondary", key: "close", value: "" }),
  ]);
}

/** Shows the poem and resolves to whether the user confirmed. */
export async function confirmDeletion(verses) {
  const texts = CONFIRMATION[currentLanguage()];
  const poem = createElement("blockquote");
  for (const verse of verses) {
    const line = createElement("p");
    line.append(createElement("bdi", { text: verse }));
    poem.append(line);
  }
  const note = createElement("p", { className: "dialog-note", text: texts.note });
  const value = await showDialog(createElement("h2", { text: texts.title }), [poem, note], [
    createElement("button", { className: "secondary", text: texts.cancel, value: "" }),
    createElement("button", { className: "danger", text: texts.delete, value: "yes" }),
  ]);
  return value === "yes";
}

/** Resolves to the value of the button that closed the dialog, or "" after Escape. */
function showDialog(title, content, buttons) {
  const dialog = document.querySelector("#dialog");
  title.id = "dialog-title";
  const actions = createElement("p", { className: "dialog-actions" });
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

function createElement(tag, { className = "", key, text, value } = {}) {
  const element = document.createElement(tag);
  element.className = className;
  if (key) setText(element, key);
  if (text) element.textContent = text;
  if (value !== undefined) element.value = value;
  return element;
}
