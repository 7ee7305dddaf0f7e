// What a person looks for in a large tree: scores in a range, solutions that are right or wrong,
// those that the verifier puts in the wrong order, the chosen path and its rivals. Pure.

import { ROLLOUT } from "./visible.js";
import { ROOT } from "./tree.js";

/** From this score on a verifier believes a solution, where there is no other to compare it with. */
const BELIEVED_FROM = 0.5;
/** At most so many other answers are shown as rivals, those with the best scores. */
const MOST_RIVALS = 8;

export class Filter {
  constructor() {
    this.clear();
  }

  clear() {
    /** Scores from `low` to `high`, both included; the whole range shows steps without a score too. */
    this.low = 0;
    this.high = 1;
    /** Only solutions of this grade, "right" or "wrong"; null: of any. */
    this.grade = null;
    /** Only solutions that the verifier puts in the wrong order, as `disagreeing` finds them. */
    this.disagreeing = false;
    /** Only the chosen path, what it was chosen from, and the best path to every other answer. */
    this.rivals = false;
  }

  /** How many of its parts are set. */
  get size() {
    return [this.ranged, this.grade, this.disagreeing, this.rivals].filter(Boolean).length;
  }

  get ranged() {
    return this.low > 0 || this.high < 1;
  }

  /** Whether it asks for solutions of a kind: they are found, and can be gone through. */
  get ends() {
    return Boolean(this.grade || this.disagreeing);
  }

  /** Whether a node of a tree fits what is looked for; null: nothing in particular is. */
  test(tree) {
    const { low, high, ranged, grade } = this;
    if (!ranged && !grade && !this.disagreeing) return null;
    const disagrees = this.disagreeing ? disagreeing(tree) : null;
    return (node) => {
      if (grade && node.right !== (grade === "right")) return false;
      if (disagrees && !disagrees(node)) return false;
      return !ranged || (node.score !== null && node.score >= low && node.score <= high);
    };
  }
}

/**
 * Where the verifier and the reference disagree. A search compares, so it is the order that counts:
 * wrong solutions that scored above every right one, and right ones that scored below a wrong one.
 * Where all are right, or all wrong, it is the score alone: below `BELIEVED_FROM`, or from it on.
 *
 * @param {import("./tree.js").Tree} tree
 * @returns {(node: Object) => boolean} whether a node is such a solution.
 */
export function disagreeing(tree) {
  const best = { true: -Infinity, false: -Infinity };
  for (const { right, aggregate } of tree.nodes.values())
    if (right !== null && aggregate !== null) best[right] = Math.max(best[right], aggregate);
  const compared = best.true > -Infinity && best.false > -Infinity;
  const bar = compared ? best : { true: BELIEVED_FROM, false: BELIEVED_FROM };
  return ({ right, aggregate }) => {
    if (right === null || aggregate === null) return false;
    if (right) return aggregate < bar.false;
    return compared ? aggregate > bar.true : aggregate >= bar.true;
  };
}

/**
 * The chosen path and its rivals: at each of its steps, all that competed with it, and the best path
 * to every other answer. Before anything is chosen, the best solution so far stands for it.
 *
 * @returns {?Set<string>} ids; null where no path has an answer yet.
 */
export function rivalsOf(tree) {
  const ends = bestEnds(tree);
  const chosen = tree.chosen ? tree.nodes.get(tree.chosen) : ends[0];
  if (!chosen) return null;
  const ids = new Set([ROOT]);
  for (const { parent } of tree.path(chosen.id))
    for (const id of tree.nodes.get(parent).children) if (tree.nodes.get(id).role !== ROLLOUT) ids.add(id);
  for (const end of [chosen, ...ends.slice(0, MOST_RIVALS)]) for (const node of tree.path(end.id)) ids.add(node.id);
  return ids;
}

/** The best solution of each answer, best first. */
function bestEnds(tree) {
  const best = new Map();
  for (const node of tree.nodes.values()) {
    if (node.state !== "completed") continue;
    const other = best.get(node.group);
    if (!other || (node.aggregate ?? 0) > (other.aggregate ?? 0)) best.set(node.group, node);
  }
  return [...best.values()].sort((a, b) => (b.aggregate ?? 0) - (a.aggregate ?? 0));
}
