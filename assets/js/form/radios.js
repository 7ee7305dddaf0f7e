// Gradio gives each radio button a name of its own, so that each is a tab stop and arrow keys do
// nothing; and its groups have no name to be read. Here each set becomes one group.

import { uniqueId } from "../dom/dom.js";

const GROUPS = "fieldset:has(> .wrap input[type=radio])";

let observed = null;

/** Name all groups on the page, and those that appear later. */
export function nameRadioGroups() {
  const page = document.body;
  if (observed === page) return;
  observed = page;
  nameAll(page);
  const observer = new MutationObserver((changes) => {
    // The explorer changes at every event of a run, and has no radio buttons.
    if (changes.some(({ target }) => !target.closest?.(".esp"))) nameAll(page);
  });
  // Names, too: Gradio gives its own again when it draws a group anew.
  observer.observe(page, { childList: true, subtree: true, attributes: true, attributeFilter: ["name"] });
}

function nameAll(page) {
  for (const group of page.querySelectorAll(GROUPS)) {
    const name = group.dataset.radios ?? uniqueId("radios");
    const [first, ...others] = group.querySelectorAll("input[type=radio]");
    if (group.dataset.radios && first.name === name && others.every((radio) => radio.name === name)) continue;
    group.dataset.radios = name;
    const title = group.querySelector("[data-testid=block-info]");
    group.setAttribute("role", "radiogroup");
    if (title) {
      title.id ||= `${name}-title`;
      group.setAttribute("aria-labelledby", title.id);
    }
    // Naming unchecks whichever of two checked ones comes first: none are, but for the chosen one.
    for (const radio of [first, ...others]) radio.name = name;
  }
}
