// What is settled before the reader does anything: what this browser remembers, and where the API is.

function memory(storage) {
  const attempt = (action) => {
    try {
      return action(storage()) ?? null;
    } catch {
      return null;
    }
  };
  return {
    recall: (name) => attempt((s) => JSON.parse(s.getItem(`bashoutter.${name}`))),
    remember: (name, value) => attempt((s) => s.setItem(`bashoutter.${name}`, JSON.stringify(value))),
  };
}

/** What this browser remembers. It may refuse to; the page then works without a memory. */
export const lasting = memory(() => localStorage);
/** What this tab remembers when it is reloaded. */
export const passing = memory(() => sessionStorage);

/** The base of an API (no slash at its end) that a reader's text means, or null if the text is no http(s) address. */
export function parseEndpoint(text) {
  let address = text.trim();
  if (!address || /\s/.test(address)) return null;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) {
    const isLocal = /^(localhost|127\.|\[::1\])/i.test(address);
    address = `${isLocal ? "http" : "https"}://${address}`;
  }
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  // fetch() refuses addresses that carry a password.
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) return null;
  // People paste the address of the list, too.
  const path = url.pathname.replace(/\/+$/, "").replace(/\/haiku$/, "").replace(/\/+$/, "");
  return url.origin + path;
}

/** The API that this deployment of the page belongs to, or null if config.json is missing or makes no sense. */
export async function siteEndpoint() {
  try {
    const reply = await fetch("config.json", { cache: "no-cache" });
    const { apiEndpoint } = await reply.json();
    return parseEndpoint(new URL(apiEndpoint, document.baseURI).href);
  } catch {
    return null;
  }
}

/**
 * The API that the page's address asks for (`?api=…`), else the one that this browser used last, else the site's own:
 * `{ text, base }`, what to show in the box, and the API it means (null if none).
 */
export async function findEndpoint() {
  const asked = new URLSearchParams(location.search).get("api");
  if (asked !== null) {
    const base = parseEndpoint(asked);
    if (base) lasting.remember("endpoint", base);
    return { text: base ?? asked, base };
  }
  const base = parseEndpoint(String(lasting.recall("endpoint") ?? "")) ?? (await siteEndpoint());
  return { text: base ?? "", base };
}

/** Keeps the endpoint that the reader chose, also against an `?api=…` in the page's address; null is the site's own. */
export function rememberEndpoint(base) {
  lasting.remember("endpoint", base);
  const url = new URL(location.href);
  if (!url.searchParams.has("api")) return;
  url.searchParams.delete("api");
  history.replaceState(history.state, "", url);
}
