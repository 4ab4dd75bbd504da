// Values that the browser keeps, as JSON, under keys that begin with "bashoutter.".

function jsonStorage(storage) {
  const attempt = (action) => {
    try {
      return action(storage()) ?? null;
    } catch {
      return null; // Storage may be disabled or full; the page works without it.
    }
  };
  return {
    get: (name) => attempt((s) => JSON.parse(s.getItem(`bashoutter.${name}`))),
    set: (name, value) => attempt((s) => s.setItem(`bashoutter.${name}`, JSON.stringify(value))),
  };
}

export const local = jsonStorage(() => localStorage);
export const session = jsonStorage(() => sessionStorage);
