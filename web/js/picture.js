// The poem as a picture of a tanzaku, drawn on a canvas. Loaded on first use.

import { authorOf, languageOf, runsOf, splitGraphemes, summaryOf, versesOf } from "./card.js";
import { currentLanguage } from "./i18n.js";

const MESSAGES = {
  ja: { title: "短冊", alt: "短冊に書いた句", close: "閉じる", light: "白い紙", dark: "黒い紙", save: "保存する" },
  en: { title: "Tanzaku", alt: "On a strip of paper", close: "Close", light: "White paper", dark: "Black paper", save: "Save" },
};
const WIDTH = 1080;
const HEIGHT = 1350;
const COLORS = {
  light: { paper: "#f0e9dc", strip: "#fffdf8", text: "#2a2520", muted: "#6b6256", seal: "#b2382a", onSeal: "#fff8f3" },
  dark: { paper: "#151311", strip: "#25211d", text: "#efe8dc", muted: "#a99f90", seal: "#b8432f", onSeal: "#fff8f3" },
};
const SERIF = '"Hiragino Mincho ProN", "Yu Mincho", "Noto Serif CJK JP", "Noto Serif JP", Georgia, serif';

/** Characters that vertical writing turns by 90°. */
const ROTATED = /^[ー〜～…‥―—–\-=＝:：;；「」『』（）()〈〉《》【】［］[\]｛｝{}→←]$/;
const SMALL = /^[ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ]$/;
const COMMA = /^[、。，．]$/;

/** Shows the picture in a dialog from which it can be saved. */
export function showPicture(haiku, returnFocus) {
  const dialog = document.querySelector("#dialog");
  const title = document.createElement("h2");
  title.id = "dialog-title";
  const messages = MESSAGES[currentLanguage()];
  title.textContent = messages.title;
  const canvas = document.createElement("canvas");
  canvas.className = "picture";
  canvas.role = "img";
  canvas.setAttribute("aria-label", `${messages.alt}: ${summaryOf(haiku)}`);
  const root = document.documentElement;
  const isDark = (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  let scheme = isDark ? "dark" : "light";
  drawTanzaku(canvas, haiku, scheme);

  const actions = document.createElement("p");
  actions.className = "dialog-actions";
  const button = (key, className, action) => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = className;
    element.textContent = messages[key];
    element.addEventListener("click", () => action(element));
    return element;
  };
  const other = () => (scheme === "dark" ? "light" : "dark");
  actions.append(
    button("close", "secondary", () => dialog.close()),
    button(other(), "secondary", (element) => {
      scheme = other();
      drawTanzaku(canvas, haiku, scheme);
      element.textContent = messages[other()];
    }),
    button("save", "primary", () => save(canvas, haiku)),
  );
  dialog.replaceChildren(title, canvas, actions);
  dialog.addEventListener("close", returnFocus, { once: true });
  dialog.showModal();
  actions.lastElementChild.focus();
}

