// Which nodes a view shows: pruned leaves can be dimmed, folded into one mark, or hidden.
// The picture and the outline ask the same question, so they always show the same tree.

const FOLD = "fold:";
export const PRUNED_MODES = ["dim", "fold", "hide"];

/** Whether an id names a folded group and not a node of the log. */
export const isFold = (id) => typeof id === "string" && id.startsWith(FOLD);
export const foldOf = (parent) => FOLD + parent;
export const parentOfFold = (id) => id.slice(FOLD.length);

/** A leaf that the search does not go on from. */
export const isCut = (node) => node.children.length === 0 && (node.state === "pruned" || node.state === "merged");

/** What a node is drawn as: its state, or "chosen" for the solution that won. */
export function displayState(tree, node) {
  return node.id === tree.chosen ? "chosen" : node.state;
}

export class Visible {
  /**
   * @param {import("./tree.js").Tree} tree
   * @param {"dim"|"fold"|"hide"} mode
   * @param {Set<string>} unfolded - parents whose pruned children are shown although `mode` folds.
   */
  constructor(tree, mode, unfolded) {
    this.tree = tree;
    this.mode = mode;
    this.unfolded = unfolded;
    this.folds = new Map();
  }

  /** Ids of the children to show, in index order; a fold comes last. */
  children(id) {
    const node = this.tree.nodes.get(id);
    if (!node) return [];
    if (this.mode === "dim" || (this.mode === "fold" && this.unfolded.has(id))) return node.children;
    const open = [];
    const cut = [];
    for (const child of node.children) (isCut(this.tree.nodes.get(child)) ? cut : open).push(child);
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

  describe(parent, members) {
    const best = members.reduce((most, id) => {
      const { aggregate } = this.tree.nodes.get(id);
      return aggregate !== null && (most === null || aggregate > most) ? aggregate : most;
    }, null);
    return { id: foldOf(parent), parent, members, best };
  }

  parent(id) {
    return isFold(id) ? parentOfFold(id) : (this.tree.nodes.get(id)?.parent ?? null);
  }

  /** Whether an id can be seen: it exists, and neither it nor a node above it is folded away. */
  has(id) {
    if (isFold(id)) return this.fold(id) !== null && this.children(parentOfFold(id)).includes(id);
    const node = this.tree.nodes.get(id);
    if (!node) return false;
    return this.mode === "dim" || !isCut(node) || (this.mode === "fold" && this.unfolded.has(node.parent));
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
