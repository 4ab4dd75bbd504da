// What this browser remembers between visits (`lasting`) and what this tab does between reloads (`passing`).
// A browser may refuse storage altogether; the page then works without a memory.

function memory(storage) {
  const attempt = (action) => {
    try {
      return action(storage()) ?? null;
    } catch {
      return null;
    }
  };
  return {
    recall: (name) => attempt((s) => JSON.parse(s.getItem(`bashoutter.${name}`))),
    remember: (name, value) => attempt((s) => s.setItem(`bashoutter.${name}`, JSON.stringify(value))),
    forget: (name) => attempt((s) => s.removeItem(`bashoutter.${name}`)),
  };
}

export const lasting = memory(() => localStorage);
export const passing = memory(() => sessionStorage);
