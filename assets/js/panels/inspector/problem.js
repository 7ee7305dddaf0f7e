// The root is selected: the problem, and the settings of the run.

import { count, inWords, readable, shorten } from "../../words/format.js";
import { definitions, heading, section } from "../blocks.js";
import { h } from "../../dom/dom.js";
import { answerMaths } from "../../words/plain_maths.js";
import { writeMaths } from "../../dom/maths.js";
import { writeStructured } from "../../dom/markdown.js";

const MOST_TEXT = 20000;
/** It says how large the run is, and is never folded away. */
const BUDGET = "n";
const LIMITS = { nodes: "steps", tokens: "tokens", seconds: "seconds" };

/** @returns {HTMLElement[]} */
export function problemContents(tree, { labels }) {
  const { problem } = tree.started;
  const text = h("div", { class: "esp-problem" });
  writeStructured(text, shorten(problem.text, MOST_TEXT));
  return [
    heading("The problem"),
    text,
    // The reference would give the search's end away; it is shown once solutions are graded.
    problem.answer !== null &&
      problem.answer !== undefined &&
      tree.finished &&
      h("p", {}, "Reference answer: ", reference(problem.answer), h("span", { class: "esp-quiet", text: ` (${referenceSource(problem)})` })),
    settingsSection(tree.started, labels),
  ];
}

const SOURCES = {
  countdown: "the number that the problem asks for",
  expression: "calculated from the problem’s own text, by no model",
  word: "calculated from the problem’s own text, by no model",
};

/** Who says so. `search_core/export/markdown.py` says the same. */
const referenceSource = ({ family }) => SOURCES[family] ?? "as whoever asked gave it";

function reference(answer) {
  const text = h("bdi", {});
  writeMaths(text, answerMaths(answer));
  return text;
}

/** What was set, in the words of the form; what is as usual is folded away. */
function settingsSection(header, labels) {
  const { chosen, usual } = settingRows(header, labels);
  const folded = h(
    "details",
    { class: "esp-whole" },
    h("summary", { text: `${usual.length} more, as usual` }),
    definitions(usual),
  );
  return section("Settings of this run", definitions(chosen), usual.length > 0 && folded);
}

/**
 * Rows of settings, `[[name, value], …]`: those that say something of this run, and the others.
 *
 * @param {Object} header - the run's `started` event.
 * @param {{strategies: ?Object, options: ?Object}} labels - what the form calls strategies and options.
 */
export function settingRows({ strategy, options, sampling, seed, solver, verifier, limits, created }, labels) {
  const known = labels.options?.[strategy] ?? {};
  const rows = Object.entries(options).map(([name, value]) => ({
    row: [known[name]?.label ?? readable(name), inWords(value)],
    usual: name !== BUDGET && name in known && known[name].default === value,
  }));
  const { temperature, top_p, max_step_tokens, top_k, min_p, repetition_penalty } = sampling;
  const samples = [
    { row: ["Temperature", inWords(temperature)] },
    { row: ["Top-p", inWords(top_p)], usual: top_p === 1 },
    { row: ["Top-k", inWords(top_k)] },
    { row: ["Min-p", inWords(min_p)] },
    { row: ["Repetition penalty", inWords(repetition_penalty)] },
    { row: ["Longest step", `${inWords(max_step_tokens)} tokens`], usual: true },
  ].filter(({ row }) => !/^not given/.test(row[1]));
  const bounds = Object.entries(limits).map(([name, value]) => ({ row: [`At most, ${LIMITS[name] ?? readable(name).toLowerCase()}`, count(value)], usual: true }));
  const all = [
    { row: ["Strategy", labels.strategies?.[strategy] ?? readable(strategy)] },
    ...rows,
    ...samples,
    { row: ["Seed", String(seed)] },
    { row: ["Solver", modelLine(solver)] },
    { row: ["Steps", labels.step_styles?.[solver.step_style || "blank_lines"] ?? inWords(solver.step_style)], usual: !solver.step_style },
    { row: ["Verifier", modelLine(verifier)] },
    ...bounds,
    ...(created ? [{ row: ["Started", created], usual: true }] : []),
  ];
  const of = (wanted) => all.filter(({ usual }) => Boolean(usual) === wanted).map(({ row }) => row);
  return { chosen: of(false), usual: of(true) };
}

/** A model in one line: name, size, precision, device. */
function modelLine({ name, parameters, dtype, device }) {
  const size = parameters ? `${count(parameters)} parameters` : "";
  return [name, size, dtype, device].filter(Boolean).join(", ");
}
