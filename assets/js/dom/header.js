// The header of every place is one tab stop, so that it is not far to what the place is for.

import { makeToolbar } from "./toolbar.js";

/** Called once for each page: its header is there. */
export function mountHeader() {
  const bar = document.querySelector(".places-bar");
  if (bar) makeToolbar(bar, bar.getAttribute("aria-label"));
}
