// What the picture shows: one item per visible node, with its place, its state and its labels.
// Places glide from where they were to where they belong; the painter only reads items.

import { answerLabel } from "../words/words.js";
import { boundsOf, layoutTree } from "./layout.js";
import { copiesLabel, isStream, markLabel, mostVisits, isJump, visitScale } from "../words/annotations.js";
import { displayState, isFold, MERGED, ROLLOUT, WRITING } from "../log/visible.js";
import { ROOT } from "../log/tree.js";
import { tokensLabel } from "../words/writing_words.js";

/** Above this many marks nothing glides: the eye could not follow, and frames would be late. */
const MOST_ANIMATED = 3000;
/** Answers carry a ring and a label, and folded marks are wide: they get more room than a step. */
const WIDE = 1.5;

/**
 * @typedef {Object} Item
 * @property {string} id @property {?Item} parent
 * @property {number} u @property {number} d - where it is now.
 * @property {string} state - key of the palette's states, "chosen" for the winner, "root".
 * @property {boolean} inner - something visible grows from it.
 * @property {boolean} winning - it lies on the chosen solution's path.
 * @property {boolean} ghost - filtered away by the legend: drawn faintly.
 * @property {string} label @property {?string} answer - texts beside the mark.
 * @property {?boolean} right @property {boolean} undecided - held against the reference. @property {?string} link - id of the original of a duplicate.
 * @property {number} scale - size of the mark as a part of the usual one: more visits, larger.
 * @property {boolean} visited - the method counts its visits.
 * @property {number} copies - how many times the path is carried on; 1 where nobody counts.
 * @property {boolean} forced - its first words were put into the solver's mouth.
 * @property {?string} after - id of what was read last before it, where that is not the parent.
 * @property {number} order - its place in the order of writing.
 */

export class Scene {
  constructor() {
    this.clear();
  }

  clear() {
    /** @type {Map<string, Item>} */
    this.items = new Map();
    this.bounds = { uMin: 0, uMax: 0, dMax: 0 };
    this.moving = false;
  }

  /**
   * Rebuild from a tree. Items that stay keep their present place and start to glide.
   *
   * @returns {boolean} whether anything has to move.
   */
  update(tree, visible, hiddenStates, animate) {
    const widthOf = (id) => (isFold(id) || tree.nodes.get(id)?.state === "completed" ? WIDE : 1);
    const places = layoutTree(ROOT, (id) => visible.children(id), widthOf);
    const winning = new Set(tree.chosen ? [ROOT, ...tree.path(tree.chosen).map((node) => node.id)] : []);
    this.visits = mostVisits(tree);
    this.stream = isStream(tree);
    const before = this.items;
    const glide = animate && places.size <= MOST_ANIMATED && before.size > 0;
    this.items = new Map();
    this.moving = false;
    for (const [id, { u, d }] of places) {
      const item = this.describe(id, tree, visible, hiddenStates);
      item.winning = winning.has(id);
      item.toU = u;
      item.toD = d;
      const start = glide ? (before.get(id) ?? item.parent) : null;
      item.u = item.fromU = start ? start.u : u;
      item.d = item.fromD = start ? start.d : d;
      if (item.parent) item.parent.inner = true;
      if (item.u !== u || item.d !== d) this.moving = true;
      this.items.set(id, item);
    }
    this.bounds = boundsOf(places.values());
    return this.moving;
  }

  describe(id, tree, visible, hiddenStates) {
    const parent = this.items.get(visible.parent(id)) ?? null;
    const item = {
      id,
      parent,
      state: "collapsed",
      inner: false,
      winning: false,
      ghost: false,
      label: "",
      answer: null,
      right: null,
      undecided: false,
      link: null,
      scale: 1,
      visited: false,
      copies: 1,
      forced: false,
      after: null,
      order: 0,
    };
    if (isFold(id)) {
      const fold = visible.fold(id);
      item.label = `${fold.members.length} ${fold.members.length === 1 ? "step" : "steps"}`;
      if (fold.best !== null) item.label += `, best ${fold.best.toFixed(2)}`;
      item.ghost = hiddenStates.has("collapsed");
      return item;
    }
    if (visible.writing.has(id)) {
      item.state = WRITING;
      item.label = tokensLabel(visible.writing.get(id));
      item.ghost = hiddenStates.has(WRITING);
      return item;
    }
    const node = tree.nodes.get(id);
    item.state = id === ROOT ? "root" : displayState(tree, node);
    item.ghost = item.state !== ROLLOUT && item.state !== MERGED && hiddenStates.has(item.state);
    item.label = markLabel(node, this.stream);
    item.answer = node.state === "completed" ? `${answerLabel(node)} ${copiesLabel(node)}`.trim() : null;
    item.scale = visitScale(node, this.visits);
    item.visited = node.visits !== null;
    item.copies = node.copies ?? 1;
    item.forced = node.forced !== "";
    item.after = isJump(node) ? node.after : null;
    item.order = item.after ? this.orders(tree).get(id) : 0;
    item.right = node.right;
    item.undecided = node.right_undecided;
    item.link = node.merged_into;
    return item;
  }

  /** New counts beside the steps that are being written; nothing moves. */
  recount(visible) {
    for (const [id, count] of visible.writing) {
      const item = this.items.get(id);
      if (item) item.label = tokensLabel(count);
    }
  }

  /** The order of writing of a tree's nodes, counted once and only where it is asked for. */
  orders(tree) {
    if (this.ordered !== tree.nodes.size || this.orderedOf !== tree.started) {
      this.ordered = tree.nodes.size;
      this.orderedOf = tree.started;
      this.order = new Map([...tree.nodes.keys()].map((id, index) => [id, index]));
    }
    return this.order;
  }

  /** Move every item to its place at `part` (0 to 1) of the way. */
  advance(part) {
    const eased = 1 - (1 - part) ** 3;
    for (const item of this.items.values()) {
      item.u = item.fromU + (item.toU - item.fromU) * eased;
      item.d = item.fromD + (item.toD - item.fromD) * eased;
    }
    this.moving = part < 1;
  }

  /** The item nearest to a point given in pixels, within reach; ghosts do not answer. */
  hit(toScreen, x, y, reach) {
    let best = null;
    let least = reach * reach;
    for (const item of this.items.values()) {
      if (item.ghost) continue;
      const [ix, iy] = toScreen(item);
      const distance = (ix - x) ** 2 + (iy - y) ** 2;
      if (distance <= least) {
        least = distance;
        best = item;
      }
    }
    return best;
  }
}
