// The HTTP API, as openapi/bashoutter.yaml describes it: its limits, its five requests, and how they fail.

/** The longest text that the API takes, in Unicode code points. */
export const LIMITS = { first: 100, second: 100, third: 100, username: 50 };

/** What a page of the list holds. */
const PAGE_SIZE = 30;

/** API Gateway itself gives up after 30 seconds. */
const TIMEOUT_MS = 31_000;

/** Why the API would refuse a text: "blank", "control", "long", or null if it would not. */
export function fault(text, limit) {
  if (!/\P{White_Space}/u.test(text)) return "blank";
  if (/[\p{Cc}\p{Cs}]/u.test(text)) return "control";
  if ([...text].length > limit) return "long";
  return null;
}

/**
 * A request that did not succeed. `kind` is one of
 * unreachable · timeout · notApi · missing (404) · rejected (another 4xx) · busy (503) · broken (another 5xx);
 * `details` has `host`, and where they are known `status` and the API's own `description`.
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

  /** A page of the list, newest first: `{ haiku, next }`; `next` is the address of the page after it, or null. */
  async list({ page = `${this.#base}/haiku?limit=${PAGE_SIZE}`, signal } = {}) {
    const reply = await this.#send("GET", page, { signal });
    if (!Array.isArray(reply.body)) throw this.#error("notApi", reply);
    const link = /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(reply.headers.get("Link") ?? "");
    return { haiku: reply.body, next: link ? new URL(link[1], reply.url).href : null };
  }

  /** One haiku, also the newest: this request does not go through the index. */
  async get(id, { signal } = {}) {
    const reply = await this.#send("GET", this.#address(id), { signal });
    if (typeof reply.body?.item_id !== "string") throw this.#error("notApi", reply);
    return reply.body;
  }

  /** Posts a haiku and returns its id, or null if the API does not tell it. A repeat has the key of the first try. */
  async post(haiku, key) {
    const reply = await this.#send("POST", `${this.#base}/haiku`, {
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(haiku),
    });
    if (typeof reply.body?.description !== "string") throw this.#error("notApi", reply);
    return /([^/]+)$/.exec(reply.headers.get("Location") ?? "")?.[1] ?? null;
  }

  /** One like more; returns the new count, or null if the API does not tell it. */
  async like(id) {
    const { body } = await this.#send("PATCH", this.#address(id));
    return Number.isSafeInteger(body?.likes) ? body.likes : null;
  }

  /** Deletes a haiku, also one that is gone already. */
  async remove(id) {
    await this.#send("DELETE", this.#address(id));
  }

  #address(id) {
    return `${this.#base}/haiku/${encodeURIComponent(id)}`;
  }

  /** Sends a request once more if it got no answer. A like would count twice; the others are safe to repeat. */
  async #send(method, address, request) {
    try {
      return await this.#try(method, address, request);
    } catch (error) {
      if (error.kind !== "unreachable" || method === "PATCH") throw error;
      return this.#try(method, address, request);
    }
  }

  /** A 2xx reply with its body read; `body` is undefined if that is not JSON. */
  async #try(method, address, { signal, ...request } = {}) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let reply, text;
    try {
      reply = await fetch(address, {
        method,
        ...request,
        cache: "no-store",
        credentials: "omit",
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      text = await reply.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.#error(timeout.aborted ? "timeout" : "unreachable");
    }
    const { status, headers, url } = reply;
    const body = parse(text);
    if (reply.ok) return { status, headers, url, body };
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

/** Some other server also says 404 or 405, but not in the API's words. */
function kindOf(status, description) {
  if (status === 503 || status === 429) return "busy";
  if (status >= 500) return "broken";
  if (!description) return "notApi";
  return status === 404 ? "missing" : "rejected";
}
