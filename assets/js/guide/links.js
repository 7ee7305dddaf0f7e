// The app's way into the guide: a small "?" beside each control, and the theme that goes along.

import { storage } from "../dom/storage.js";

const CLASS = "guide-link";
const THEME = "espalier-theme";

/**
 * Put a link beside every control and panel of the table, also beside those that are shown later.
 *
 * @param {{control: string, label: string, address: string, term: ?string}[]} table - `control` is an id, or the
 *   class of a panel in the explorer; `address` is relative to the app's root.
 * @param {string} root - the app's root, an absolute address that ends with "/".
 */
export function placeGuideLinks(table, root) {
  const [panels, controls] = [true, false].map((panel) => table.filter((entry) => isPanel(entry) === panel));
  const watch = (id, place) => {
    const column = document.getElementById(id);
    const observer = new MutationObserver(() => place(observer));
    if (column) observer.observe(column, { childList: true, subtree: true });
    place(observer);
  };
  const placeControls = () => controls.forEach((entry) => placeLink(entry, root));
  watch("composer", placeControls);
  watch("drawer", placeControls);
  // Panels stay once they are there, and much else changes around them: no need to watch on.
  watch("explorer-column", (observer) => {
    if (panels.map((entry) => placeLink(entry, root)).every(Boolean)) observer.disconnect();
  });
}

const isPanel = ({ control }) => control.startsWith("esp-");

/** @returns {boolean} whether the control is on the page. */
function placeLink({ control, label, address, term }, root) {
  const element = isPanel({ control })
    ? document.querySelector(`#explorer .${control}`)
    : document.getElementById(control);
  if (!element) return false;
  // A link cannot stand inside a button: it comes after the last one of the row.
  const home = element.tagName === "BUTTON" ? element.parentElement : element;
  if (home.querySelector(`:scope > .${CLASS}`)) return true;
  const link = document.createElement("a");
  link.className = CLASS;
  link.href = new URL(address, root).href;
  link.target = "_blank";
  link.textContent = "?";
  link.setAttribute("aria-label", `Guide: ${label}`);
  if (term) link.dataset.term = term;
  else link.title = `Guide: ${label} (opens in a new tab)`;
  // Between Run and the tree nobody needs another stop: the guide is in the header, too.
  if (home.id === "composer") link.tabIndex = -1;
  home.append(link);
  return true;
}

/** The guide opens in the theme that is on show here, if that is not the system's own. */
export function carryTheme() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-place], a.guide-link");
    if (!link?.href) return;
    const address = new URL(link.href);
    const dark = document.body.classList.contains("dark");
    const system = matchMedia("(prefers-color-scheme: dark)").matches;
    if (dark === system && !storage()?.getItem(THEME)) address.searchParams.delete("__theme");
    else address.searchParams.set("__theme", dark ? "dark" : "light");
    link.href = address.href;
  });
}
