// What stands somewhere on the page, told to the whole of it: the page's column has it as attributes,
// by which the style sheets make room. Were they to look for it themselves (`.column:has(…)`), each
// change of the page would be a search through all of it: a third of what a run's pictures cost.

import { setAttribute } from "./dom.js";

/**
 * @param {Element} element - one of the page's own; elsewhere, as in an exported page, nobody is told.
 * @param {Object<string, string|boolean|null>} facts - by name, such as `{ notice: "error" }` for
 *   `data-notice`; true is an attribute that is there, false or null one that is not.
 */
export function tellPage(element, facts) {
  const column = element.closest(".contain > .column");
  for (const [name, value] of Object.entries(facts)) {
    if (!column) return;
    if (value === false || value === null || value === "") column.removeAttribute(`data-${name}`);
    else setAttribute(column, `data-${name}`, value === true ? "" : value);
  }
}
