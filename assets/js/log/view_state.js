// What a person chose to see of the tree: the selected node, what the legend filters away, and
// what becomes of pruned steps. Pure: it says which nodes that makes visible, and draws nothing.

import { Filter, rivalsOf } from "./filter.js";
import { isFold, MERGED, parentOfFold, PRUNED_MODES, ROLLOUT, Visible } from "./visible.js";
import { Finder } from "./finder.js";

export class ViewState {
  constructor() {
    // Rollouts only support what was decided, and duplicates say nothing new: they come on demand.
    this.hiddenStates = new Set([ROLLOUT, MERGED]);
    this.pruned = "dim";
    this.filter = new Filter();
    this.finder = new Finder();
    this.begin();
  }

  /** A new run: what was chosen and sought among the nodes of the old one goes, how states are shown stays. */
  begin() {
    /** @type {?string} id of a node, or of a fold. */
    this.selected = null;
    this.unfolded = new Set();
    /** Nodes whose branch a person has collapsed into one mark. */
    this.closed = new Set();
    this.finder.clear();
    this.filter.clear();
    /** Steps whose duplicates are shown beside them, although duplicates are folded. */
    this.opened = new Set();
  }

  /**
   * The nodes to show.
   *
   * @param {import("./tree.js").Tree} tree
   * @param {import("./writing.js").Writing} writing - what the solver is writing at this moment.
   */
  visible(tree, writing) {
    const { pruned, unfolded, hiddenStates, closed, filter } = this;
    const opened = hiddenStates.has(MERGED) ? this.opened : null;
    const chosen = { closed, only: filter.rivals ? rivalsOf(tree) : null };
    return new Visible(tree, pruned, unfolded, !hiddenStates.has(ROLLOUT), writing, opened, chosen);
  }

  /** A selection survives going back in time, but not being folded or hidden. */
  forgetHidden(tree, visible) {
    const exists = isFold(this.selected) || tree.nodes.has(this.selected);
    if (!exists || visible.has(this.selected)) return;
    // What turns out to be a duplicate is folded into its original: that says the same.
    const original = tree.nodes.get(this.selected)?.merged_into ?? null;
    this.selected = visible.has(original) ? original : null;
  }

  /**
   * Select a node (null: nothing), and show what hides it.
   *
   * @returns {boolean} false, and nothing has changed, where there is no such node.
   */
  select(id, tree, writing) {
    if (id !== null && !isFold(id) && !this.visible(tree, writing).writing.has(id)) {
      const node = tree.nodes.get(id);
      if (!node) return false;
      this.uncover(node, tree, writing);
    }
    this.selected = id;
    return true;
  }

  uncover(node, tree, writing) {
    for (let up = node.parent; up !== null; up = tree.nodes.get(up).parent) this.closed.delete(up);
    if (this.filter.rivals && !rivalsOf(tree)?.has(node.id)) this.filter.rivals = false;
    if (this.visible(tree, writing).isHiddenRollout(node)) this.hiddenStates.delete(ROLLOUT);
    if (this.visible(tree, writing).isFoldedDuplicate(node)) this.opened.add(node.merged_into);
    if (this.visible(tree, writing).has(node.id)) return;
    if (this.pruned === "fold") this.unfolded.add(node.parent);
    else this.pruned = "dim";
  }

  /**
   * Open a folded group.
   *
   * @returns {string} its first step.
   */
  unfold(fold, tree, writing) {
    const parent = parentOfFold(fold);
    const first = this.visible(tree, writing).fold(fold)?.members[0] ?? parent;
    if (!this.closed.delete(parent)) this.unfolded.add(parent);
    return first;
  }

  /** Collapse the branch that grows from a node into one mark, or open it again. */
  toggleBranch(id, tree) {
    const node = tree.nodes.get(isFold(id) ? parentOfFold(id) : id);
    if (!node?.children.length) return;
    if (!this.closed.delete(node.id)) this.closed.add(node.id);
    if (isFold(this.selected)) this.selected = node.id;
  }

  /**
   * What is looked for: the steps that say a text, the solutions of a kind, or those that are both.
   *
   * @returns {string[]} ids, in the order of writing.
   */
  found(tree, events, cursor) {
    const { finder, filter } = this;
    const said = finder.upTo(events, cursor);
    if (!filter.ends) return said;
    const fits = filter.test(tree);
    if (finder.text) return said.filter((id) => fits(tree.nodes.get(id)));
    return [...tree.nodes.values()].filter(fits).map(({ id }) => id);
  }

  /** The next step that was found after the selected one, or the one before (`by` = -1); null: none. */
  nextFound(found, by) {
    if (!found.length) return null;
    const at = found.indexOf(this.selected);
    return found.at(at < 0 ? (by > 0 ? 0 : -1) : (at + by) % found.length);
  }

  /** Show the duplicates of a step beside it, or fold them into it again. */
  toggleDuplicates(id) {
    if (!this.opened.delete(id)) this.opened.add(id);
  }

  setPruned(mode) {
    this.pruned = mode;
    this.unfolded.clear();
  }

  cyclePruned() {
    this.setPruned(PRUNED_MODES[(PRUNED_MODES.indexOf(this.pruned) + 1) % PRUNED_MODES.length]);
  }

  toggleState(state) {
    if (!this.hiddenStates.delete(state)) this.hiddenStates.add(state);
  }
}
