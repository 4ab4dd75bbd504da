// Polls for haiku of others every 30 s to 8 min while the page is visible, less often while there are none or requests fail,
// and offers to show them. The browser sends If-None-Match if the API sent an ETag. Loaded 30 s after the page.

import { setText } from "./i18n.js";

const MIN_MS = 30_000;
const MAX_MS = 480_000;

/** Starts to poll. `feed` is the list; `current()` returns the API in use. */
export function watchNews(feed, current) {
  const pill = document.querySelector("#pill");
  let timer;
  let delay = MIN_MS;

  pill.addEventListener("click", async () => {
    await feed.refresh();
    scrollTo({ top: 0 });
    document.querySelector("#feed-title").focus({ preventScroll: true });
  });
  document.addEventListener("visibilitychange", schedule);
  poll();

  function schedule() {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(poll, delay);
  }

  async function poll() {
    const api = current();
    try {
      const { haiku } = await api.list();
      if (api !== current() || feed.isLoading) return;
      const known = haiku.findIndex((item) => feed.find(item?.item_id));
      const count = known < 0 ? haiku.length : known;
      delay = count > 0 ? MIN_MS : Math.min(MAX_MS, delay * 1.5);
      // If no listed haiku is known, older ones may be new too.
      if (count > 0) setText(pill, "news", { count: known < 0 && count > 1 ? `${count}+` : count });
      pill.hidden = count === 0;
    } catch {
      delay = Math.min(MAX_MS, delay * 2);
    } finally {
      schedule();
    }
  }
}
