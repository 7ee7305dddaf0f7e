// What the run cost: tokens, and the FLOPs of solver and verifier apart, for neither is free.

import { count, flops, percent, seconds } from "../words/format.js";
import { fill, h } from "../dom/dom.js";
import { bar } from "./bars.js";
import { definitions } from "./blocks.js";
import { sizeNote } from "../words/words.js";

/** A bar that is a smaller part of the longest one than this would look empty. */
const LEAST_BAR = 0.01;
const UNSEEN = "Without a bar: less than a hundredth of the longest one.";

export class Costs {
  constructor() {
    this.body = h("div", { class: "esp-costs-body" });
    this.element = h(
      "section",
      { class: "esp-panel esp-costs", "aria-label": "Cost", tabindex: "0" },
      h("h2", { class: "esp-heading", text: "Cost" }),
      this.body,
    );
  }

  update({ tree, comparison }) {
    const { cost } = tree;
    const note = cost.verified ? sizeNote(tree.started) : "";
    const key = JSON.stringify([cost, comparison, note]);
    if (key === this.drawn) return;
    this.drawn = key;
    fill(this.body, this.work(cost, note), amounts(cost), this.comparison(cost, comparison));
  }

  work({ solver_flops: solver, verifier_flops: verifier }, note) {
    const total = solver + verifier;
    if (!total) return h("p", { class: "esp-quiet", text: "FLOPs are not known for these models." });
    const part = (value, kind) =>
      h("span", { class: `esp-part esp-part-${kind}`, style: { "flex-grow": String(value / total) } });
    return h(
      "div",
      {},
      h("p", { class: "esp-total", text: flops(total) }),
      h("div", { class: "esp-stack", "aria-hidden": "true" }, part(solver, "solver"), part(verifier, "verifier")),
      h(
        "ul",
        { class: "esp-keys" },
        h("li", {}, h("span", { class: "esp-key esp-part-solver", "aria-hidden": "true" }), `Solver ${flops(solver)}`),
        h(
          "li",
          {},
          h("span", { class: "esp-key esp-part-verifier", "aria-hidden": "true" }),
          `Verifier ${verifier ? flops(verifier) : "0"}`,
        ),
      ),
      h("p", { class: "esp-quiet", text: share(solver, verifier) }),
      note && h("p", { text: note }),
    );
  }

  comparison(cost, rows) {
    const own = cost.solver_flops + cost.verifier_flops;
    if (!rows.length || !own) return null;
    const all = [{ name: "This search", flops: own, own: true }, ...rows];
    const most = Math.max(...all.map((row) => row.flops));
    const seen = (row) => row.flops / most >= LEAST_BAR;
    return h(
      "div",
      { class: "esp-section" },
      h("h3", { text: "For comparison" }),
      h(
        "table",
        { class: "esp-table" },
        h("caption", { class: "esp-sr", text: "FLOPs of this search and of models that answer once" }),
        h(
          "tbody",
          {},
          all.map((row) =>
            h(
              "tr",
              {},
              h("th", { scope: "row", text: row.name }),
              h(
                "td",
                {},
                h(
                  "div",
                  { class: "esp-vote" },
                  seen(row) && bar(row.flops / most, row.own ? "esp-wins" : ""),
                  h("span", { class: "esp-number", text: flops(row.flops) }),
                ),
                !row.own && h("div", { class: "esp-quiet", text: times(row.flops, own) }),
              ),
            ),
          ),
        ),
      ),
      !all.every(seen) && h("p", { class: "esp-quiet", text: UNSEEN }),
    );
  }
}

function share(solver, verifier) {
  if (!verifier) return "The verifier did no work.";
  return `The verifier did ${percent(verifier, solver + verifier)} of the work.`;
}

function times(value, own) {
  const ratio = value / own;
  const digits = (number) => (number < 10 ? number.toFixed(1) : count(number));
  return ratio >= 1 ? `${digits(ratio)} times this search` : `1/${digits(1 / ratio)} of this search`;
}

function amounts(cost) {
  return definitions([
    ["Tokens written", count(cost.generated)],
    ["Prompt tokens computed", count(cost.prefilled)],
    ["Prompt tokens reused", count(cost.reused)],
    ["Tokens of the verifier", count(cost.verified)],
    ["Time in the models", seconds(cost.seconds)],
  ]);
}
