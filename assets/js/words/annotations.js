// Annotations: what particular methods say of a node beside its state: visits and value, a share of the budget,
// a rollout's verdict, what was read before, forced words. Pure; a log without them says nothing.

import { plural, shorten } from "./format.js";

/** Strategies whose steps are the pieces of one long text, written one after the other. */
const STREAMS = new Set(["single_stream"]);
const FORCED_LENGTH = 24;
const PIECE_LENGTH = 16;
/** Sizes of marks by visits: the least and the most, as a part of the usual size. */
const LEAST_SCALE = 0.8;
const MOST_SCALE = 1.6;

/** Whether the run is one long stream, whose order of writing is part of the story. */
export const isStream = (tree) => isStreamStrategy(tree.started?.strategy);
export const isStreamStrategy = (strategy) => STREAMS.has(strategy);

/** Whether nobody ran anything: the text was pasted, and has no recipe. */
export const isPasted = (header) => header?.solver.name === "pasted text";

/** Ids of a stream's pieces in the order in which they were written. */
export const piecesOf = (tree) => [...tree.nodes.keys()].slice(1);

/** Whether the text jumped here from elsewhere than the parent: back, or on to a revision. */
export const isJump = (node) => node.after !== null && node.after !== node.parent;

/** How the text was made to begin, in quotes; "" where nothing was forced. */
export const forcedLabel = (node) => (node.forced ? `“${shorten(node.forced.trim(), FORCED_LENGTH)}”` : "");

/** Beside the mark: value and visits, or the score with the copies; in a stream, how a piece begins. */
export function markLabel(node, stream = false) {
  if (stream && node.score === null) return shorten(node.text.replace(/\s+/g, " ").trim(), PIECE_LENGTH);
  const parts = [];
  if (node.visits !== null) parts.push(`${node.value.toFixed(2)} (${node.visits})`);
  else if (node.score !== null) parts.push(scoreLabel(node));
  if (node.copies > 1) parts.push(copiesLabel(node));
  if (node.forced) parts.push(forcedLabel(node));
  return parts.join(" ");
}

/** The step's score; where a rollout's end judged, what counted then: "0.93 → 0.39". */
function scoreLabel({ score, aggregate, ahead }) {
  return ahead === null ? score.toFixed(2) : `${score.toFixed(2)} → ${aggregate.toFixed(2)}`;
}

/** "×3" where a path is continued three times; "" where it goes on once, or not at all. */
export const copiesLabel = (node) => (node.copies > 1 ? `×${node.copies}` : "");

/** The most visits of any step; 0 where the method counts none. */
export function mostVisits(tree) {
  let most = 0;
  if (!tree.annotated) return most;
  for (const node of tree.nodes.values()) if (node.parent !== null && node.visits > most) most = node.visits;
  return most;
}

/** How large a mark is, as a part of its usual size: its area grows with the visits. */
export function visitScale(node, most) {
  if (!most) return 1;
  return LEAST_SCALE + (MOST_SCALE - LEAST_SCALE) * Math.sqrt((node.visits ?? 0) / most);
}

/** Phrases for the ear, after score and state. */
export function annotationPhrases(tree, node) {
  const phrases = [];
  if (node.visits !== null) phrases.push(`visited ${times(node.visits)}, mean value ${node.value.toFixed(2)}`);
  if (node.copies !== null) phrases.push(copiesPhrase(node));
  if (node.ahead !== null) phrases.push("judged by the end of its rollout");
  if (isJump(node)) phrases.push(isStream(tree) ? "after a jump back" : "revises an earlier attempt");
  if (node.forced) phrases.push(`forced to begin with ${forcedLabel(node)}`);
  return phrases;
}

function copiesPhrase({ copies, state }) {
  if (!copies) return "given no share";
  return state === "completed" ? `counted ${times(copies)}` : `carried on ${times(copies)}`;
}

export function times(count) {
  return count === 1 ? "once" : count === 2 ? "twice" : `${plural(count, "time")}`;
}

/** The newest allocation that had a share for this node, or null. */
export function allocationOf(tree, node) {
  if (node.weight === null) return null;
  for (let i = tree.allocations.length - 1; i >= 0; i -= 1) {
    const found = tree.allocations[i].shares.some(([id]) => id === node.id);
    if (found) return tree.allocations[i];
  }
  return null;
}

/** "Effective sample size 3.2 of 16." for a method that speaks of it; else what the shares were. */
export function allocationSentence({ shares, effective }) {
  const total = shares.reduce((sum, [, , copies]) => sum + copies, 0);
  const most = shares.reduce((best, [, , copies]) => Math.max(best, copies), 0);
  const given = shares.filter(([, , copies]) => copies > 0).length;
  const parts = [];
  if (effective !== undefined && effective !== null)
    parts.push(`Effective sample size ${effective.toFixed(1)} of ${shares.length}.`);
  if (given < shares.length || most > 1)
    parts.push(
      `Of ${plural(shares.length, "path")}, ${given} ${given === 1 ? "shares" : "share"} ${total} copies; ` +
        `the most for one is ${most}.`,
    );
  else parts.push(`Each of ${plural(shares.length, "path")} is carried on once.`);
  return parts.join(" ");
}

/** How many nodes have each annotation: what the legend has to explain. */
export function countAnnotations(tree) {
  const counts = { visits: 0, copies: 0, ahead: 0, revisions: 0, jumps: 0, forced: 0 };
  if (!tree.annotated) return counts;
  const back = isStream(tree) ? "jumps" : "revisions";
  for (const node of tree.nodes.values()) {
    if (node.parent === null) continue;
    if (node.visits !== null) counts.visits += 1;
    if (node.copies > 1) counts.copies += 1;
    if (node.forced) counts.forced += 1;
    if (node.ahead !== null) counts.ahead += 1;
    if (isJump(node)) counts[back] += 1;
  }
  return counts;
}
