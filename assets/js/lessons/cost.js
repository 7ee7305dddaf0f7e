// What the run has cost up to the moment on show: solver and verifier apart, growing with the tree.

import { count, flops } from "../words/format.js";
import { fill, h } from "../dom/dom.js";

/** All that a run costs, from its log: what the bar's whole length means. */
export const wholeWork = (events) =>
  events.reduce((sum, { kind, solver_flops: solver = 0, verifier_flops: verifier = 0 }) => sum + (kind === "spent" ? solver + verifier : 0), 0);

export class CostMeter {
  constructor() {
    this.element = h("section", { class: "learn-cost", "aria-label": "What it costs", hidden: true });
    this.drawn = "";
  }

  /** @param {import("../log/tree.js").Tree} tree @param {Object[]} events - of the whole run. */
  update({ cost }, events) {
    const { solver_flops: solver, verifier_flops: verifier, generated, verified } = cost;
    const key = [events.length, solver, verifier, generated].join();
    if (key === this.drawn) return;
    this.drawn = key;
    const whole = wholeWork(events) || 1;
    const part = (work, kind) => h("span", { class: `learn-cost-part ${kind}`, style: { width: `${(100 * work) / whole}%` } });
    const line = (name, kind, work, tokens, verb) =>
      h(
        "li",
        {},
        h("span", { class: `learn-swatch ${kind}`, "aria-hidden": "true" }),
        h("b", { text: `${name}: ${work ? flops(work) : "0"}` }),
        h("span", { text: `${count(tokens)} tokens ${verb}` }),
      );
    fill(
      this.element,
      h("div", { class: "learn-cost-bar", "aria-hidden": "true" }, part(solver, ""), part(verifier, "learn-striped")),
      h("ul", {}, line("Solver", "", solver, generated, "written"), line("Verifier", "learn-striped", verifier, verified, "read")),
    );
  }
}
