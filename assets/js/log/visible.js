// Which nodes a view shows: pruned leaves can be dimmed, folded into one mark, or hidden, and
// rollouts and duplicates are shown on demand.
// The picture and the outline ask the same question, so they always show the same tree.

import { NOTHING } from "./writing.js";
import { parentOf } from "./tree.js";

const FOLD = "fold:";
export const PRUNED_MODES = ["dim", "fold", "hide"];

/** Whether an id names a folded group and not a node of the log. */
export const isFold = (id) => typeof id === "string" && id.startsWith(FOLD);
export const foldOf = (parent) => FOLD + parent;
export const parentOfFold = (id) => id.slice(FOLD.length);

/** The state of steps that were only written to look ahead. */
export const ROLLOUT = "rollout";

/** The state of duplicates: where it is filtered away, they are folded into their originals. */
export const MERGED = "merged";

/** States that are left out of the picture where they are filtered away, and not only faint. */
export const ON_DEMAND = new Set([ROLLOUT, MERGED]);

/** The state of what is no step of the tree yet: the solver is writing it. */
export const WRITING = "writing";

/** What a node is drawn as: its state, or "chosen" for the solution that won. */
export function displayState(tree, node) {
  return node.id === tree.chosen ? "chosen" : node.state;
}

export class Visible {
  /**
   * @param {import("./tree.js").Tree} tree
   * @param {"dim"|"fold"|"hide"} mode
   * @param {Set<string>} unfolded - parents whose pruned children are shown although `mode` folds.
   * @param {boolean} rollouts - whether steps are shown that were only written to look ahead.
   * @param {import("./writing.js").Writing} writing - what the solver is writing at this moment.
   * @param {?Set<string>} opened - the originals whose duplicates are shown; null: all are.
   * @param {{closed: Set<string>, only: ?Set<string>}} chosen - nodes whose branch is collapsed into
   *   one mark; the only nodes to show, where there is a choice.
   */
  constructor(
    tree,
    mode,
    unfolded,
    rollouts = true,
    writing = NOTHING,
    opened = null,
    { closed = new Set(), only = null } = {},
  ) {
    Object.assign(this, { closed, only });
    this.tree = tree;
    this.mode = mode;
    this.unfolded = unfolded;
    this.opened = tree.duplicates === 0 ? null : opened;
    this.showsRollouts = rollouts;
    // Where there are none, nothing has to be left out.
    this.rollouts = rollouts || tree.rollouts === 0;
    this.folds = new Map();
    this.leading = this.rollouts ? null : leadingToAnswers(tree);
    this.underWay = new Map();
    this.setWriting(writing);
    for (const id of this.writing.keys()) {
      const parent = parentOf(id);
      if (this.underWay.has(parent)) this.underWay.get(parent).push(id);
      else this.underWay.set(parent, [id]);
    }
  }

  /** Whether each node has a mark of its own: none stands for several. */
  get whole() {
    return this.mode === "dim" && !this.closed.size;
  }

  /** What a whole tree is shown without; null: nothing. */
  get leavesOut() {
    return this.rollouts && this.opened === null && !this.only ? null : (node) => this.isLeftOut(node);
  }

  /** What says which nodes are shown, and in which order: equal texts, equal pictures. */
  get shape() {
    const { mode, rollouts, unfolded, opened, closed, only } = this;
    const chosen = [unfolded, opened ?? ["all"], closed, this.writing.keys()].map((ids) => [...ids].join());
    return [this.tree.shape, mode, rollouts, only !== null, ...chosen].join("|");
  }

  /** Tokens so far of the steps that are being written, by id. */
  setWriting({ role, tokens }) {
    this.role = role;
    this.writing = this.showsRollouts || role !== ROLLOUT ? tokens : NOTHING.tokens;
  }

  /** A step that only looks ahead, where such are hidden. One that led to an answer is shown. */
  isHiddenRollout(node) {
    return !this.rollouts && node.role === ROLLOUT && !this.leading.has(node.id);
  }

  /** A duplicate that is folded into its original. */
  isFoldedDuplicate({ state, children, merged_into: original }) {
    return this.opened !== null && state === MERGED && !children.length && !this.opened.has(original);
  }

  /** How many duplicates a step has that can be folded into it; 0 where none ever are. */
  duplicatesOf(id) {
    if (this.opened === null) return 0;
    this.duplicates ??= countDuplicates(this.tree);
    return this.duplicates.get(id) ?? 0;
  }

