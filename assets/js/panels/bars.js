// Small bars that stand beside their number; the number is the information, the bar a picture of it.

import { h } from "../dom/dom.js";
import { score } from "../words/format.js";

/** A score in [0, 1] as a bar with its number. */
export function scoreBar(value) {
  return h(
    "div",
    { class: "esp-score" },
    bar(value ?? 0),
    h("span", { class: "esp-number", text: value === null ? "–" : score(value) }),
  );
}

/** A bar of a share in [0, 1]. */
export function bar(share, kind = "") {
  const width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return h(
    "span",
    { class: `esp-bar ${kind}`, "aria-hidden": "true" },
    h("span", { class: "esp-bar-fill", style: { width } }),
  );
}
