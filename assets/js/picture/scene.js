// What the picture shows: every visible node with its place, in columns, and an item for each that
// is drawn as a mark of its own. Places glide from where they were to where they belong.

import { isFold, ON_DEMAND } from "../log/visible.js";
import { copiesLabel, isJump, isStream, mostVisits } from "../words/annotations.js";
import { answerLabel } from "../words/words.js";
import { Item, Items } from "./item.js";
import { Branches, STATES } from "./branches.js";
import { contains } from "./silhouettes.js";
import { layoutWithRoom } from "./roominess.js";
import { levelOrder, LogOrder } from "./level_order.js";
import { look } from "./sight.js";
import { ROOT } from "../log/tree.js";

/** Above this many marks nothing glides: the eye could not follow, and frames would be late. */
const MOST_ANIMATED = 3000;
/** What is new sets out so many levels before its place: behind its parent's words, not out of them. */
const BEHIND = 0.2;
/** More steps than this that were found are not marked one by one in silhouettes. */
const MOST_FOUND = 400;
/** About what the parts of an answer take of the picture, in pixels. */
const END = { mark: 56, letter: 8, count: 36 };
/** Of more answers on the deepest level none is asked how long it is. */
const MOST_ENDS = 600;
const NOTHING_SOUGHT = { fits: null, found: [] };

export class Scene {
  constructor() {
    /** Items by id: `get`, `has`, `size`, `values()`. */
    this.items = new Items(this);
    /** What the picture can give the tree across, see roominess.js; set from outside. */
    this.room = { across: 0, vertical: false };
    this.order = new LogOrder();
    this.clear();
  }

  clear() {
    this.places = null;
    this.moving = false;
    this.bounds = { uMin: 0, uMax: 0, dMax: 0 };
    this.described = [];
    this.winning = new Set();
    this.found = [];
    this.seen = null;
  }

  /**
   * Rebuild from a tree. What stays keeps its present place and starts to glide. The layout is kept
   * where the same nodes are shown as before.
   *
   * @param {Set<string>} hiddenStates - drawn faintly.
   * @param {?string} selected - never merged into the silhouette of a branch.
   * @param {{fits: ?(node: Object) => boolean, found: string[]}} sought - what does not fit is drawn
   *   faintly; what was found is marked.
   * @returns {boolean} whether anything has to move.
   */
  update(tree, visible, hiddenStates, animate, selected = null, sought = NOTHING_SOUGHT) {
    const { across, vertical } = this.room;
    const shape = `${visible.shape}|${across}|${vertical}|${vertical ? tree.chosen : ""}`;
    const same = this.places !== null && this.shape === shape && !this.moving;
    Object.assign(this, { tree, visible, hiddenStates, selected, sought });
    this.described = [];
    this.seen = null;
    // Of whole branches nothing has changed where only something else is selected.
    const known = `${shape}|${tree.seq}`;
    if (!same || this.known !== known || this.soughtFor !== sought.fits) this.summary = null;
    Object.assign(this, { known, soughtFor: sought.fits });
    this.counted = null;
    this.jumped = null;
    this.stream = isStream(tree);
    if (!same) {
      const before = this.standing(animate);
      this.arrange();
      this.start(before);
      this.shape = shape;
    }
    this.measure();
    this.findPaths();
    return this.moving;
  }

  /** Give every visible node its place. */
  arrange() {
    const { tree, visible } = this;
    const order = visible.whole ? this.order.at(tree.nodes, visible.leavesOut, visible.underWay) : this.orderOf(visible);
    this.nodes = order.nodes;
    const isWide = (id, index) => {
      const node = this.nodes[index];
      return node ? node.state === "completed" : isFold(id);
    };
    const chosen = new Set(tree.chosen ? tree.path(tree.chosen).map(({ id }) => id) : []);
    this.places = layoutWithRoom(order, isWide, this.room, chosen);
  }

  /** The order of what is shown where a mark stands for several nodes. */
  orderOf(visible) {
    const nodes = [];
    const childrenOf = (id) => {
      const node = this.tree.nodes.get(id) ?? null;
      nodes.push(node);
      return visible.childrenOf(node);
    };
    return { ...levelOrder(ROOT, childrenOf), nodes };
  }

  /** What the tree takes, and what its deepest level needs behind it: see `room` in camera.js. */
  measure() {
    const { places, nodes } = this;
    const last = nodes.slice(places.rows.at(-2), places.rows.at(-1));
    const reads = last.some((node) => node && node.state !== "completed");
    this.bounds = { ...places.bounds, reads, ends: reads ? 0 : this.endOf(last) };
  }

  /** Pixels that the longest of these answers takes, with its mark, its sign of right or wrong, and its count. */
  endOf(nodes) {
    const { tree, visible } = this;
    const widest = (node) => {
      const letters = `${answerLabel(node)} ${copiesLabel(node)}`.trim().length;
      return END.mark + letters * END.letter + (visible.duplicatesOf(node.id) ? END.count : 0);
    };
    return nodes.length > MOST_ENDS ? 0 : Math.max(0, ...nodes.filter(Boolean).map(widest));
  }

  /** Where everything stands now, by id; null where nothing is to glide from there. */
  standing(animate) {
    if (!animate || !this.places || this.places.size > MOST_ANIMATED) return null;
    return new Map(this.places.ids.map((id, index) => [id, [this.u[index], this.d[index]]]));
  }

