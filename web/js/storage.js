// Values that the browser keeps, as JSON, under keys that begin with "bashoutter.".

function jsonStorage(storage) {
  const memory = new Map(); // used where storage is disabled or full
  return {
    get(name) {
      if (memory.has(name)) return memory.get(name);
      try {
        return JSON.parse(storage().getItem(`bashoutter.${name}`)) ?? null;
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        storage().setItem(`bashoutter.${name}`, JSON.stringify(value));
        memory.delete(name);
      } catch {
        memory.set(name, value);
      }
    },
  };
}

/** Shared by all tabs. */
export const local = jsonStorage(() => localStorage);

/** Of this tab only. */
export const session = jsonStorage(() => sessionStorage);

/** Calls `action()` when another tab changes one of the values. */
export function onChangeElsewhere(names, action) {
  addEventListener("storage", ({ key }) => {
    if (key === null || names.some((name) => key === `bashoutter.${name}`)) action();
  });
}

/** A stored array; empty if there is none. */
export function list(name) {
  const value = local.get(name);
  return Array.isArray(value) ? value : [];
}

const MAX_LIKES = 2_000;

export function isLiked(id) {
  return list("liked").includes(id);
}

export function storeLike(id) {
  local.set("liked", [...new Set([id, ...list("liked")])].slice(0, MAX_LIKES));
}