function save(canvas, haiku) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `haiku-${String(haiku.item_id).slice(0, 8)}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }, "image/png");
}

/** Draws the poem in 1080 × 1350 pixels; `scheme` is "light" or "dark". */
export function drawTanzaku(canvas, haiku, scheme) {
  const colors = COLORS[scheme];
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d");
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const verses = versesOf(haiku);
  const isVertical = languageOf(verses.join("")) !== "";
  const strip = isVertical ? { x: 270, y: 75, width: 540, height: 1200 } : { x: 75, y: 275, width: 930, height: 800 };
  context.save();
  context.shadowColor = "rgb(0 0 0 / 0.22)";
  context.shadowBlur = 36;
  context.shadowOffsetY = 10;
  context.fillStyle = colors.strip;
  context.fillRect(strip.x, strip.y, strip.width, strip.height);
  context.restore();
  context.fillStyle = colors.text;
  context.textBaseline = "middle";
  context.textAlign = "center";
  if (isVertical) drawColumns(context, verses, authorOf(haiku), strip, colors);
  else drawRows(context, verses, authorOf(haiku), strip, colors);
}

function drawColumns(context, verses, author, strip, colors) {
  const lines = verses.map(runsOf);
  const length = (runs) => runs.reduce((sum, { cells }) => sum + cells, 0);
  const longest = Math.max(8, ...lines.map((runs, index) => length(runs) + index));
  const size = Math.min(96, (strip.height - 190) / (longest * 1.1));
  const gap = Math.min(132, size * 1.75);
  lines.forEach((runs, index) => {
    context.font = `500 ${size}px ${SERIF}`;
    context.fillStyle = colors.text;
    drawColumn(context, runs, strip.x + strip.width / 2 + gap * (1.3 - index), strip.y + 95 + index * size * 1.1, size);
  });
  const runs = runsOf(author);
  const nameSize = Math.min(38, (strip.height - 400) / (Math.max(1, length(runs)) * 1.1));
  context.font = `400 ${nameSize}px ${SERIF}`;
  context.fillStyle = colors.muted;
  const x = strip.x + strip.width / 2 - gap * 1.5;
  const top = strip.y + strip.height - 170 - length(runs) * nameSize * 1.1;
  drawColumn(context, runs, x, top, nameSize);
  drawSeal(context, author, x, strip.y + strip.height - 115, colors);
}

/** Draws a column of text down from `top`, centered on `x`. */
function drawColumn(context, runs, x, top, size) {
  let y = top;
  for (const { text, kind, cells } of runs) {
    const advance = cells * size * 1.1;
    context.save();
    context.translate(x, y + advance / 2);
    const isWord = kind === "plain" && /^[0-9A-Za-z]+$/.test(text);
    if (kind === "upright") {
      [...text].forEach((digit, index) => context.fillText(digit, 0, (index - (text.length - 1) / 2) * size * 1.1));
    } else {
      if (isWord || ROTATED.test(text)) context.rotate(Math.PI / 2);
      else if (COMMA.test(text)) context.translate(size * 0.62, -size * 0.62);
      else if (SMALL.test(text)) context.translate(size * 0.1, -size * 0.1);
      // The maximum width squeezes a number of two digits into its cell.
      context.fillText(text, 0, 0, kind === "combined" ? size : undefined);
    }
    context.restore();
    y += advance;
  }
}

function drawRows(context, verses, author, strip, colors) {
  const space = strip.width - 140;
  context.font = `500 70px ${SERIF}`;
  const widest = Math.max(1, ...verses.map((verse) => context.measureText(verse).width));
  const size = Math.max(24, Math.min(70, (70 * space) / widest));
  context.font = `500 ${size}px ${SERIF}`;
  const center = strip.x + strip.width / 2;
  verses.forEach((verse, index) => {
    context.fillText(verse, center, strip.y + strip.height / 2 + (index - 1.5) * size * 1.9, space);
  });
  context.font = `400 36px ${SERIF}`;
  context.fillStyle = colors.muted;
  const y = strip.y + strip.height - 100;
  context.fillText(author, center - 40, y, space - 100);
  drawSeal(context, author, center + Math.min(space - 100, context.measureText(author).width) / 2 + 20, y, colors);
}

function drawSeal(context, author, x, y, colors) {
  const [initial = ""] = splitGraphemes(author.trim());
  context.save();
  context.translate(x, y);
  context.rotate((-2 * Math.PI) / 180);
  context.fillStyle = colors.seal;
  context.beginPath();
  if (context.roundRect) context.roundRect(-32, -32, 64, 64, [9, 13, 7, 12]);
  else context.rect(-32, -32, 64, 64);
  context.fill();
  context.fillStyle = colors.onSeal;
  context.font = `500 42px ${SERIF}`;
  context.fillText(initial, 0, 2, 54);
  context.restore();
}
