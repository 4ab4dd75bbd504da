import { currentLanguage } from "./i18n.js";
import { local } from "./storage.js";

/** Stores the other value of `name` (theme, writing or language). `isDark`: whether the page is dark now. */
export function change(name, isDark) {
  if (name === "theme") {
    const theme = isDark ? "light" : "dark";
    const isSystemDark = matchMedia("(prefers-color-scheme: dark)").matches;
    // Choosing the system's theme means following the system again.
    local.set("theme", (theme === "dark") === isSystemDark ? "" : theme);
  } else if (name === "writing") {
    local.set("writing", document.documentElement.dataset.writing === "horizontal" ? "vertical" : "horizontal");
  } else {
    local.set("language", currentLanguage() === "ja" ? "en" : "ja");
  }
}
