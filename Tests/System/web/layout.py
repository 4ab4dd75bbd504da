"""Finds overflowing and overlapping elements of the rendered page."""

from playwright.sync_api import Page

# Containers whose children must not overlap.
GROUPS = (
    "body, header, .masthead, .tools, .endpoint, .columns, .compose, #compose-form, .field, .feed, .feed-head, "
    ".error-panel, .error-panel p, .views, #cards, .card, .poem, .card-footer, .timestamp a, .detail, .dialog, "
    ".dialog-actions, .feed-footer"
)

FIND_PROBLEMS = r"""
(groups) => {
  const problems = [];
  const width = document.documentElement.clientWidth;
  const name = (element) =>
    element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") +
    (element.className ? "." + element.className : "") + " " + JSON.stringify(element.textContent.trim().slice(0, 12));
  const isVisible = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility() && box.width > 1 && box.height > 1 && !element.closest("svg, .skip, .sprite");
  };
  const isFloating = (element) => ["absolute", "fixed"].includes(getComputedStyle(element).position);

  if (document.documentElement.scrollWidth > width) problems.push("the page scrolls horizontally");
  for (const element of document.body.querySelectorAll("*")) {
    // A character with a hundred combining marks can be wider than its line, which its card clips.
    if (!isVisible(element) || (element.matches(".poet, .verse > span") && /\p{M}{9}/u.test(element.textContent))) continue;
    const box = element.getBoundingClientRect();
    if (box.left < -1 || box.right > width + 1) problems.push(name(element) + " overflows the viewport");
    const cardBody = element.closest(".card-body")?.getBoundingClientRect();
    if (cardBody && (box.left < cardBody.left - 1 || box.right > cardBody.right + 1 || box.top < cardBody.top - 1 ||
        box.bottom > cardBody.bottom + 1)) problems.push(name(element) + " overflows its card");
    const clips = getComputedStyle(element).overflowX !== "visible";
    // Names are shortened with "…", inputs scroll, the lines of rows are clamped, and cards clip stacked combining marks.
    const mayClip = "input, .card-body, .visually-hidden, .poet, .card[data-layout=rows] .verse";
    if (clips && element.scrollWidth > element.clientWidth + 1 && !element.matches(mayClip) &&
        !/\p{M}{9}/u.test(element.textContent))
      problems.push(name(element) + " is clipped");
  }
  for (const group of document.querySelectorAll(groups)) {
    const children = [...group.children].filter((child) => isVisible(child) && !isFloating(child));
    // Boxes that overlap are near each other in document order: comparing each child with the next seven is enough.
    children.forEach((child, index) => {
      const a = child.getBoundingClientRect();
      for (const other of children.slice(index + 1, index + 8)) {
        const b = other.getBoundingClientRect();
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
          problems.push(name(child) + " overlaps " + name(other));
      }
    });
  }
  return problems;
}
"""


def layout_problems(page: Page) -> list[str]:
    """Descriptions of the elements that overflow or overlap."""
    # Wait for the animations of new elements.
    page.evaluate(
        """Promise.all(document.getAnimations()
            .filter((animation) => animation.effect.getTiming().iterations === 1)
            .map((animation) => animation.finished.catch(() => {})))"""
    )
    return page.evaluate(FIND_PROBLEMS, GROUPS)
