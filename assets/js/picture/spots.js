// What is to be said at each mark, and which marks go first where there is not room for all. Pure.

import { isFold, ROLLOUT, WRITING } from "../log/visible.js";
import { outlineOf, stepOutline, stepShare, stepWords } from "../words/step_words.js";
import { toScreen } from "./camera.js";
import { UNDECIDED_MARK, UNDECIDED_MEANING } from "../words/doubts.js";

/** Pixels per sibling below which nothing but marks can be told apart. */
const LEAST_PITCH = 6;
const NONE = new Set();
const CUT = new Set(["pruned", "merged", ROLLOUT]);

/** What stands at each mark, worked out when it is asked for. */
export class Said {
  /**
   * @param {{tree, visible}} moment
   * @param {Object} grades - the palette's signs of right and wrong.
   * @param {?import("./scene.js").Scene} scene - as which its items are described.
   */
  constructor({ tree, visible }, grades, scene = null) {
    Object.assign(this, { tree, visible, grades, described: scene?.described });
    this.known = new Map();
    /** What is asked about first by its id alone. */
    this.items = new Map();
  }

  /** Whether the same is to be said at another moment. */
  holds({ tree, visible }, scene) {
    return this.described === scene.described && this.tree === tree && this.visible === visible;
  }

  /** @returns {import("./word_box.js").Said} `item` is needed when it is asked for first, or an outline before. */
  of(id, item = this.items.get(id) ?? null) {
    if (!this.known.has(id)) this.known.set(id, this.describe(id, item));
    return this.known.get(id);
  }

  /** Whether there is anything to say at a mark, while nobody has read what. */
  outline(id, item) {
    this.items.set(id, item);
    return stepOutline(this.tree, this.visible, id);
  }

  /** What counts for it, in [0, 1], or null. */
  share(id) {
    return this.known.get(id)?.share ?? stepShare(this.tree, this.visible, id);
  }

  describe(id, item) {
    const { tree, visible, grades } = this;
    const node = isFold(id) ? null : tree.nodes.get(id);
    const grade = node && node.right !== null ? grades[node.right ? "right" : "wrong"] : null;
    const undecided = Boolean(node?.right_undecided) && !grade;
    return {
      ...stepWords(tree, visible, id),
      tone: item?.winning ? "chosen" : CUT.has(item?.state) ? "cut" : item?.state === "kept" ? "kept" : "plain",
      mark: undecided ? UNDECIDED_MARK : (grade?.mark ?? ""),
      verdict: undecided ? UNDECIDED_MEANING : (grade?.label.toLowerCase() ?? ""),
      duplicates: visible.duplicatesOf(id),
      open: Boolean(visible.opened?.has(id)),
    };
  }
}

/** Pixels at the top that belong to the levels' names, where the tree grows to the right. */
const NAMES = 24;
const BORDER = 4;
/** Pixels that the ring around a mark reaches which is asked about. At the ends of a tree there is no room to spare for it. */
const RING = 14;
/** Pixels beyond the picture's edge from which a mark still counts: its branches reach into it. */
const REACH = 60;

/** What `placing.js` has to know of a picture. @returns {import("./placing.js").View & {across, start}} */
export function viewOf({ bounds }, { ku, kd, od, vertical }, { width, height }) {
  const top = vertical ? BORDER : NAMES;
  return { width, height, vertical, top, pitch: kd, across: ku, start: od, last: bounds.dMax };
}

/** Where marks stand that are only faint: no words belong to them, and none may lie on them. */
export function faintOf(scene, camera, size) {
  return scene
    .look(camera, size)
    .marks.map((index) => scene.item(index))
    .filter((item) => item.ghost)
    .map((item) => ({ depth: item.toD, x: toScreen(camera, item.toU, item.toD)[0] }));
}

/**
 * @param {{visible, selected: ?string, asked?: Set<string>}} moment - `asked`: steps that are asked about.
 * @param {import("./scene.js").Scene} scene
 * @param {import("./camera.js").Camera} camera - where the picture will stand.
 * @param {Said} said
 * @param {(item: Object) => number} extentOf - how far along the tree a mark reaches, in pixels.
 * @param {import("./placing.js").View} view
 * @param {(id: string) => boolean} [reads] - whether a text is read for this; of others an outline has to do.
 * @returns {import("./placing.js").Spot[]} none where marks stand too close for anything else.
 */
