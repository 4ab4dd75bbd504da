// The views `#/mine`, `#/liked` and `#/poet/{name}`.

import { authorOf, createCard } from "./card.js";
import { setText } from "./i18n.js";
import { saved } from "./saved.js";

const $ = (selector) => document.querySelector(selector);
const MAX_CARDS = 300;

/** Shows the haiku of a view; `loaded` are those of the list, which are up to date. */
export function showSubset(view, name, { base, loaded }) {
  const current = new Map(loaded.map((haiku) => [haiku.item_id, haiku]));
  const haiku = view === "poet" ? loaded.filter((item) => authorOf(item) === name) :
    saved(view, base).map((item) => current.get(item.item_id) ?? item);
  const cards = haiku.slice(0, MAX_CARDS).map((item) => {
    const row = document.createElement("li");
    row.append(createCard(item));
    return row;
  });
  $("#subset").replaceChildren(...cards);
  const suffix = view[0].toUpperCase() + view.slice(1);
  setText($("#feed-title"), `feed${suffix}`, { name });
  setText($("#subset-empty"), haiku.length ? null : `empty${suffix}`);
}
