// The kinds of problem that the chosen models read, below the problem: a button puts one into it.

import { say } from "../dom/saying.js";
import { makeToolbar } from "../dom/toolbar.js";
import { putInto } from "./fields.js";

const PROBLEM = "problem";

/**
 * Called once for each mount of the component.
 *
 * @param {HTMLElement} element - `.kinds`, with a button for each kind.
 * @param {{props: Object, watch: Function}} gradio - `props.value` is the names of those that are
 *   read.
 */
export function mountKinds(element, { props, watch }) {
  const show = () => {
    const read = props.value ?? [];
    for (const button of element.querySelectorAll("button")) {
      button.hidden = button.parentElement.hidden = !read.includes(button.dataset.kind);
    }
  };
  element.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-problem]");
    if (!button) return;
    putInto(PROBLEM, button.dataset.problem);
    say("Filled in. Press Run.");
  });
  makeToolbar(element, element.getAttribute("aria-label"));
  watch("value", show);
  show();
}
