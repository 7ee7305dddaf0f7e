// The app's way into the guide: a small "?" beside each control, and the theme that goes along.

const CLASS = "guide-link";

/**
 * Put a link beside every control of the table, also beside those that Gradio shows later.
 *
 * @param {{control: string, label: string, address: string}[]} table - `address` is relative to
 *   the app's root.
 * @param {string} root - the app's root, an absolute address that ends with "/".
 * @param {string[]} columns - ids of the elements in which the controls are.
 */
export function placeGuideLinks(table, root, columns) {
  const place = () => table.forEach((entry) => placeLink(entry, root));
  const observer = new MutationObserver(place);
  for (const id of columns) {
    const column = document.getElementById(id);
    if (column) observer.observe(column, { childList: true, subtree: true });
  }
  place();
}

function placeLink({ control, label, address }, root) {
  const element = document.getElementById(control);
  if (!element) return;
  // A link cannot stand inside a button: it comes after the last one of the row.
  const home = element.tagName === "BUTTON" ? element.parentElement : element;
  if (home.querySelector(`:scope > .${CLASS}`)) return;
  const link = document.createElement("a");
  link.className = CLASS;
  link.href = new URL(address, root).href;
  link.target = "_blank";
  link.textContent = "?";
  link.setAttribute("aria-label", `Guide: ${label}`);
  link.title = `Guide: ${label} (opens in a new tab)`;
  home.append(link);
}

/** The guide opens in the theme that is on show here, if that is not the system's own. */
export function carryTheme() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-place], a.guide-link");
    if (!link?.href) return;
    const address = new URL(link.href);
    const dark = document.body.classList.contains("dark");
    const system = matchMedia("(prefers-color-scheme: dark)").matches;
    if (dark === system) address.searchParams.delete("__theme");
    else address.searchParams.set("__theme", dark ? "dark" : "light");
    link.href = address.href;
  });
}
