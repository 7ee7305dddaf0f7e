// Whoever goes by keyboard keeps their place while parts of the page are drawn anew.

/**
 * Draw; what had the focus has it again if it is still there, and `home` has it otherwise: never the
 * page itself, from which Tab begins at the top.
 *
 * @param {HTMLElement} root - what is drawn, and nothing outside of it.
 * @param {HTMLElement} home
 * @param {() => void} draw
 */
export function keepFocus(root, home, draw) {
  const held = document.activeElement;
  const inside = held !== root && root.contains(held);
  draw();
  // A browser takes the focus from what is hidden only later.
  const gone = !held?.isConnected || held.closest("[hidden]");
  if (!inside || (!gone && document.activeElement === held)) return;
  if (document.activeElement !== document.body && document.activeElement !== held) return; // it was led elsewhere
  (gone ? home : held).focus({ preventScroll: true });
}
