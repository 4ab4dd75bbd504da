// Sharing a haiku: its link, the system's share sheet, or a picture. Loaded on first use.

import { authorOf, summaryOf, versesOf } from "./card.js";
import { currentLanguage } from "./i18n.js";

/** `how` is "copy", "share" or "picture"; `returnFocus()` is called when a dialog closes. */
export async function share(how, haiku, { api, fallback, notify, returnFocus }) {
  if (how === "picture") {
    const module = await import("./picture.js").catch(() => notify("failedLoad"));
    return module?.showPicture(haiku, returnFocus);
  }
  const url = new URL(location.pathname, location.href);
  if (api.base !== (await fallback)) url.searchParams.set("api", api.base);
  url.hash = `/haiku/${encodeURIComponent(haiku.item_id)}`;
  if (how === "share" && navigator.share) {
    try {
      await navigator.share({
        title: summaryOf(haiku),
        text: `${versesOf(haiku).join(currentLanguage() === "ja" ? "　" : " / ")}\n${authorOf(haiku)}`,
        url: url.href,
      });
      return;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
  }
  notify((await copy(url.href)) ? "copied" : "notCopied", { url: url.href });
}

/** navigator.clipboard requires a secure context; S3 website hosting is plain HTTP. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    field.setAttribute("aria-hidden", "true");
    const focused = document.activeElement;
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    focused?.focus({ preventScroll: true });
    return isCopied;
  }
}
