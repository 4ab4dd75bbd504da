// The list: newest first, a page at a time. The API's index may lag behind by a moment, so a reader's own new haiku
// stay on top until the list shows them.

import { createCard } from "./card.js";
import { put, reason } from "./words.js";

/** After this long, a haiku that the list does not show is taken to be gone. */
const OWN_LIFETIME_MS = 60_000;

const $ = (selector) => document.querySelector(selector);

export class Feed {
  #api = null;
  #notify;
  #onTrouble;
  #cards = $("#cards");
  /** Haiku written here: `{ item, haiku, postedAt }`, newest first; `postedAt` is missing while one is on its way. */
  #own = [];
  #shown = new Map(); // id → <li>
  #next = null;
  #loading = null; // the AbortController of the load under way
  // Several entries may come at once; the last one is how things stand.
  #watch = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && this.#loadMore(), {
    rootMargin: "100% 0px",
  });

  /** `notify(key, values)` tells the reader something; `onTrouble()` hears that the list could not be loaded. */
  constructor({ notify, onTrouble }) {
    this.#notify = notify;
    this.#onTrouble = onTrouble;
    $("#refresh").addEventListener("click", () => this.refresh());
    $("#feed-retry").addEventListener("click", () => this.refresh());
    $("#more").addEventListener("click", () => this.#loadMore());
    addEventListener("online", () => !$("#feed-trouble").hidden && this.refresh());
  }

  /** Shows another API's list from the start; null clears the page. */
  async open(api) {
    this.#api = api;
    this.#own = [];
    this.#stop();
    this.#clear();
    if (api) await this.refresh();
  }

  /** Loads the first page again. What is on the screen stays there until the answer comes, and if none does. */
  async refresh() {
    if (!this.#api) return;
    const isFirst = this.#shown.size === 0 && this.#own.length === 0;
    $("#skeletons").hidden = !isFirst;
    $("#empty").hidden = true;
    await this.#load(undefined, (haiku) => {
      this.#clear();
      const listed = new Set(haiku.map((one) => one?.item_id));
      this.#own = this.#own.filter(
        ({ haiku: { item_id: id }, postedAt }) =>
          !id || (!listed.has(id) && Date.now() - postedAt < OWN_LIFETIME_MS),
      );
      for (const { item, haiku: { item_id: id } } of this.#own) {
        this.#cards.append(item);
        if (id) this.#shown.set(id, item);
      }
    });
  }

  /**
   * Puts a haiku on top that is on its way to the API.
   * Then `confirm(id)` makes it one like the others, and `withdraw()` takes it back.
   */
  announce(haiku) {
    const own = { haiku, item: this.#item(haiku) };
    const api = this.#api;
    this.#own.unshift(own);
    this.#cards.prepend(own.item);
    own.item.classList.add("is-new");
    this.#settle();
    const withdraw = () => {
      this.#own = this.#own.filter((other) => other !== own);
      own.item.remove();
      this.#settle();
    };
    return {
      withdraw,
      confirm: (id) => {
        if (this.#api !== api) return; // the reader has gone on to another API
        if (!id || this.#shown.has(id)) {
          withdraw();
          if (!id) this.refresh();
          return;
        }
        own.haiku = { ...haiku, item_id: id, likes: 0, created_at: new Date().toISOString() };
        own.postedAt = Date.now();
        const item = this.#item(own.haiku);
        own.item.replaceWith(item);
        own.item = item;
        this.#shown.set(id, item);
      },
    };
  }

  /** Takes a haiku off the page that is no more. */
  drop(id) {
    const item = this.#shown.get(id);
    if (!item) return;
    const neighbour = item.nextElementSibling ?? item.previousElementSibling;
    this.#shown.delete(id);
    this.#own = this.#own.filter((own) => own.haiku.item_id !== id);
    item.remove();
    (neighbour?.querySelector("summary") ?? $("#feed-title")).focus({ preventScroll: true });
    this.#settle();
  }

  async #loadMore() {
    if (!this.#next || this.#loading) return;
    await this.#load(this.#next, () => {});
  }

  /** Loads a page and appends it; `prepare` sees it first. A newer load makes an older one void. */
  async #load(page, prepare) {
    this.#stop();
    const loading = (this.#loading = new AbortController());
    $(".feed").setAttribute("aria-busy", "true");
    try {
      const answer = await this.#api.list({ page, signal: loading.signal });
      if (loading.signal.aborted) return;
      prepare(answer.haiku);
      this.#append(answer.haiku);
      this.#next = answer.next;
      $("#feed-trouble").hidden = true;
      this.#loading = null;
      this.#settle();
    } catch (error) {
      if (loading.signal.aborted) return;
      this.#loading = null;
      if (page) this.#notify("failedMore", { reason: reason(error) });
      else this.#showTrouble(error);
    } finally {
      if (!this.#loading) {
        $(".feed").setAttribute("aria-busy", "false");
        $("#skeletons").hidden = true;
      }
    }
  }

  #append(haiku) {
    const fragment = document.createDocumentFragment();
    for (const one of haiku) {
      if (typeof one?.item_id !== "string" || this.#shown.has(one.item_id)) continue;
      const item = this.#item(one);
      this.#shown.set(one.item_id, item);
      fragment.append(item);
    }
    this.#cards.append(fragment);
  }

  #item(haiku) {
    const item = document.createElement("li");
    item.append(createCard(haiku, { api: this.#api, notify: this.#notify, onGone: (id) => this.drop(id) }));
    return item;
  }

  #stop() {
    this.#loading?.abort();
    this.#loading = null;
  }

  #clear() {
    this.#shown.clear();
    this.#next = null;
    this.#cards.replaceChildren();
    $("#feed-trouble").hidden = true;
    $("#skeletons").hidden = true;
    $("#empty").hidden = true;
    $("#more").hidden = true;
    $("#end").hidden = true;
  }

  /** Below the list: the way on, the end, or the still pond. */
  #settle() {
    const more = $("#more");
    const count = this.#cards.childElementCount;
    const isLoaded = !this.#loading && $("#feed-trouble").hidden;
    more.hidden = !this.#next;
    $("#end").hidden = !isLoaded || Boolean(this.#next) || count === 0;
    $("#empty").hidden = !isLoaded || Boolean(this.#next) || count > 0;
    // Observing anew reports at once whether the button is (still) near.
    this.#watch.unobserve(more);
    if (this.#next) this.#watch.observe(more);
  }

  #showTrouble(error) {
    const { key, values } = reason(error);
    put($("#feed-error"), key, values);
    $("#feed-trouble").hidden = false;
    this.#onTrouble();
    $("#end").hidden = true;
    $("#empty").hidden = true;
  }
}
