// What could not be compared, in plain words: answers with each other, and with the reference. Pure.

import { list, shorten } from "./format.js";
import { plainMaths } from "./plain_maths.js";

/** Stands where ✓ or ✗ would: there is a reference, but the answer could not be compared with it. */
export const UNDECIDED_MARK = "?";
export const UNDECIDED_MEANING = "could not be compared with the reference";
const MOST_NAMED = 3;

/** The answers that the class of answers `group` could not be compared with, as they are first given. */
function doubtsOf(tree, group) {
  if (group === null || !tree.undecided.length) return [];
  const others = tree.undecided.filter((pair) => pair.includes(group)).map(([a, b]) => (a === group ? b : a));
  return others.sort((a, b) => a - b).map((other) => firstAnswer(tree, other));
}

/** "could not be compared with 5 and x+1", or "". */
export function doubtPhrase(tree, group) {
  const others = doubtsOf(tree, group).map((answer) => shorten(plainMaths(answer).replace(/\s+/g, " "), 24));
  if (!others.length) return "";
  const more = others.length - MOST_NAMED;
  const named = more > 0 ? [...others.slice(0, MOST_NAMED), `${more} more`] : others;
  return `could not be compared with ${list(named)}`;
}

/** The classes of answers that could not be compared with some other, after these events. */
export function doubted(events) {
  let pairs = [];
  for (const event of events) {
    // Most of a log says nothing of this, and of a long one that is all the time there is.
    if (event.kind !== "completed" && event.kind !== "compared") continue;
    const { kind, group, undecided, first, second, equal } = event;
    if (kind === "completed") for (const other of undecided ?? []) pairs.push([other, group]);
    if (kind === "compared")
      pairs = pairs.filter(([a, b]) => !(a === first && b === second) && !(equal && (a === second || b === second)));
  }
  return new Set(pairs.flat());
}

function firstAnswer(tree, group) {
  for (const node of tree.nodes.values()) if (node.state === "completed" && node.group === group) return node.answer;
  return "";
}
