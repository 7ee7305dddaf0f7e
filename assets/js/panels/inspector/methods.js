// Sections of the inspector for what only some methods say: visits and value, the share of a
// budget, the rollout that judged, the attempt that is revised, the place in a stream.

import { allocationOf, forcedLabel, isJump, isStream, piecesOf, times } from "../../words/annotations.js";
import { count, plural, shorten } from "../../words/format.js";
import { definitions, quiet, section } from "../blocks.js";
import { h } from "../../dom/dom.js";
import { pieceName, shortName, stateWords } from "../../words/words.js";

/**
 * @param {import("../../log/tree.js").Tree} tree
 * @param {Object} node
 * @param {(id: string, text: string) => HTMLElement} linkTo - a button that goes to a node.
 * @returns {HTMLElement[]}
 */
export function methodSections(tree, node, linkTo) {
  return [
    node.ahead !== null && section("Judged by the end of its rollout", ahead(tree, node, linkTo)),
    node.visits !== null && section("Value and visits", belief(node)),
    node.weight !== null && section("Its share of the budget", allocation(tree, node)),
    isStream(tree) ? section("Its place in the stream", place(tree, node, linkTo)) : revision(tree, node, linkTo),
    node.forced && section("Forced words", forced(node)),
  ].filter(Boolean);
}

function ahead(tree, node, linkTo) {
  const end = tree.nodes.get(node.ahead);
  const steps = plural(end.depth - node.depth, "step");
  return [
    h("p", { text: `The search looked ${steps} ahead from here and took the score at the end of that rollout.` }),
    h("p", {}, linkTo(end.id, `Go to the end: ${shortName(tree, end)}`)),
  ];
}

function belief(node) {
  return [
    definitions([
      ["Value", node.value.toFixed(3)],
      ["Visits", count(node.visits)],
    ]),
    quiet(
      `In the picture: ${node.value.toFixed(2)} (${count(node.visits)}). Each time the search passes through a step counts as a ` +
        "visit; its value is the mean of what it found below. Larger marks were visited more often.",
    ),
  ];
}

function allocation(tree, node) {
  const allocated = allocationOf(tree, node);
  const total = allocated.shares.reduce((sum, [, , copies]) => sum + copies, 0);
  const rows = [
    ["Weight", `${(100 * node.weight).toFixed(1)} %`],
    ["Copies", `${node.copies} of ${count(total)}`],
    ["Shared out in round", String(allocated.round)],
  ];
  const { effective } = allocated;
  if (effective !== undefined && effective !== null)
    rows.push(["Effective sample size", `${effective.toFixed(1)} of ${allocated.shares.length}`]);
  return [definitions(rows), quiet(copiesSentence(node))];
}

function copiesSentence({ copies, state }) {
  if (!copies) return "No part of the budget fell to this path.";
  if (state === "completed") return `The path is finished; it counts ${times(copies)}.`;
  return `The search goes on from here ${times(copies)}.`;
}

/** The attempt that this one revises, and the ones that revise it. */
function revision(tree, node, linkTo) {
  const first = tree.path(node.id)[0];
  const earlier = first && isJump(first) ? tree.nodes.get(first.after) : null;
  const later = [...tree.nodes.values()].filter((other) => other.after === node.id);
  if (!earlier && !later.length) return null;
  return section("Attempts", [
    earlier && h("p", { text: "The solver had read an earlier attempt before it wrote this one." }),
    earlier && h("p", {}, linkTo(earlier.id, `It revises the attempt that ended at step ${earlier.depth}: ${stateWords(tree, earlier)}`)),
    ...later.map((other) => h("p", {}, linkTo(other.id, `Revised by the attempt that begins: ${shorten(oneLine(other.text), 40)}`))),
  ]);
}

function place(tree, node, linkTo) {
  const pieces = piecesOf(tree);
  const index = pieces.indexOf(node.id);
  const [before, after] = [pieces[index - 1], pieces[index + 1]];
  const parts = [h("p", { text: `${pieceName(tree, node)}, in the order in which they were written.` })];
  if (isJump(node)) {
    const parent = tree.nodes.get(node.parent);
    parts.push(h("p", { text: `The stream jumped back here: it goes on from ${lowered(shortName(tree, parent))}.` }));
  }
  const ways = [
    before && linkTo(before, "Piece before"),
    after && linkTo(after, tree.nodes.get(after).parent === node.id ? "Next piece" : "Next piece, elsewhere"),
  ].filter(Boolean);
  if (ways.length) parts.push(h("p", { class: "esp-links" }, ways));
  return parts;
}

const oneLine = (text) => text.replace(/\s+/g, " ");
const lowered = (text) => text.charAt(0).toLowerCase() + text.slice(1);

function forced(node) {
  return [
    h("p", { text: `The text begins with ${forcedLabel(node)}, which was put into the solver's mouth.` }),
    quiet("The solver wished to stop, or to say something else; what follows these words is its own."),
  ];
}
