// A client of the HTTP API, see openapi/bashoutter.yaml, and the endpoint that it connects to.

import { local } from "./storage.js";

/** The longest texts that the API accepts, in Unicode code points. */
export const LIMITS = { first: 100, second: 100, third: 100, username: 50 };

const PAGE_SIZE = 30;

/** API Gateway's own limit is 30 seconds. */
const TIMEOUT_MS = 31_000;

/** The rule that a text breaks: "blank", "controlCharacter" or "tooLong"; null if none. */
export function validate(text, limit) {
  if (!/\P{White_Space}/u.test(text)) return "blank";
  if (/[\p{Cc}\p{Cs}]/u.test(text)) return "controlCharacter";
  if ([...text].length > limit) return "tooLong";
  return null;
}

/**
 * A failed request. `kind` is one of
 * unreachable · timeout · notApi · notFound (404) · rejected (other 4xx) · unavailable (429, 503) · server (other 5xx);
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

  /** A page of the list, newest first: `{ haiku, next }`; `next` is the URL of the next page or null. */
  async list({ page = `${this.#base}/haiku?limit=${PAGE_SIZE}`, signal } = {}) {
    const response = await this.#send("GET", page, { signal });
    if (!Array.isArray(response.body)) throw this.#error("notApi", response);
    const link = /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(response.headers.get("Link") ?? "");
    return { haiku: response.body, next: link ? new URL(link[1], response.url).href : null };
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

  /** Adds a like and returns the new count, or null if the response has none. */
  async like(id) {
    const { body } = await this.#send("PATCH", this.#urlOf(id));
    return Number.isSafeInteger(body?.likes) ? body.likes : null;
  }

  /** Deletes a haiku; succeeds if it does not exist. */
  async delete(id) {
    await this.#send("DELETE", this.#urlOf(id));
  }

  #urlOf(id) {
    return `${this.#base}/haiku/${encodeURIComponent(id)}`;
  }

  /** Retries once if there was no response; not PATCH, which would count the like twice. */
  async #send(method, url, options) {
    try {
      return await this.#sendOnce(method, url, options);
    } catch (error) {
      if (error.kind !== "unreachable" || method === "PATCH") throw error;
      return this.#sendOnce(method, url, options);
    }
  }

  /** A 2xx response; `body` is undefined if it is not JSON. */
  async #sendOnce(method, requestUrl, { signal, ...options } = {}) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response, text;
    try {
      response = await fetch(requestUrl, {
        method,
        ...options,
        cache: "no-store",
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
    throw this.#error(kindOf(status, description), { status, description });
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
function kindOf(status, description) {
  if (status === 503 || status === 429) return "unavailable";
  if (status >= 500) return "server";
  if (!description) return "notApi";
  return status === 404 ? "notFound" : "rejected";
}

/** The base URL of an API, without a trailing slash; null unless the text is an http(s) URL. */
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

/** The API of this deployment; null if config.json is missing or invalid. */
export async function defaultEndpoint() {
  try {
    const response = await fetch("config.json", { cache: "no-cache" });
    const { apiEndpoint } = await response.json();
    return parseEndpoint(new URL(apiEndpoint, document.baseURI).href);
  } catch {
    return null;
  }
}

/**
 * The endpoint from `?api=…`, else the stored one, else the default:
 * `{ text, base }`, the text for the input field and the parsed URL or null.
 */
export async function findEndpoint() {
  const requested = new URLSearchParams(location.search).get("api");
  if (requested !== null) {
    const base = parseEndpoint(requested);
    if (base) local.set("endpoint", base);
    return { text: base ?? requested, base };
  }
  const base = parseEndpoint(String(local.get("endpoint") ?? "")) ?? (await defaultEndpoint());
  return { text: base ?? "", base };
}

/** Stores the endpoint (null: the default) and removes `?api=…`, which would override it. */
export function storeEndpoint(base) {
  local.set("endpoint", base);
  const url = new URL(location.href);
  if (!url.searchParams.has("api")) return;
  url.searchParams.delete("api");
  history.replaceState(history.state, "", url);
}
