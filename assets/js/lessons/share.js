// The share of rollouts that arrive: of the solutions that begin with one step, how many are right, as
// far as they have ended at the moment on show.

import { fill, h } from "../dom/dom.js";

/**
 * @param {import("../log/tree.js").Tree} tree - at a moment.
 * @param {Object[]} events - of the whole run, which says at its end what is right.
 * @param {string[]} among - ids of the steps that count.
 * @returns {{right: boolean}[]} the solutions that have ended, in their order.
 */
export function arrivals(tree, events, among) {
  const right = new Set(events.flatMap((event) => (event.kind === "graded" ? event.right : [])));
  const counted = new Set(among);
  return [...tree.nodes.values()]
    .filter((node) => node.state === "completed" && counted.has(node.id))
    .map((node) => ({ right: right.has(node.id) }));
}

export class ShareMeter {
  constructor() {
    this.said = h("p", { class: "learn-share-said" });
    this.marks = h("div", { class: "learn-noise-marks", "aria-hidden": "true" });
    this.element = h("section", { class: "learn-share", "aria-label": "Rollouts that arrive", hidden: true }, this.marks, this.said);
    this.drawn = "";
  }

  update(tree, events, among) {
    const found = arrivals(tree, events, among);
    const rights = found.filter(({ right }) => right).length;
    const key = `${rights}/${found.length}`;
    if (key === this.drawn) return;
    this.drawn = key;
    fill(this.marks, found.map(({ right }) => h("span", { "data-right": right, text: right ? "✓" : "✗" })));
    const share = found.length ? `${rights} of ${found.length} arrive: ${(rights / found.length).toFixed(2)}` : "None has ended yet.";
    fill(this.said, share);
  }
}
