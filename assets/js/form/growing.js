// The problem's field is as high as its text where the browser can tell that by itself, whatever
// becomes of the window. On a narrow page the problem has two lines, and more while it is written in. It shrinks only once
// nothing is being pressed: Run must not move away from under the finger between press and click.

/** @param {HTMLElement} problem - what stands around the field; it has the class "grown" meanwhile. */
export function growWhileWritten(problem) {
  if (globalThis.CSS?.supports("field-sizing", "content")) problem.classList.add("sized");
  let pressed = false;
  const settle = () => {
    if (!pressed && !problem.contains(document.activeElement)) problem.classList.remove("grown");
  };
  const release = () => {
    pressed = false;
    // What the click itself does comes first.
    setTimeout(settle);
  };
  problem.addEventListener("focusin", () => problem.classList.add("grown"));
  problem.addEventListener("focusout", settle);
  document.addEventListener("pointerdown", () => (pressed = true), true);
  for (const over of ["click", "pointercancel"]) document.addEventListener(over, release, true);
}