  start(before) {
    const { places } = this;
    this.moving = false;
    this.u = places.u;
    this.d = places.d;
    if (!before || places.size > MOST_ANIMATED) return;
    const [fromU, fromD] = [Float64Array.from(places.u), Float64Array.from(places.d)];
    for (let i = 0; i < places.size; i += 1) {
      const parent = places.parents[i];
      const known = before.get(places.ids[i]);
      if (known) [fromU[i], fromD[i]] = known;
      else if (parent >= 0) [fromU[i], fromD[i]] = [fromU[parent], places.d[i] - BEHIND];
      if (fromU[i] !== places.u[i] || fromD[i] !== places.d[i]) this.moving = true;
    }
    if (!this.moving) return;
    Object.assign(this, { fromU, fromD, u: fromU.slice(), d: fromD.slice() });
  }

  /** Move everything to its place at `part` (0 to 1) of the way. */
  advance(part) {
    const { places } = this;
    if (!this.moving) return;
    this.moving = part < 1;
    this.seen = null;
    if (!this.moving) {
      this.u = places.u;
      this.d = places.d;
      return;
    }
    const eased = 1 - (1 - part) ** 3;
    for (let i = 0; i < places.size; i += 1) {
      this.u[i] = this.fromU[i] + (places.u[i] - this.fromU[i]) * eased;
      this.d[i] = this.fromD[i] + (places.d[i] - this.fromD[i]) * eased;
    }
  }

  /** What is never merged with others: the chosen path, and the way to what is selected. */
  findPaths() {
    const upwards = (id) => {
      const path = [];
      for (let at = id ? this.indexOf(id) : -1; at >= 0; at = this.places.parents[at]) path.push(at);
      return path;
    };
    this.winning = new Set(upwards(this.tree.chosen));
    this.open = new Set([...this.winning, ...upwards(this.selected)]);
    const { found } = this.sought;
    this.found = found.slice(0, MOST_FOUND).map((id) => this.indexOf(id));
    for (const index of this.found)
      for (let at = index; at >= 0 && !this.open.has(at); at = this.places.parents[at]) this.open.add(at);
  }

  /** The number of an id in the places, or -1. */
  indexOf(id) {
    if (!this.places || !id) return -1;
    return this.places.find(id, (other) => this.visible.parent(other));
  }

  /** The item with this number. */
  item(index) {
    this.described[index] ??= new Item(this, index);
    return this.described[index];
  }

  /**
   * What is in the picture, and as what: see sight.js. The same question has the same answer until
   * something changes.
   *
   * @param {import("./camera.js").Camera} camera
   * @param {{width: number, height: number}} size - of the picture, in pixels.
   * @returns {import("./sight.js").Sight}
   */
  look(camera, { width, height }) {
    const key = `${width}|${height}`;
    if (this.seen?.camera !== camera || this.seen.key !== key)
      this.seen = { camera, key, sight: look(this, camera, { width, height }) };
    return this.seen.sight;
  }

  /** The room of the branches from one sibling to another, with their parent. */
  boxOf(from, to) {
    const { parents, u, d, uLeast, uMost, dMost } = this.places;
    const parent = parents[from];
    const box = { uMin: u[parent], uMax: u[parent], dMin: d[parent], dMax: 0 };
    for (let i = from; i < to; i += 1) {
      box.uMin = Math.min(box.uMin, uLeast[i]);
      box.uMax = Math.max(box.uMax, uMost[i]);
      box.dMax = Math.max(box.dMax, dMost[i]);
    }
    return box;
  }

  /** The same scene with everything where it will stand once nothing moves. */
  still() {
    const { u, d } = this.places;
    return Object.assign(Object.create(this), { u, d, moving: false, seen: null });
  }

  /** What is known of whole branches; counted when first asked for. */
  get branches() {
    this.summary ??= new Branches(this);
    return this.summary;
  }

  /** The most visits of any step. */
  get visits() {
    this.counted ??= { most: mostVisits(this.tree) };
    return this.counted.most;
  }

  /** Items that were written after something else than their parent; looked for once. */
  jumps() {
    this.jumped ??= this.findJumps();
    return this.jumped.map((index) => this.item(index));
  }

  findJumps() {
    const jumps = [];
    const { nodes, tree } = this;
    if (!tree.annotated) return jumps;
    for (let i = 1; i < nodes.length; i += 1) if (nodes[i] && nodes[i].after !== null && isJump(nodes[i])) jumps.push(i);
    return jumps;
  }

  /** New counts beside the steps that are being written; nothing moves. */
  recount(visible) {
    for (const [id, count] of visible.writing) {
      const item = this.items.get(id);
      item?.tell(count);
    }
  }

  /** Whether a filter makes this node faint. */
  isFaint(index) {
    const { codes, fitting } = this.branches;
    const state = STATES[codes[index]];
    if (!ON_DEMAND.has(state) && this.hiddenStates.has(state)) return true;
    return fitting !== null && index > 0 && fitting[index] === 0;
  }

  /** The silhouette under a point given in pixels, or null. */
  branchAt(camera, size, x, y) {
    return this.look(camera, size).branches.find((branch) => contains(this, camera, branch, x, y)) ?? null;
  }

  /**
   * What is drawn nearest to a point given in pixels, within reach; ghosts do not answer.
   *
   * @returns {?Item}
   */
  hit(camera, size, x, y, reach) {
    let best = null;
    let least = reach * reach;
    for (const index of this.look(camera, size).marks) {
      const across = camera.ou + this.u[index] * camera.ku;
      const along = camera.od + this.d[index] * camera.kd;
      const distance = camera.vertical ? (across - x) ** 2 + (along - y) ** 2 : (along - x) ** 2 + (across - y) ** 2;
      if (distance > least || this.item(index).ghost) continue;
      least = distance;
      best = this.item(index);
    }
    return best;
  }
}
