// Run and Stop take turns at being of use. A browser lets go of a button that is disabled, and Tab would
// begin at the top of the page: whoever stood at the one by keyboard stands at the other.

const OTHER = { run: "stop", stop: "run" };

/** @param {HTMLElement} composer - both buttons are in it. */
export function takeTurns(composer) {
  let held = null;
  // Whoever pressed one by pointer goes on by pointer: a key would press what they never went to.
  document.addEventListener("focusin", ({ target }) => {
    held = target.id in OTHER && target.matches(":focus-visible") ? target.id : null;
  });
  document.addEventListener("pointerdown", () => (held = null), true);
  const hand = () => {
    const button = held && document.getElementById(held);
    if (!button?.disabled || ![document.body, button].includes(document.activeElement)) return;
    const other = document.getElementById(OTHER[held]);
    if (other && !other.disabled) other.focus({ preventScroll: true });
  };
  new MutationObserver(hand).observe(composer, { subtree: true, attributeFilter: ["disabled"] });
}
