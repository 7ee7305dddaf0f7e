// What is to be seen in a chosen problem's run, in one sentence made from its log. Pure.
//
// `search_core/chosen_problems/claims.py` found these runs and says what each claims. Here every
// sentence is counted once more: a log that does not bear it out gets none.

import { list, plural, score, shorten } from "../words/format.js";

const MOST_ANSWER = 24;
/** A verifier that is shipped to show what goes wrong with one. */
const EARLY = "verifier-early";

/**
 * @typedef {Object} Said
 * @property {string} sentence
 * @property {Point[]} points - where in the picture it is true.
 *
 * @typedef {Object} Point
 * @property {string} id - of a node.
 * @property {string} label - what there is to read beside it; "" for nothing.
 * @property {string} [short] - see `Pointing.show`.
 */

/**
 * @param {{claim: string, evidence: Object}} chosen
 * @param {import("../log/tree.js").Tree} tree - at the end of the run.
 * @returns {?Said} null where the run does not show it.
 */
export function sayClaim({ claim, evidence }, tree) {
  if (!tree.finished) return null;
  return CLAIMS[claim]?.(tree, evidence) ?? null;
}

const CLAIMS = {
  voting_fails: votingFails,
  verifier_is_fooled: verifierIsFooled,
  right_path_is_cut: rightPathIsCut,
  more_budget_is_worse: moreBudgetIsWorse,
};

function votingFails(tree) {
  const { majority, weighted } = votesOf(tree);
  if (!majority || !weighted || isRight(tree, majority.chosen) !== false || !isRight(tree, weighted.chosen)) return null;
  const said = `The verifier’s vote says ${answerOf(tree, weighted.chosen)}, and is right.`;
  return { sentence: `${share(majority)}, and are wrong. ${said}`, points: scored(tree, majority.chosen, weighted.chosen) };
}

function verifierIsFooled(tree) {
  const { majority, best } = votesOf(tree);
  if (!majority || !best || isRight(tree, best.chosen) !== false || !isRight(tree, majority.chosen)) return null;
  const { aggregate } = tree.nodes.get(best.chosen);
  const verifier = isEarly(tree) ? "This verifier, from early in its training," : "The verifier";
  const fooled = `${verifier} likes ${answerOf(tree, best.chosen)} best (${score(aggregate)}), and is wrong.`;
  return { sentence: `${fooled} ${share(majority)}, and are right.`, points: scored(tree, majority.chosen, best.chosen) };
}

function rightPathIsCut(tree, { step, text, way, kept }) {
  const node = tree.nodes.get(step);
  if (!node || node.state !== "pruned" || node.text !== text || isRight(tree, tree.chosen) !== false) return null;
  const { answer } = tree.started.problem;
  const { round } = tree.decisions[node.decision];
  const cut = `Round ${round} cut “${shorten(equationOf(text), 40)}”, from which ${list(way)} would have made ${answer}.`;
  return { sentence: `${cut} ${noneOf(kept)} can.`, points: [{ id: step, label: list(way) }] };
}

function moreBudgetIsWorse(tree, { few, then }) {
  const { best } = votesOf(tree);
  if (!best || isRight(tree, best.chosen) !== false || !isRight(tree, then)) return null;
  const by = isEarly(tree) ? " by a verifier from early in its training" : "";
  const first = `Of the first ${few} attempts the best score${by} says ${answerOf(tree, then)}, and is right.`;
  const { n } = tree.started.options;
  return { sentence: `${first} Of all ${n} it says ${answerOf(tree, best.chosen)}, and is wrong.`, points: scored(tree, then, best.chosen) };
}

const votesOf = (tree) => Object.fromEntries(tree.votes);

const isEarly = (tree) => tree.started.verifier?.name === EARLY;

const isRight = (tree, id) => tree.nodes.get(id)?.right ?? null;

const answerOf = (tree, id) => shorten(tree.nodes.get(id).answer, MOST_ANSWER);

/** Nodes with their scores: beside a mark there is room for two decimals. */
const scored = (tree, ...ids) => ids.map((id) => ({ id, ...clearly(tree.nodes.get(id).aggregate.toFixed(2)) }));

/** It stands where it covers no words and no mark. */
export const clearly = (label) => ({ label, short: label });

function noneOf(kept) {
  if (kept === 1) return "The one step that it kept no longer";
  return `${kept === 2 ? "Neither of the 2" : `None of the ${kept}`} steps that it kept`;
}

/** "12 of 16 attempts say 29". */
function share({ tally }) {
  const all = tally.reduce((sum, [, , , solutions]) => sum + solutions, 0);
  const [, answer, , solutions] = tally[0];
  return `${solutions} of ${plural(all, "attempt")} say ${shorten(answer, MOST_ANSWER)}`;
}

/** A Countdown step without the numbers that it leaves. */
const equationOf = (text) => text.split(", left ")[0];
