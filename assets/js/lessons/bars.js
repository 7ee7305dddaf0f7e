// What was measured or reckoned, as bars: the picture of a page that has no tree. The verifier's part
// of the work is striped, so that no colour is needed to tell it.

import { h } from "../dom/dom.js";
import { written } from "./text.js";

const GIGA = 1e9;

/** @typedef {{label: string[][], percent: number, low: number, high: number, solver: ?number, verifier: ?number}} Bar */

/**
 * @param {{problems: number, quantity: string, bars: Bar[], ceiling: ?Bar}} measured - `ceiling`: what
 *   none of them can exceed; a line across all of them, as it is no way to choose.
 * @param {Set<string>} known - terms that the lessons have explained by now.
 */
export function barsOf({ problems, quantity, bars, ceiling }, known) {
  if (quantity === "flops") return worksOf(problems, bars);
  return quantity === "rollouts" ? rolloutsOf(problems, bars) : partsOf(problems, bars, known.has("interval"), ceiling);
}

/** Where the verifier is right about a step, bar and mark end at the same place. */
function rolloutsOf(problems, bars) {
  const rows = bars.map(({ label, percent, low }) =>
    row(
      written(label),
      [
        h("span", { class: "learn-measured-bar", style: { width: `${percent}%` }, "aria-hidden": "true" }),
        h("span", { class: "learn-measured-mark", style: { left: `${100 * low}%` }, "aria-hidden": "true" }),
      ],
      String(percent),
      `${percent} of 100 rollouts arrive; the verifier said ${low.toFixed(2)} on average`,
    ),
  );
  return table(`Rollouts in 100 that reach the answer, from steps of ${problems} problems; the upright line is what the verifier said.`, rows);
}

function partsOf(problems, bars, named, ceiling) {
  const most = () =>
    ceiling && h("span", { class: "learn-measured-ceiling", style: { left: `${ceiling.percent}%` }, "aria-hidden": "true" });
  const rows = bars.map(({ label, percent, low, high }) =>
    row(
      written(label),
      [
        h("span", { class: "learn-measured-bar", style: { width: `${percent}%` }, "aria-hidden": "true" }),
        h("span", {
          class: "learn-measured-interval",
          style: { left: `${100 * low}%`, width: `${100 * (high - low)}%` },
          "aria-hidden": "true",
        }),
        most(),
      ],
      String(percent),
      `95 % range: ${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} of 100`,
    ),
  );
  if (ceiling) {
    const said = row(written(ceiling.label), [most()], String(ceiling.percent), `None of the others can exceed ${ceiling.percent} of 100`);
    said.classList.add("learn-bars-ceiling");
    rows.push(said);
  }
  const line = named ? "is the 95 % interval: of 100 such measurements, about 95 have the true share in theirs" : "shows how far chance may have moved the end of the bar";
  return table(`Right answers in 100, measured on ${problems} problems; the thin line ${line}.`, rows);
}

function worksOf(problems, bars) {
  const most = Math.max(...bars.map(({ solver, verifier }) => solver + verifier));
  const rows = bars.map(({ label, percent, solver, verifier }) =>
    row(
      [...written(label), h("span", { class: "learn-bars-right", text: `right in ${percent} of 100` })],
      stack(solver / most, verifier / most),
      ((solver + verifier) / GIGA).toFixed(1),
      `solver ${(solver / GIGA).toFixed(1)}, verifier ${(verifier / GIGA).toFixed(1)} GFLOPs`,
    ),
  );
  return table([`Work for one problem in GFLOPs, averaged over ${problems} problems (upper bounds: today's engine reads less): `, ...legend()], rows);
}

/** @param {{label: string[][], solver: number, verifier: number}[]} reckoned - parameters times passes. */
export function reckonedOf(reckoned) {
  const most = Math.max(...reckoned.map(({ solver, verifier }) => solver + verifier));
  const rows = reckoned.map(({ label, solver, verifier }) =>
    row(
      written(label),
      stack(solver / most, verifier / most),
      String(solver + verifier),
      verifier ? `${solver} for the solver, ${verifier} for the verifier` : `${solver} for the solver`,
    ),
  );
  return table(["Billions of parameters passed for each token, reckoned: ", ...legend()], rows);
}

const legend = () => [
  h("span", { class: "learn-pair" }, h("span", { class: "learn-swatch", "aria-hidden": "true" }), " solver,"),
  " ",
  h("span", { class: "learn-pair" }, h("span", { class: "learn-swatch learn-striped", "aria-hidden": "true" }), " verifier."),
];

const stack = (solver, verifier) => [
  h("span", { class: "learn-measured-bar", style: { width: `${100 * solver}%` }, "aria-hidden": "true" }),
  verifier > 0 &&
    h("span", {
      class: "learn-measured-bar learn-striped",
      style: { left: `${100 * solver}%`, width: `${100 * verifier}%` },
      "aria-hidden": "true",
    }),
];

const row = (label, bar, value, title) =>
  h(
    "tr",
    {},
    h("th", { scope: "row" }, label),
    h("td", {}, h("div", { class: "learn-measured", title }, bar), h("span", { class: "esp-sr", text: title })),
    h("td", { class: "learn-measured-value", text: value }),
  );

const table = (caption, rows) => h("table", { class: "learn-bars" }, h("caption", {}, caption), h("tbody", {}, rows));