  /** What is not shown whatever becomes of pruned steps. */
  isLeftOut(node) {
    if (this.isHiddenRollout(node) || this.isFoldedDuplicate(node)) return true;
    return this.only !== null && !this.only.has(node.id);
  }

  /** Whether a branch above this node is collapsed. */
  isInClosed(node) {
    if (!this.closed.size) return false;
    for (let up = node.parent; up !== null; up = this.tree.nodes.get(up).parent) if (this.closed.has(up)) return true;
    return false;
  }

  /** The children that there are to show, before pruned ones are folded or hidden. */
  available(node) {
    if (!this.leavesOut) return node.children;
    return node.children.filter((id) => !this.isLeftOut(this.tree.nodes.get(id)));
  }

  /** A leaf that the search does not go on from. */
  isCut(node) {
    return (node.state === "pruned" || node.state === "merged") && this.available(node).length === 0;
  }

  /** Ids of the children to show, in index order; a fold comes last. */
  children(id) {
    return this.childrenOf(this.tree.nodes.get(id));
  }

  /** The same of a node; nothing grows from a fold or from what is being written. */
  childrenOf(node) {
    if (!node) return [];
    const { id } = node;
    // What is being written stands where it will be: after all that is there.
    const underWay = this.underWay.size ? (this.underWay.get(id) ?? []) : [];
    const available = this.available(node);
    if (this.closed.has(id) && available.length) return [this.collapsed(id, available)];
    const all = underWay.length ? [...available, ...underWay] : available;
    if (this.mode === "dim" || (this.mode === "fold" && this.unfolded.has(id))) return all;
    const open = [];
    const cut = [];
    for (const child of available) (this.isCut(this.tree.nodes.get(child)) ? cut : open).push(child);
    open.push(...underWay);
    if (this.mode === "fold" && cut.length) {
      open.push(foldOf(id));
      if (!this.folds.has(id)) this.folds.set(id, this.describe(id, cut));
    }
    return open;
  }

  /** The fold under a parent: its members and the best score among them. */
  fold(id) {
    const parent = parentOfFold(id);
    if (!this.folds.has(parent)) this.children(parent);
    return this.folds.get(parent) ?? null;
  }

  /** The one mark of a collapsed branch, with all that grows there. */
  collapsed(parent, children) {
    if (!this.folds.has(parent)) {
      const members = children.slice();
      for (let i = 0; i < members.length; i += 1)
        for (const child of this.available(this.tree.nodes.get(members[i]))) members.push(child);
      this.folds.set(parent, this.describe(parent, members));
    }
    return foldOf(parent);
  }

  describe(parent, members) {
    const best = members.reduce((most, id) => {
      const { aggregate } = this.tree.nodes.get(id);
      return aggregate !== null && (most === null || aggregate > most) ? aggregate : most;
    }, null);
    return { id: foldOf(parent), parent, members, best };
  }

  parent(id) {
    if (this.writing.has(id)) return parentOf(id);
    return isFold(id) ? parentOfFold(id) : (this.tree.nodes.get(id)?.parent ?? null);
  }

  /** Whether an id can be seen: it exists, and neither it nor a node above it is folded away. */
  has(id) {
    if (isFold(id)) return this.fold(id) !== null && this.children(parentOfFold(id)).includes(id);
    if (this.writing.has(id)) return true;
    const node = this.tree.nodes.get(id);
    if (!node || this.isLeftOut(node) || this.isInClosed(node)) return false;
    return this.mode === "dim" || !this.isCut(node) || (this.mode === "fold" && this.unfolded.has(node.parent));
  }

  /** All ids to show, in depth-first order: `[id, depth]`. Iterative: trees can be deep. */
  *walk(root, open = () => true) {
    const stack = [[root, 0]];
    while (stack.length) {
      const [id, depth] = stack.pop();
      yield [id, depth];
      if (isFold(id) || !open(id)) continue;
      const children = this.children(id);
      for (let i = children.length - 1; i >= 0; i -= 1) stack.push([children[i], depth + 1]);
    }
  }
}

function countDuplicates(tree) {
  const counts = new Map();
  for (const { state, children, merged_into: original } of tree.nodes.values())
    if (state === MERGED && !children.length) counts.set(original, (counts.get(original) ?? 0) + 1);
  return counts;
}

/** Ids of the rollout nodes on the way to a finished solution. */
function leadingToAnswers(tree) {
  const leading = new Set();
  for (const node of tree.nodes.values()) {
    if (node.state !== "completed") continue;
    for (let up = node; up?.role === ROLLOUT && !leading.has(up.id); up = tree.nodes.get(up.parent)) leading.add(up.id);
  }
  return leading;
}