export function spotsOf(moment, scene, camera, said, extentOf, { width, height }, reads = () => true) {
  if (camera.ku < LEAST_PITCH) return [];
  const near = nearby(moment);
  const reachOf = (item) => Math.max(extentOf(item), item.inner && moment.asked?.has(item.id) ? RING : 0);
  const spots = [];
  for (const index of scene.look(camera, { width, height }).marks) {
    const item = scene.item(index);
    const [x, y] = toScreen(camera, item.toU, item.toD);
    if (item.ghost || x < -REACH || x > width + REACH || y < -REACH || y > height + REACH) continue;
    const told = said.known.has(item.id) || reads(item.id) ? outlineOf(said.of(item.id, item)) : said.outline(item.id, item);
    spots.push({
      ...{ id: item.id, depth: item.toD, x, y, radius: reachOf(item), inner: item.inner },
      rank: rankOf(item, near),
      ...told,
    });
  }
  return spots;
}

/**
 * Where branches come from and where they end, across: what stands outside its level's band must know it.
 *
 * @returns {Map<number, [number, number][]>} by the level of their end.
 */
export function waysOf(scene, camera, size) {
  const ways = new Map();
  // A new run's picture may be asked for before it has places.
  if (!scene.places || camera.ku < LEAST_PITCH) return ways;
  const { u, d, parents } = scene.places;
  const across = (index) => camera.ou + u[index] * camera.ku;
  for (const index of scene.look(camera, size).edges) {
    if (camera.vertical && scene.isFaint(index)) continue;
    if (!ways.has(d[index])) ways.set(d[index], []);
    ways.get(d[index]).push([across(index), across(parents[index])]);
  }
  return ways;
}

/**
 * What was chosen by hand, and its siblings. What is merely pointed at changes nothing: words that
 * moved under the pointer would flee from it. Its text stands in the tooltip.
 */
function nearby({ visible, selected, asked = NONE }) {
  return { selected, asked, siblings: new Set(selected ? visible.children(visible.parent(selected)) : []) };
}

/**
 * Of steps that are asked about, all have words of their own, or nothing on their levels has any: beside
 * a choice that has none, another step's words would be taken for its own. One alone is no choice.
 *
 * @param {import("./placing.js").Spot[]} spots
 * @param {Set<string>} asked @param {Set<string>} worded - ids that have words.
 * @returns {?import("./placing.js").Spot[]} null: they may stay as they are.
 */
export function withoutHalf(spots, asked, worded) {
  const choices = spots.filter(({ id }) => asked.has(id));
  if (choices.length < 2 || choices.every(({ id, bare }) => bare || worded.has(id))) return null;
  const levels = new Set(choices.map(({ depth }) => depth));
  return spots.map((spot) => (levels.has(spot.depth) ? { ...spot, bare: true } : spot));
}

/** Pixels around the chosen answer's mark within which another answer would be taken for its own. */
const TAKEN_FOR = 64;

/**
 * Where the chosen answer has no room for its words, no other answer stands near its mark: it would be
 * taken for the chosen one.
 *
 * @param {import("./placing.js").Word[]} words @param {import("./placing.js").Spot[]} spots
 * @returns {import("./placing.js").Word[]} what may stay.
 */
export function withoutMistaken(words, spots) {
  const answers = new Map(spots.filter(({ brief, bare }) => brief && !bare).map((spot) => [spot.id, spot]));
  const chosen = [...answers.values()].find(({ rank, inner }) => rank === FIRST && !inner);
  const says = ({ kind }) => kind !== "bar";
  if (!chosen || words.some((word) => word.id === chosen.id && says(word))) return words;
  const near = ({ left, top, width, height }) =>
    Math.hypot(Math.max(left - chosen.x, chosen.x - left - width, 0), Math.max(top - chosen.y, chosen.y - top - height, 0)) < TAKEN_FOR;
  return words.filter((word) => !says(word) || word.id === chosen.id || !answers.has(word.id) || !near(word));
}

/** Of what has rank 1, what is asked about goes first, and then the chosen path: of all answers its own must be seen. */
const ASKED = 0.25;
const FIRST = 0.5;

/** What goes first. See `Spot.rank`. */
function rankOf(item, { selected, asked, siblings }) {
  if (item.id === selected) return 0;
  if (asked.has(item.id)) return ASKED;
  if (item.winning) return FIRST;
  if (item.answer !== null || item.state === "collapsed") return 1;
  if (item.state === "kept" || item.state === WRITING) return 2;
  if (siblings.has(item.id)) return 3;
  return CUT.has(item.state) ? 5 : 4;
}
