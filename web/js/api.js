// A client of the HTTP API, see openapi/bashoutter.yaml, and the endpoint that it connects to.

import { local, session } from "./storage.js";

const PAGE_SIZE = 30;

/** API Gateway's own limit is 30 seconds. */
const TIMEOUT_MS = 31_000;

/**
 * A failed request. `kind` is one of
 * unreachable · timeout · notApi (another service) · forbidden (401, 403 or 405, except to GET) ·
 * notFound (404) · rejected (other 4xx) · unavailable (429, 503) · server (other 5xx);
 * `details` has `host` and, where known, `status` and the `description` from the API.
 */
export class ApiError extends Error {
  constructor(kind, details) {
    super(`${kind}: ${JSON.stringify(details)}`);
    this.kind = kind;
    this.details = details;
  }
}

export class Api {
  #base;

  constructor(base) {
    this.#base = base;
  }

  get base() {
    return this.#base;
  }

  /**
   * A page of the list, newest first: `{ haiku, next }`; `next` is the URL of the next page or null, `page` that of this
   * one. The first page has at most `limit` haiku.
   */
  async list({ page, limit = PAGE_SIZE, signal } = {}) {
    // "no-cache": the browser revalidates its copy with If-None-Match if the API sent an ETag.
    const response = await this.#send("GET", page ?? `${this.#base}/haiku?limit=${limit}`, { signal, cache: "no-cache" });
    if (!Array.isArray(response.body)) throw this.#error("notApi", response);
    const link = /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(response.headers.get("Link") ?? "");
    if (!link) return { haiku: response.body, next: null };
    const next = new URL(link[1], response.url);
    if (next.searchParams.has("limit")) next.searchParams.set("limit", PAGE_SIZE);
    return { haiku: response.body, next: next.href };
  }

  /** One haiku, by a consistent read: it also finds one that the list does not have yet. */
  async get(id, { signal } = {}) {
    const response = await this.#send("GET", this.#urlOf(id), { signal });
    if (typeof response.body?.item_id !== "string") throw this.#error("notApi", response);
    return response.body;
  }

  /** Posts a haiku and returns its id, or null if the response has none. A retry must send the same key. */
  async post(haiku, key) {
    const response = await this.#send("POST", `${this.#base}/haiku`, {
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(haiku),
    });
    if (typeof response.body?.description !== "string") throw this.#error("notApi", response);
    return /([^/]+)$/.exec(response.headers.get("Location") ?? "")?.[1] ?? null;
  }

  /** Adds a like and returns the new count, or null if the response has none. A retry must send the same key. */
  async like(id, key) {
    const { body } = await this.#send("PATCH", this.#urlOf(id), { headers: { "Idempotency-Key": key } });
    return Number.isSafeInteger(body?.likes) ? body.likes : null;
  }

  /** Deletes a haiku; succeeds if it does not exist. */
  async delete(id) {
    await this.#send("DELETE", this.#urlOf(id));
  }

  #urlOf(id) {
    return `${this.#base}/haiku/${encodeURIComponent(id)}`;
  }

  /** Retries once if the API is unreachable; not PATCH: an API that ignores the key would count the like twice. */
  async #send(method, url, options) {
    try {
      return await this.#sendOnce(method, url, options);
    } catch (error) {
      if (error.kind !== "unreachable" || method === "PATCH") throw error;
      return this.#sendOnce(method, url, options);
    }
  }

  /** A 2xx response; `body` is undefined if it is not JSON. Otherwise throws. */
  async #sendOnce(method, requestUrl, { signal, ...options } = {}) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response, text;
    try {
      response = await fetch(requestUrl, {
        method,
        cache: "no-store",
        ...options,
        credentials: "omit",
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.#error(timeout.aborted ? "timeout" : "unreachable");
    }
    const { status, headers, url } = response;
    const body = parse(text);
    if (response.ok) return { status, headers, url, body };
    const description = typeof body?.description === "string" ? body.description : "";
    throw this.#error(kindOf(method, status, description), { status, description });
  }

  #error(kind, { status = "", description = "" } = {}) {
    return new ApiError(kind, { host: new URL(this.#base).host, status, description });
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A 4xx without a `description` is from another server. */
function kindOf(method, status, description) {
  if (method !== "GET" && [401, 403, 405].includes(status)) return "forbidden";
  if (status === 503 || status === 429) return "unavailable";
  if (status >= 500) return "server";
  if (!description) return "notApi";
  return status === 404 ? "notFound" : "rejected";
}

/** The base URL of an API, without a trailing slash; null unless the text is an http(s) URL or lacks only its scheme. */
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
  // fetch() rejects URLs with credentials.
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) return null;
  // Users also paste the URL of the list.
  const path = url.pathname.replace(/\/+$/, "").replace(/\/haiku$/, "").replace(/\/+$/, "");
  return url.origin + path;
}

/** The base URL of this deployment's API; null if config.json does not contain it. */
export async function defaultEndpoint() {
  try {
    const response = await fetch("config.json");
    const { apiEndpoint } = await response.json();
    return apiEndpoint ? parseEndpoint(new URL(apiEndpoint, document.baseURI).href) : null;
  } catch {
    return null;
  }
}

/**
 * The endpoint from `?api=…`, which holds for this tab, else the stored one, else the default:
 * `{ text, base, fallback }`: the text for the input field, the URL or null, and a promise of the default or null.
 */
export async function findEndpoint() {
  const fallback = defaultEndpoint();
  const requested = new URLSearchParams(location.search).get("api") ?? session.get("endpoint");
  const chosen = requested ?? local.get("endpoint");
  const base = parseEndpoint(String(chosen ?? ""));
  if (requested !== null) session.set("endpoint", base);
  if (base || requested !== null) return { text: base ?? requested, base, fallback };
  return { text: (await fallback) ?? "", base: await fallback, fallback };
}

/** Whether the endpoint is from `?api=…` and so holds for this tab only. */
export function isEndpointOfTab() {
  return session.get("endpoint") !== null;
}

/** Finds the endpoint and, if `isFirst`, requests the first page of its list. */
export async function connect(isFirst = false) {
  const { text, base, fallback } = await findEndpoint();
  const found = base && new Api(base);
  const position = isFirst && base ? storedPosition(base) : null;
  const page = isFirst && found ? found.list({ limit: position?.count }) : null;
  page?.catch(() => {}); // reported by the feed
  return { text, api: found, fallback, page, position };
}

/** Where the list was before a reload, or back or forward; else null. */
function storedPosition(base) {
  const position = session.get("position");
  const [navigation] = performance.getEntriesByType("navigation");
  const isReload = ["reload", "back_forward"].includes(navigation?.type);
  return isReload && position?.base === base ? position : null;
}

/** Begins as soon as this module is loaded, before the rest of the page. */
export const firstConnection = connect(true);
