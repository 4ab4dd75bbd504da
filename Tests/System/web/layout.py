"""Whether anything on the page overflows or overlaps, as the browser has laid it out."""

from playwright.sync_api import Page

# The containers whose children must not lie on one another.
GROUPS = (
    "body, header, .masthead, .tools, .endpoint, .columns, .compose, #compose-form, .field, .feed, .feed-head, "
    ".trouble, .trouble p, #cards, .card, .poem, .colophon, .when a, .single, .dialog, .dialog-actions, .tail"
)

FAULTS = """
(groups) => {
  const faults = [];
  const width = document.documentElement.clientWidth;
  const name = (element) =>
    element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") +
    (element.className ? "." + element.className : "") + " " + JSON.stringify(element.textContent.trim().slice(0, 12));
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility() && box.width > 1 && box.height > 1 && !element.closest("svg, .skip, .sprite");
  };
  const isFloating = (element) => ["absolute", "fixed"].includes(getComputedStyle(element).position);

  if (document.documentElement.scrollWidth > width) faults.push("the page scrolls sideways");
  for (const element of document.body.querySelectorAll("*")) {
    // A letter under a hundred marks can be wider than its line, which cuts it off.
    if (!isSeen(element) || element.matches(".verse bdi, .author bdi")) continue;
    const box = element.getBoundingClientRect();
    if (box.left < -1 || box.right > width + 1) faults.push(name(element) + " leaves the window");
    const paper = element.closest(".paper")?.getBoundingClientRect();
    if (paper && (box.left < paper.left - 1 || box.right > paper.right + 1 || box.top < paper.top - 1 ||
        box.bottom > paper.bottom + 1)) faults.push(name(element) + " leaves its paper");
    const cuts = getComputedStyle(element).overflowX !== "visible";
    // An id may end in "…", a line of writing scrolls as one types, and paper cuts marks piled sky-high.
    if (cuts && element.scrollWidth > element.clientWidth + 1 && !element.matches(".id, input, .paper, .visually-hidden") &&
        !/\p{M}{9}/u.test(element.textContent))
      faults.push(name(element) + " is cut off");
  }
  for (const group of document.querySelectorAll(groups)) {
    const children = [...group.children].filter((child) => isSeen(child) && !isFloating(child));
    // Neighbours are enough: the children follow one another in rows.
    children.forEach((child, index) => {
      const a = child.getBoundingClientRect();
      for (const other of children.slice(index + 1, index + 8)) {
        const b = other.getBoundingClientRect();
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
          faults.push(name(child) + " lies on " + name(other));
      }
    });
  }
  return faults;
}
"""


def faults(page: Page) -> list[str]:
    """What overflows or overlaps, in words."""
    # The animations of what is new end first.
    page.evaluate("Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations === 1)"
                  ".map((one) => one.finished.catch(() => {})))")  # fmt: skip
    return page.evaluate(FAULTS, GROUPS)
