// What was measured, as bars with their intervals: the picture of a page that has no tree.

import { h } from "../dom/dom.js";
import { written } from "./text.js";

/**
 * @param {{problems: number, bars: {label: string[][], row: string, percent: number, low: number, high: number}[]}} measured
 * @returns {HTMLElement}
 */
export function barsOf({ problems, bars }) {
  const rows = bars.map(({ label, percent, low, high }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, written(label)),
      h(
        "td",
        {},
        h(
          "div",
          { class: "learn-measured", title: `95 % interval: ${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} of 100` },
          h("span", { class: "learn-measured-bar", style: { width: `${percent}%` }, "aria-hidden": "true" }),
          h("span", {
            class: "learn-measured-interval",
            style: { left: `${100 * low}%`, width: `${100 * (high - low)}%` },
            "aria-hidden": "true",
          }),
        ),
      ),
      h("td", { class: "learn-measured-value", text: String(percent) }),
    ),
  );
  return h(
    "table",
    { class: "learn-bars" },
    h("caption", { text: `Right answers in 100, measured on ${problems} problems; the thin line is the 95 % interval.` }),
    h("tbody", {}, rows),
  );
}
