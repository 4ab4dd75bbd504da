// The list, newest first, loaded page by page. The API's index is eventually consistent: haiku posted here stay on top
// until the list contains them.

import { createCard } from "./card.js";
import { errorMessage, setText } from "./i18n.js";

/** After this time, a posted haiku that the list does not contain is taken for deleted. */
const OPTIMISTIC_LIFETIME_MS = 60_000;

const $ = (selector) => document.querySelector(selector);

export class Feed {
  #api = null;
  #notify;
  #onLoadError;
  #cards = $("#cards");
  /** Haiku posted here: `{ item, haiku, postedAt }`, newest first; without `postedAt` while being posted. */
  #optimistic = [];
  #items = new Map(); // id → <li>
  #next = null;
  #loading = null; // AbortController of the current load
  // Entries can be batched; the last one is current.
  #moreObserver = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && this.#loadMore(), {
    rootMargin: "100% 0px",
  });

  /** `notify(key, values)` shows a message; `onLoadError()` is called when the first page could not be loaded. */
  constructor({ notify, onLoadError }) {
    this.#notify = notify;
    this.#onLoadError = onLoadError;
    $("#refresh").addEventListener("click", () => this.refresh());
    $("#feed-retry").addEventListener("click", () => this.refresh());
    $("#more").addEventListener("click", () => this.#loadMore());
    addEventListener("online", () => !$("#feed-error").hidden && this.refresh());
  }

  /** Switches to another API; null clears the list. */
  async open(api) {
    this.#api = api;
    this.#optimistic = [];
    this.#abortLoading();
    this.#clear();
    if (api) await this.refresh();
  }

  /** Reloads the first page. The current list stays until the response arrives, and after a failure. */
  async refresh() {
    if (!this.#api) return;
    const isFirst = this.#items.size === 0 && this.#optimistic.length === 0;
    $("#skeletons").hidden = !isFirst;
    $("#empty").hidden = true;
    await this.#load(undefined, (haiku) => {
      this.#clear();
      const listed = new Set(haiku.map((entry) => entry?.item_id));
      this.#optimistic = this.#optimistic.filter(
        ({ haiku: { item_id: id }, postedAt }) =>
          !id || (!listed.has(id) && Date.now() - postedAt < OPTIMISTIC_LIFETIME_MS),
      );
      for (const { item, haiku: { item_id: id } } of this.#optimistic) {
        this.#cards.append(item);
        if (id) this.#items.set(id, item);
      }
    });
  }

  /** Shows a haiku that is being posted. `commit(id)` turns it into an ordinary one, `rollback()` removes it. */
  addOptimistic(haiku) {
    const entry = { haiku, item: this.#createItem(haiku) };
    const api = this.#api;
    this.#optimistic.unshift(entry);
    this.#cards.prepend(entry.item);
    entry.item.classList.add("is-new");
    this.#updateFooter();
    const rollback = () => {
      this.#optimistic = this.#optimistic.filter((other) => other !== entry);
      entry.item.remove();
      this.#updateFooter();
    };
    return {
      rollback,
      commit: (id) => {
        if (this.#api !== api) return; // The user has switched to another API.
        if (!id || this.#items.has(id)) {
          rollback();
          if (!id) this.refresh();
          return;
        }
        entry.haiku = { ...haiku, item_id: id, likes: 0, created_at: new Date().toISOString() };
        entry.postedAt = Date.now();
        const item = this.#createItem(entry.haiku);
        entry.item.replaceWith(item);
        entry.item = item;
        this.#items.set(id, item);
      },
    };
  }

  /** Removes a deleted haiku and moves the focus to its neighbor. */
  remove(id) {
    const item = this.#items.get(id);
    if (!item) return;
    const neighbor = item.nextElementSibling ?? item.previousElementSibling;
    this.#items.delete(id);
    this.#optimistic = this.#optimistic.filter((entry) => entry.haiku.item_id !== id);
    item.remove();
    (neighbor?.querySelector("summary") ?? $("#feed-title")).focus({ preventScroll: true });
    this.#updateFooter();
  }

  async #loadMore() {
    if (!this.#next || this.#loading) return;
    await this.#load(this.#next, () => {});
  }

  /** Loads a page, calls `prepare` with it and appends it. Cancels a load in progress. */
  async #load(page, prepare) {
    this.#abortLoading();
    const loading = (this.#loading = new AbortController());
    $(".feed").setAttribute("aria-busy", "true");
    try {
      const { haiku, next } = await this.#api.list({ page, signal: loading.signal });
      if (loading.signal.aborted) return;
      prepare(haiku);
      this.#append(haiku);
      this.#next = next;
      $("#feed-error").hidden = true;
      this.#loading = null;
      this.#updateFooter();
    } catch (error) {
      if (loading.signal.aborted) return;
      this.#loading = null;
      if (page) this.#notify("failedMore", { reason: errorMessage(error) });
      else this.#showError(error);
    } finally {
      if (!this.#loading) {
        $(".feed").setAttribute("aria-busy", "false");
        $("#skeletons").hidden = true;
      }
    }
  }

  #append(haiku) {
    const fragment = document.createDocumentFragment();
    for (const entry of haiku) {
      if (typeof entry?.item_id !== "string" || this.#items.has(entry.item_id)) continue;
      const item = this.#createItem(entry);
      this.#items.set(entry.item_id, item);
      fragment.append(item);
    }
    this.#cards.append(fragment);
  }

  #createItem(haiku) {
    const item = document.createElement("li");
    item.append(createCard(haiku, { api: this.#api, notify: this.#notify, onDeleted: (id) => this.remove(id) }));
    return item;
  }

  #abortLoading() {
    this.#loading?.abort();
    this.#loading = null;
  }

  #clear() {
    this.#items.clear();
    this.#next = null;
    this.#cards.replaceChildren();
    $("#feed-error").hidden = true;
    $("#skeletons").hidden = true;
    $("#empty").hidden = true;
    $("#more").hidden = true;
    $("#end").hidden = true;
  }

  /** Shows what follows the cards: the button for more, the end of the list, or the empty state. */
  #updateFooter() {
    const more = $("#more");
    const count = this.#cards.childElementCount;
    const isLoaded = !this.#loading && $("#feed-error").hidden;
    more.hidden = !this.#next;
    $("#end").hidden = !isLoaded || Boolean(this.#next) || count === 0;
    $("#empty").hidden = !isLoaded || Boolean(this.#next) || count > 0;
    // A new observation reports immediately whether the button is (still) near the viewport.
    this.#moreObserver.unobserve(more);
    if (this.#next) this.#moreObserver.observe(more);
  }

  #showError(error) {
    const { key, values } = errorMessage(error);
    setText($("#feed-error-text"), key, values);
    $("#feed-error").hidden = false;
    this.#onLoadError();
    $("#end").hidden = true;
    $("#empty").hidden = true;
  }
}
