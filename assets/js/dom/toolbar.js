// A row of controls as one tab stop: arrow keys, Home and End move in it (the ARIA toolbar).

const CONTROLS = "button:not([disabled], [hidden]), a[href]:not([hidden])";

/**
 * @param {HTMLElement} element - holds the controls, which may come and go.
 * @param {string} label - what they are for.
 */
export function makeToolbar(element, label) {
  element.setAttribute("role", "toolbar");
  element.setAttribute("aria-label", label);
  // On a narrow page some are there and not shown.
  const controls = () => [...element.querySelectorAll(CONTROLS)].filter((one) => one.checkVisibility({ visibilityProperty: true }));
  let current = null;
  const settle = () => {
    const all = controls();
    if (!all.includes(current)) current = all[0] ?? null;
    for (const control of all) control.tabIndex = control === current ? 0 : -1;
  };
  element.addEventListener("focusin", ({ target }) => {
    current = target.closest(CONTROLS);
    settle();
  });
  element.addEventListener("keydown", (event) => {
    const all = controls();
    const at = all.indexOf(current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
  new MutationObserver(settle).observe(element, {
    ...{ childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "disabled"] },
  });
  new ResizeObserver(settle).observe(element);
  settle();
}
