import { currentLanguage } from "./i18n.js";
import { local } from "./storage.js";

/** Switches the theme, the writing direction or the language to the other value. */
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
