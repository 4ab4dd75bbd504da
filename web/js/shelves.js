// What this browser posted ("mine") or liked ("liked"): haiku, each with the `base` of its API.

import { list, local } from "./storage.js";

const MAX_SHELF = 300;

export function shelf(name, base) {
  return list(`shelf.${name}`).filter((haiku) => typeof haiku?.item_id === "string" && haiku.base === base);
}

export function putOnShelf(name, base, haiku) {
  const others = list(`shelf.${name}`).filter((other) => other?.item_id !== haiku.item_id);
  local.set(`shelf.${name}`, [{ ...haiku, base }, ...others].slice(0, MAX_SHELF));
}

export function removeFromShelves(id) {
  for (const name of ["shelf.mine", "shelf.liked"]) local.set(name, list(name).filter((other) => other?.item_id !== id));
}
