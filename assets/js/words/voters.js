// Which solutions vote, and why others do not. Pure; said only where the two differ.

import { count, plural } from "./format.js";

const PARTICLES = "a path votes as often as it holds particles when the run ends";
const BY_BUDGET = ({ n, sort_completed: sorted }) =>
  sorted ? `those with the ${count(n)} best scores vote, as many as N says` : `the first ${count(n)} to finish vote, as many as N says`;
/** Who votes by the rules of a strategy, where that is not every solution with an answer. */
const RULES = {
  beam_search: BY_BUDGET,
  lookahead_search: BY_BUDGET,
  particle_filtering: () => PARTICLES,
  particle_gibbs: () => `${PARTICLES}, and those of earlier iterations hold none`,
  mcts: ({ final_choice: way }) => (["visits", "value"].includes(way) ? "only the solution at the end of the way down answers" : ""),
  self_revision: ({ electors }) => (electors === "chains" ? "of each chain only its best attempt votes" : ""),
  single_stream: () => "only the last answer of the stream counts",
};

/**
 * "16 of 28 solutions vote: the first 16 to finish vote, as many as N says."
 *
 * @param {import("../log/tree.js").Tree} tree
 * @returns {string} "" before the vote, and where every solution has one vote.
 */
export function votersSentence(tree) {
  const { majority } = Object.fromEntries(tree.votes);
  if (!majority || !tree.started) return "";
  const { solutions, answerless } = countSolutions(tree);
  const votes = majority.tally.reduce((sum, [, , , times]) => sum + times, 0);
  const spares = majority.tally.some(([group, , , times]) => times !== (solutions.get(group) ?? 0)) || majority.tally.length < solutions.size;
  const mute = answerless && !tree.started.options.answerless_vote ? answerless : 0;
  if (!spares && !mute) return "";
  const reasons = [
    spares && (RULES[tree.started.strategy]?.(tree.started.options) ?? ""),
    mute && `${count(mute)} ${mute === 1 ? "says no answer and has" : "say no answer and have"} no vote`,
  ].filter(Boolean);
  const all = [...solutions.values()].reduce((sum, one) => sum + one, answerless);
  const counted = votes > all ? `${plural(votes, "vote")} from ${plural(all, "solution")}` : `${count(votes)} of ${plural(all, "solution")} ${votes === 1 ? "votes" : "vote"}`;
  return `${counted}${reasons.length ? `: ${reasons.join("; ")}` : ""}.`;
}

/** Solutions by the class of their answer, and those without one. */
function countSolutions(tree) {
  const solutions = new Map();
  let answerless = 0;
  for (const { state, group } of tree.nodes.values()) {
    if (state !== "completed") continue;
    if (group === null) answerless += 1;
    else solutions.set(group, (solutions.get(group) ?? 0) + 1);
  }
  return { solutions, answerless };
}
