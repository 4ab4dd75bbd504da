// The list, newest first, loaded page by page. The API's index is eventually consistent: haiku posted here stay on top
// until the list contains them.
//
// All rows have the same height. Cards far from the viewport are one text node, which find-in-page and screen readers reach.

import { authorOf, createCard, summaryOf } from "./card.js";
import { errorMessage, setText } from "./i18n.js";

/** After this time, a posted haiku that the list does not contain is taken for deleted. */
const OPTIMISTIC_LIFETIME_MS = 60_000;

const MAX_FILLED_PER_FRAME = 6;

const $ = (selector) => document.querySelector(selector);

export class Feed {
  #api = null;
  #onLoadError;
  #cards = $("#cards");
  /** In the order of the list: `{ haiku, item, isFilled }`. A haiku without an id is being posted. */
  #entries = [];
  #byId = new Map();
  /** The entries posted here, newest first, with `postedAt` once the API has acknowledged them. */
  #optimistic = [];
  #filled = new Set();
  #next = null;
  #loading = null; // AbortController of the current load
  #frame = 0;
  #metrics = null;
  // Entries can be batched; the last one is current.
  #moreObserver = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && this.#loadMore(), {
    rootMargin: "150% 0px",
  });

  /** `onLoadError()` is called when the first page could not be loaded. */
  constructor({ onLoadError }) {
    this.#onLoadError = onLoadError;
    $("#refresh").addEventListener("click", () => this.refresh());
    $("#feed-retry").addEventListener("click", () => this.refresh());
    $("#more").addEventListener("click", () => this.#loadMore());
    addEventListener("online", () => !$("#feed-error").hidden && this.refresh());
    addEventListener("scroll", () => this.#schedule(), { passive: true });
    addEventListener("resize", () => this.#schedule());
    new ResizeObserver(() => {
      this.#metrics = null;
      this.#schedule();
    }).observe(this.#cards);
    addEventListener("beforeprint", () => this.#entries.slice(0, 60).forEach((entry) => this.#fill(entry)));
  }

  /** Switches to another API; null clears the list. `page` is a promise of its first page. */
  async open(api, page) {
    this.#api = api;
    this.#optimistic = [];
    this.#abortLoading();
    this.#clear();
    if (api) await this.refresh(page);
  }

  /** Reloads the first page. The current list stays until the response arrives, and after a failure. */
  async refresh(page) {
    if (!this.#api) return;
    const isFirst = this.#entries.length === 0;
    $("#skeletons").hidden = !isFirst;
    $("#empty").hidden = true;
    const request = (signal) => page ?? this.#api.list({ signal });
    await this.#load(request, (haiku) => {
      this.#clear();
      const listed = new Set(haiku.map((entry) => entry?.item_id));
      this.#optimistic = this.#optimistic.filter(
        ({ haiku: { item_id: id }, postedAt }) =>
          !id || (!listed.has(id) && Date.now() - postedAt < OPTIMISTIC_LIFETIME_MS),
      );
      for (const entry of this.#optimistic) {
        this.#entries.push(entry);
        this.#cards.append(entry.item);
        if (entry.haiku.item_id) this.#byId.set(entry.haiku.item_id, entry);
      }
    });
  }

  get isLoading() {
    return this.#loading !== null;
  }

  get haiku() {
    return this.#entries.map(({ haiku }) => haiku).filter(({ item_id: id }) => id);
  }

  /** The loaded haiku with this id, or undefined. */
  find(id) {
    return this.#byId.get(id)?.haiku;
  }

  /** The id of the haiku `offset` places after the one with this id, or undefined. */
  neighbor(id, offset) {
    const index = this.#entries.findIndex(({ haiku }) => haiku.item_id === id);
    return index < 0 ? undefined : this.#entries[index + offset]?.haiku.item_id;
  }

  /** The first haiku in the viewport, its `top` in px, and the `count` of loaded ones; undefined if none. */
  get anchor() {
    const entry = this.#cards.offsetParent && this.#entries.find(({ item }) => item.getBoundingClientRect().bottom > 0);
    if (!entry?.haiku.item_id) return undefined;
    return { id: entry.haiku.item_id, top: entry.item.getBoundingClientRect().top, count: this.#byId.size };
  }

  /** Scrolls a haiku to `top` px below the viewport's top. */
  scrollTo({ id, top }) {
    const item = this.#byId.get(id)?.item;
    if (item) scrollBy(0, item.getBoundingClientRect().top - top);
    this.#update();
  }

  /** Scrolls to the card of a haiku and focuses its link. */
  reveal(id) {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#fill(entry);
    entry.item.scrollIntoView({ block: "nearest" });
    entry.item.querySelector(".permalink").focus({ preventScroll: true });
    this.#schedule();
  }

  /** Shows a haiku that is being posted. `commit(id)` gives it its id (null: reloads the list), `rollback()` removes it. */
  addOptimistic(haiku) {
    const entry = this.#createEntry(haiku);
    const api = this.#api;
    this.#optimistic.unshift(entry);
    this.#entries.unshift(entry);
    this.#cards.prepend(entry.item);
    this.#fill(entry);
    entry.item.classList.add("is-new");
    this.#updateFooter();
    const rollback = () => {
      this.#optimistic = this.#optimistic.filter((other) => other !== entry);
      this.#entries = this.#entries.filter((other) => other !== entry);
      entry.item.remove();
      this.#updateFooter();
    };
    return {
      rollback,
      commit: (id) => {
        if (this.#api !== api) return; // The user has switched to another API.
        if (!id || this.#byId.has(id)) {
          rollback();
          if (!id) this.refresh();
          return;
        }
        entry.haiku = { ...haiku, item_id: id, likes: 0, created_at: new Date().toISOString() };
        entry.postedAt = Date.now();
        this.#byId.set(id, entry);
        entry.item.dataset.id = id;
        this.#fill(entry, true);
      },
    };
  }

  /** Removes a deleted haiku and moves the focus to its neighbor. */
  remove(id) {
    const entry = this.#byId.get(id);
    if (!entry) return;
    const neighbor = entry.item.nextElementSibling ?? entry.item.previousElementSibling;
    this.#byId.delete(id);
    this.#filled.delete(entry);
    this.#optimistic = this.#optimistic.filter((other) => other !== entry);
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.item.remove();
    (neighbor?.querySelector("summary") ?? $("#feed-title")).focus({ preventScroll: true });
    this.#updateFooter();
    this.#schedule();
  }

  async #loadMore() {
    if (!this.#next || this.#loading || $("#cards").hidden) return;
    const page = this.#next;
    await this.#load((signal) => this.#api.list({ page, signal }), () => {}, true);
  }

  /** Loads a page, calls `prepare` with it and appends it. Cancels a load in progress. */
  async #load(request, prepare, isMore = false) {
    this.#abortLoading();
    const loading = (this.#loading = new AbortController());
    $(".feed").setAttribute("aria-busy", "true");
    if (isMore) setText($("#more"), "loadingMore");
    setText($("#more-error"), null);
    try {
      const { haiku, next } = await request(loading.signal);
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
      if (isMore) setText($("#more-error"), "failedMore", { reason: errorMessage(error) });
      else this.#showError(error);
    } finally {
      if (!this.#loading) {
        setText($("#more"), "more");
        $(".feed").setAttribute("aria-busy", "false");
        $("#skeletons").hidden = true;
      }
    }
  }

  #append(haiku) {
    const fragment = document.createDocumentFragment();
    for (const item of haiku) {
      if (typeof item?.item_id !== "string" || this.#byId.has(item.item_id)) continue;
      const entry = this.#createEntry(item);
      this.#byId.set(item.item_id, entry);
      this.#entries.push(entry);
      fragment.append(entry.item);
    }
    this.#cards.append(fragment);
    this.#metrics = null;
    this.#update(0);
  }

  #createEntry(haiku) {
    const item = document.createElement("li");
    if (haiku.item_id) item.dataset.id = haiku.item_id;
    item.textContent = `${summaryOf(haiku)} ${authorOf(haiku)}`;
    return { haiku, item, isFilled: false };
  }

  // The window

  #fill(entry, isForced = false) {
    if (entry.isFilled && !isForced) return;
    entry.item.replaceChildren(createCard(entry.haiku));
    entry.isFilled = true;
    this.#filled.add(entry);
  }

  #drain(entry) {
    if (entry.item.contains(document.activeElement) || entry.item.querySelector("details[open]")) return;
    entry.item.textContent = `${summaryOf(entry.haiku)} ${authorOf(entry.haiku)}`;
    entry.isFilled = false;
    this.#filled.delete(entry);
  }

  #schedule() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#update());
  }

  /** Fills the cards within a viewport's height of the viewport; those beyond three become text. */
  #update(most = MAX_FILLED_PER_FRAME) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const first = this.#entries[0]?.item;
    if (!first || !this.#cards.offsetParent) return;
    const { columns, rowHeight } = (this.#metrics ??= this.#measure());
    if (!rowHeight) return;
    const top = -this.#cards.getBoundingClientRect().top;
    const range = (before, after) => [
      Math.max(0, Math.floor((top - before * innerHeight) / rowHeight) * columns),
      Math.max(0, Math.ceil((top + (1 + after) * innerHeight) / rowHeight) * columns),
    ];
    const [keepFrom, keepTo] = range(3, 3);
    const kept = new Set(this.#entries.slice(keepFrom, keepTo));
    for (const entry of this.#filled) if (!kept.has(entry)) this.#drain(entry);
    for (const entry of this.#entries.slice(...range(0, 0))) this.#fill(entry);
    const near = this.#entries.slice(...range(1, 1)).filter(({ isFilled }) => !isFilled);
    for (const entry of near.slice(0, most)) this.#fill(entry);
    if (near.length > most) this.#schedule();
  }

  #measure() {
    const style = getComputedStyle(this.#cards);
    return {
      columns: style.gridTemplateColumns.split(" ").length,
      rowHeight: this.#entries[0].item.offsetHeight + parseFloat(style.rowGap),
    };
  }

  #abortLoading() {
    this.#loading?.abort();
    this.#loading = null;
  }

  #clear() {
    this.#entries = [];
    this.#filled = new Set(this.#optimistic);
    this.#byId.clear();
    this.#next = null;
    this.#cards.replaceChildren();
    for (const name of ["#feed-error", "#skeletons", "#empty", "#more", "#end", "#pill"]) $(name).hidden = true;
  }

  /** Shows what follows the cards: the button for more, the end of the list, or the empty state. */
  #updateFooter() {
    const more = $("#more");
    const count = this.#entries.length;
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
