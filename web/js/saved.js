// What this browser posted ("mine") or liked ("liked"): haiku, each with the `base` of its API.

import { list, local } from "./storage.js";

const MAX_SAVED = 300;

export function saved(name, base) {
  return list(`saved.${name}`).filter((haiku) => typeof haiku?.item_id === "string" && haiku.base === base);
}

export function save(name, base, haiku) {
  const others = list(`saved.${name}`).filter((other) => other?.item_id !== haiku.item_id);
  local.set(`saved.${name}`, [{ ...haiku, base }, ...others].slice(0, MAX_SAVED));
}

export function removeSaved(id) {
  for (const name of ["saved.mine", "saved.liked"]) local.set(name, list(name).filter((other) => other?.item_id !== id));
}
