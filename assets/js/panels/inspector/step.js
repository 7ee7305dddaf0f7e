// A step is selected, or a folded group of steps, or a step that is still being written.

import {
  aggregateArithmetic,
  judgesSolutions,
  nodeName,
  shortName,
  stateWords,
  whySentences,
  writingName,
} from "../../words/words.js";
import { capital, count, flops, plural, score, shorten } from "../../words/format.js";
import { definitions, heading, link, longText, quiet, section } from "../blocks.js";
import { displayState, WRITING } from "../../log/visible.js";
import { h } from "../../dom/dom.js";
import { putInto } from "../../form/fields.js";
import { methodSections } from "./methods.js";
import { ROOT } from "../../log/tree.js";
import { scoreBar } from "../bars.js";
import { stressSection } from "./stress.js";
import { symbolPicture } from "../../picture/shapes.js";
import { writeStructured } from "../../dom/markdown.js";
import { writingWords } from "../../words/writing_words.js";

const MOST_PATH_TEXT = 1500;
const MOST_SIBLINGS = 64;

/**
 * @param {import("../../log/tree.js").Tree} tree
 * @param {Object} node
 * @param {{palette: Object, actions: import("../list.js").Actions}} given
 * @returns {HTMLElement[]}
 */
export function stepContents(tree, node, given) {
  const { actions } = given;
  const linkTo = (id, text) => link(text, () => actions.select(id));
  const long = node.text.length > MOST_PATH_TEXT;
  return [
    head(displayState(tree, node), shortName(tree, node), stateWords(tree, node), given),
    section(
      node.state === "pruned" ? "Why it was pruned" : node.state === "kept" ? "Why it was kept" : "What became of it",
      why(tree, node, linkTo),
    ),
    node.by && section("Who wrote it", h("p", { dir: "auto", text: `${node.by} did, and not the solver.` })),
    ...methodSections(tree, node, linkTo),
    section("The path so far", path(tree, node, given)),
    long && section("The whole step", longText(node.text, "The whole step")),
    node.thought && section("What the solver thought", thought(tree, node)),
    node.reason && section("What the verifier wrote", longText(node.reason, "What the verifier wrote")),
    node.aggregate !== null && section("Its scores in one number", arithmetic(tree, node)),
    section("Siblings", siblings(tree, node, given)),
    section("What it cost", node.again && quiet("It was written in the run before this one; this one did not pay for it. What it cost there:"), stepCosts(node)),
    stressSection(tree, node, given),
  ];
}

/** Not a step yet: what it continues can be read already. */
export function writingContents(tree, visible, id, given) {
  const parent = tree.nodes.get(visible.parent(id));
  return [
    head(WRITING, writingName(tree, visible, id), writingWords(visible.writing.get(id)), given),
    h("p", { text: "The solver is writing this step. Its text is here once the step is complete." }),
    parent.id !== ROOT && section("What it continues", path(tree, parent, given)),
  ];
}

/** A folded group, as `Visible.fold` gives it. */
export function foldContents(tree, fold, given) {
  return [
    heading(`${plural(fold.members.length, "folded step")}`),
    quiet(fold.best === null ? "None of them was scored." : `The best of them scored ${score(fold.best)}.`),
    h(
      "p",
      {},
      h("button", {
        type: "button",
        class: "esp-button",
        text: "Unfold them",
        on: { click: () => given.actions.unfold(fold.id) },
      }),
    ),
    steps(tree, fold.members.slice(0, MOST_SIBLINGS), null, given),
  ];
}

function head(state, name, words, { palette }) {
  return h(
    "div",
    { class: "esp-node-head" },
    symbolPicture(palette.states[state], state, 24),
    h("div", {}, heading(name), h("div", { class: "esp-quiet", text: capital(words) })),
  );
}

function why(tree, node, linkTo) {
  const parts = whySentences(tree, node).map((sentence) => h("p", { text: sentence }));
  if (node.merged_into !== null) {
    const original = tree.nodes.get(node.merged_into);
    parts.push(h("p", {}, linkTo(original.id, `Go to the original: ${shortName(tree, original)}`)));
  }
  return parts;
}

