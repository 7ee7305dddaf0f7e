// Building blocks of the panels: headings, sections, and tables of facts.

import { count, flops } from "../words/format.js";
import { h } from "../dom/dom.js";

export const heading = (text) => h("h2", { class: "esp-heading", text });
export const section = (title, ...contents) =>
  h("div", { class: "esp-section" }, h("h3", { text: title }), contents.flat());
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** A model in one line: name, size, precision, device. */
export function model({ name, parameters, dtype, device }) {
  const size = parameters ? `${count(parameters)} parameters` : "";
  return [name, size, dtype, device].filter(Boolean).join(", ");
}

/** What one step cost. */
export function stepCosts(node) {
  return table([
    ["Tokens written", count(node.tokens)],
    ["Prompt tokens computed", count(node.prefilled)],
    ["Prompt tokens reused", count(node.reused)],
    ["Tokens of the verifier", count(node.verifier_tokens)],
    ["Solver", flops(node.solver_flops)],
    ["Verifier", node.verifier_tokens || node.verifier_flops ? flops(node.verifier_flops) : "not asked at this step"],
    ["Log-probability", node.logprob.toFixed(2)],
  ]);
}

/** Names and values as a description list. */
export function table(rows) {
  return h(
    "dl",
    { class: "esp-facts" },
    rows.flatMap(([name, value]) => [h("dt", { text: name }), h("dd", { text: value })]),
  );
}
