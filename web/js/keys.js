// J and K, and the arrow keys in the direction of writing, move between the poems.

/** -1 for the key of the previous poem, 1 for the next, else 0. */
export function directionOf(key) {
  const isVertical = document.documentElement.dataset.writing !== "horizontal";
  if (["j", "J", isVertical ? "ArrowLeft" : "ArrowRight"].includes(key)) return 1;
  return ["k", "K", isVertical ? "ArrowRight" : "ArrowLeft"].includes(key) ? -1 : 0;
}

/** Moves the focus in the list, or shows the neighbor of the haiku in the detail view. */
export function move(key, feed, shownId) {
  const offset = directionOf(key);
  if (shownId === null) return moveFocus(feed, offset);
  const id = feed.neighbor(shownId, offset);
  if (id) location.replace(`#/haiku/${encodeURIComponent(id)}`);
}

/** From the focused card to the one `offset` places after it, else to the first in the viewport. */
function moveFocus(feed, offset) {
  const items = [...document.querySelectorAll("#cards > li")];
  const index = items.findIndex((item) => item.contains(document.activeElement));
  const target = index >= 0 ? items[index + offset] : items.find((item) => item.getBoundingClientRect().top >= 0);
  if (target?.dataset.id) feed.reveal(target.dataset.id);
}