/** The steps from the first one to this node, each with its score. */
export function path(tree, node, { actions }) {
  const rows = tree.path(node.id).map((step) => {
    const text = h("div", { class: "esp-step-text" });
    writeStructured(text, shorten(step.text, MOST_PATH_TEXT));
    const here = step.id === node.id;
    const number = h("button", {
      type: "button",
      class: "esp-step-number",
      "aria-label": `Select ${nodeName(tree, step)}`,
      "aria-current": here && "step",
      text: String(step.depth),
      on: { click: () => actions.select(step.id) },
    });
    return h("li", { class: here ? "esp-step esp-here" : "esp-step" }, number, text, scoreBar(step.score));
  });
  return h("ol", { class: "esp-path" }, rows);
}

/** A thought is one long text; on the page it can be read as the tree that it walked. */
function thought(tree, node) {
  const said = node.thought === "open" ? "The step ends while the solver is still thinking." : "The solver thought before it answered.";
  const read = () => putInto("pasted-text", node.text, { "pasted-problem": tree.started.problem.text });
  const onPage = document.querySelector(".gradio-container") !== null;
  return [quiet(said), onPage && h("p", {}, link("Read it as a chain of thought", read))];
}

const AGGREGATES = {
  last: "The last step's score counts.",
  min: "The worst step's score counts.",
  prod: "All step scores are multiplied.",
  mean: "The mean of all step scores counts.",
};

function arithmetic(tree, node) {
  const meaning = judgesSolutions(tree)
    ? "An outcome verifier judged the finished solution, not its steps."
    : AGGREGATES[tree.started.options.aggregate ?? "last"];
  const ahead = node.ahead ? tree.nodes.get(node.ahead).depth - node.depth : 0;
  return [
    h("p", { class: "esp-formula", text: aggregateArithmetic(tree, node) }),
    quiet(meaning ?? ""),
    ahead > 0 && quiet(ahead === 1 ? "The last score is the rollout's." : `The last ${ahead} scores are the rollout's.`),
  ];
}

function siblings(tree, node, given) {
  const all = tree.nodes.get(node.parent).children;
  if (all.length === 1) return quiet("None: it is the only step sampled here.");
  const first = Math.max(0, Math.min(all.indexOf(node.id) - MOST_SIBLINGS / 2, all.length - MOST_SIBLINGS));
  const shown = all.slice(first, first + MOST_SIBLINGS);
  const more = all.length - shown.length;
  return [steps(tree, shown, node.id, given), more > 0 && quiet(`${plural(more, "more sibling")} not listed here.`)];
}

function steps(tree, ids, current, { palette, actions }) {
  const row = (id) => {
    const node = tree.nodes.get(id);
    const state = displayState(tree, node);
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "esp-sibling",
          "aria-current": id === current && "true",
          on: { click: () => actions.select(id) },
        },
        symbolPicture(palette.states[state], state, 16),
        h("span", { class: "esp-sr", text: `${nodeName(tree, node)}: ` }),
        h("span", { class: "esp-sibling-text", dir: "auto", text: shorten(node.text.replace(/\s+/g, " "), 90) }),
        h("span", {
          class: "esp-number",
          "aria-hidden": "true",
          text: node.score === null ? "" : score(node.score),
        }),
      ),
    );
  };
  return h("ul", { class: "esp-siblings" }, ids.map(row));
}

function stepCosts(node) {
  return definitions([
    ["Tokens written", count(node.tokens)],
    ["Prompt tokens computed", count(node.prefilled)],
    ["Prompt tokens reused", count(node.reused)],
    ["Tokens of the verifier", count(node.verifier_tokens)],
    ["Solver", flops(node.solver_flops)],
    ["Verifier", node.verifier_tokens || node.verifier_flops ? flops(node.verifier_flops) : "not asked at this step"],
    ["Log-probability", node.logprob === null ? "not given" : node.logprob.toFixed(2)],
  ]);
}
