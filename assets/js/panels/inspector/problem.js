// The root is selected: the problem, and the settings of the run.

import { count, readable, shorten } from "../../words/format.js";
import { definitions, heading, section } from "../blocks.js";
import { h } from "../../dom/dom.js";
import { answerMaths } from "../../words/plain_maths.js";
import { writeMaths } from "../../dom/maths.js";
import { writeStructured } from "../../dom/markdown.js";

const MOST_TEXT = 20000;

/** @returns {HTMLElement[]} */
export function problemContents(tree, { labels }) {
  const { problem, strategy, options, sampling, seed, solver, verifier, limits, created } = tree.started;
  const text = h("div", { class: "esp-problem" });
  writeStructured(text, shorten(problem.text, MOST_TEXT));
  return [
    heading("The problem"),
    text,
    // The reference would give the search's end away; it is shown once solutions are graded.
    problem.answer !== null &&
      problem.answer !== undefined &&
      tree.finished &&
      h("p", {}, "Reference answer: ", reference(problem.answer)),
    section(
      "Settings of this run",
      definitions([
        ["Strategy", labels.strategies?.[strategy] ?? readable(strategy)],
        ...Object.entries(options).map(([name, value]) => [readable(name), String(value)]),
        ...Object.entries(sampling).map(([name, value]) => [readable(name), String(value)]),
        ["Seed", String(seed)],
        ["Solver", modelLine(solver)],
        ["Verifier", modelLine(verifier)],
        ...Object.entries(limits).map(([name, value]) => [`Limit of ${readable(name).toLowerCase()}`, String(value)]),
        ...(created ? [["Started", created]] : []),
      ]),
    ),
  ];
}

function reference(answer) {
  const text = h("bdi", {});
  writeMaths(text, answerMaths(answer));
  return text;
}

/** A model in one line: name, size, precision, device. */
function modelLine({ name, parameters, dtype, device }) {
  const size = parameters ? `${count(parameters)} parameters` : "";
  return [name, size, dtype, device].filter(Boolean).join(", ");
}
