// What the picture knows of one mark: its place, its state, its words. Made only for marks that are
// drawn as such; a mark among thousands needs none.

import { answerLabel } from "../words/words.js";
import { copiesLabel, isJump, markLabel, visitScale } from "../words/annotations.js";
import { displayState, isFold, WRITING } from "../log/visible.js";
import { ROOT } from "../log/tree.js";
import { tokensLabel } from "../words/writing_words.js";

/**
 * @property {string} id @property {number} index - its number in the scene's places.
 * @property {number} u @property {number} d - where it is now, in the units of the layout.
 * @property {number} toU @property {number} toD - where it will stand once nothing moves.
 * @property {number} x @property {number} y - where it is on the screen, since the last `place`.
 * @property {?Item} parent
 * @property {string} state - key of the palette's states, "chosen" for the winner, "root".
 * @property {boolean} inner - something visible grows from it.
 * @property {boolean} winning - it lies on the chosen solution's path.
 * @property {boolean} ghost - filtered away: drawn faintly.
 * @property {boolean} hollow - asked for and not begun: its place is kept.
 * @property {string} label @property {?string} answer - texts beside the mark.
 * @property {?boolean} right @property {boolean} undecided - held against the reference.
 * @property {?string} link - id of the original of a duplicate.
 * @property {number} scale - size of the mark as a part of the usual one: more visits, larger.
 * @property {boolean} visited - the method counts its visits.
 * @property {number} copies - how many times the path is carried on; 1 where nobody counts.
 * @property {number} stacked - marks that its own stands for: its copies, or it and its duplicates.
 * @property {boolean} forced - its first words were put into the solver's mouth.
 * @property {?string} after - id of what was read last before it, where that is not the parent.
 * @property {number} order - its place in the order of writing.
 */
export class Item {
  /** @param {import("./scene.js").Scene} scene */
  constructor(scene, index) {
    this.scene = scene;
    this.index = index;
    this.id = scene.places.ids[index];
    this.state = "collapsed";
    this.ghost = scene.isFaint(index);
    this.hollow = false;
    this.label = "";
    this.answer = null;
    this.right = null;
    this.undecided = false;
    this.link = null;
    this.scale = 1;
    this.visited = false;
    this.copies = 1;
    this.stacked = 1;
    this.forced = false;
    this.after = null;
    this.order = 0;
    this.x = 0;
    this.y = 0;
    if (isFold(this.id)) this.describeFold();
    else if (scene.visible.writing.has(this.id)) this.describeWriting();
    else if (scene.nodes[index]) this.describeNode(scene.nodes[index]);
  }

  get parent() {
    const parent = this.scene.places.parents[this.index];
    return parent < 0 ? null : this.scene.item(parent);
  }

  get u() {
    return this.scene.u[this.index];
  }

  get d() {
    return this.scene.d[this.index];
  }

  get toU() {
    return this.scene.places.u[this.index];
  }

  get toD() {
    return this.scene.places.d[this.index];
  }

  get inner() {
    const { first } = this.scene.places;
    return first[this.index] < first[this.index + 1];
  }

  get winning() {
    return this.scene.winning.has(this.index);
  }

  /** Work out where it is on the screen; `[x, y]`. */
  place(camera) {
    const across = camera.ou + this.u * camera.ku;
    const along = camera.od + this.d * camera.kd;
    this.x = camera.vertical ? across : along;
    this.y = camera.vertical ? along : across;
    return this;
  }

  describeFold() {
    const fold = this.scene.visible.fold(this.id);
    this.label = `${fold.members.length} ${fold.members.length === 1 ? "step" : "steps"}`;
    if (fold.best !== null) this.label += `, best ${fold.best.toFixed(2)}`;
  }

  describeWriting() {
    this.state = WRITING;
    this.tell(this.scene.visible.writing.get(this.id));
  }

  /** How many tokens of it are written by now. */
  tell(tokens) {
    this.hollow = tokens === 0;
    this.label = tokensLabel(tokens);
  }

  describeNode(node) {
    const { scene } = this;
    this.state = this.id === ROOT ? "root" : displayState(scene.tree, node);
    this.label = markLabel(node, scene.stream);
    this.answer = node.state === "completed" ? `${answerLabel(node)} ${copiesLabel(node)}`.trim() : null;
    this.scale = visitScale(node, scene.visits);
    this.visited = node.visits !== null;
    this.copies = node.copies ?? 1;
    this.stacked = Math.max(this.copies, 1 + scene.visible.duplicatesOf(this.id));
    this.forced = node.forced !== "";
    this.after = isJump(node) ? node.after : null;
    this.order = this.after ? node.order : 0;
    this.right = node.right;
    this.undecided = node.right_undecided;
    this.link = node.merged_into;
  }
}

/** The items by id, as a map that makes them when they are asked for. */
export class Items {
  constructor(scene) {
    this.scene = scene;
  }

  get size() {
    return this.scene.places?.size ?? 0;
  }

  get(id) {
    const index = this.scene.indexOf(id);
    return index < 0 ? undefined : this.scene.item(index);
  }

  has(id) {
    return this.scene.indexOf(id) >= 0;
  }

  *values() {
    for (let index = 0; index < this.size; index += 1) yield this.scene.item(index);
  }

  *[Symbol.iterator]() {
    for (const item of this.values()) yield [item.id, item];
  }
}
