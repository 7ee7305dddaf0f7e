// Light or dark as a person chose it, in whatever place that was. The other places keep the same with
// `guide/theme.js`, which is no module; the search page's button keeps it, too.

import { storage } from "./storage.js";

const KEY = "espalier-theme";
const THEMES = ["light", "dark"];

/**
 * The search page has the theme that was chosen, here or elsewhere, unless its address names one.
 * Gradio's own follows the system.
 *
 * @param {HTMLElement} body - it has the class "dark" where the page is dark.
 * @param {?string} named - the theme that the address names.
 */
export function showChosenTheme(body, named) {
  const chosen = storage()?.getItem(KEY);
  if (!THEMES.includes(named) && THEMES.includes(chosen)) body.classList.toggle("dark", chosen === "dark");
}
