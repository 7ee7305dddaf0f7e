// What is known of whole branches, counted once for each moment from the leaves up: how many steps
// they have, the best score in them, whether the search goes on there.

import { isFold, WRITING } from "../log/visible.js";

/** The states by their code in the columns. */
export const STATES = [
  "root",
  "collapsed",
  WRITING,
  "frontier",
  "candidate",
  "kept",
  "pruned",
  "completed",
  "merged",
  "rollout",
  "chosen",
];
const CODES = new Map(STATES.map((state, code) => [state, code]));
const CUT = new Set(["pruned", "merged", "rollout", "collapsed"].map((state) => CODES.get(state)));

/**
 * @typedef {Object} Summary
 * @property {number} count - steps.
 * @property {?number} best - the best score of a path that goes through them or ends there.
 * @property {number} answers - finished solutions.
 * @property {boolean} live - something in it was not cut.
 * @property {?number} fitting - steps that fit what is looked for; null: nothing in particular is.
 */
export class Branches {
  /** @param {import("./scene.js").Scene} scene */
  constructor({ tree, visible, places, nodes, sought }) {
    const { size, parents } = places;
    const chosen = tree.chosen ? tree.nodes.get(tree.chosen) : null;
    this.places = places;
    /** How many steps each branch has; a fold stands for all its members. */
    this.steps = new Int32Array(size);
    /** Code of each node's state. */
    this.codes = new Uint8Array(size);
    this.best = new Float32Array(size).fill(NaN);
    this.answers = new Int32Array(size);
    this.live = new Uint8Array(size);
    /** How many steps of each branch fit what is looked for; null: nothing in particular is. */
    this.fitting = sought.fits ? new Int32Array(size) : null;
    /** The state and code of the node before: neighbours mostly share them. */
    this.last = { state: "", code: 0 };
    for (let i = size - 1; i >= 0; i -= 1) {
      if (this.fitting && nodes[i] && sought.fits(nodes[i])) this.fitting[i] += 1;
      this.describe(i, visible, nodes[i], chosen);
      if (i > 0) this.pass(i, parents[i]);
    }
    this.codes[0] = CODES.get("root");
  }

  describe(i, visible, node, chosen) {
    const state = node ? node.state : isFold(this.places.ids[i]) ? "collapsed" : WRITING;
    const code = this.codeOf(node && node === chosen ? "chosen" : state);
    this.codes[i] = code;
    const fold = node ? null : visible.fold(this.places.ids[i]);
    const score = node ? node.aggregate : (fold?.best ?? null);
    if (score !== null) this.better(i, score);
    this.steps[i] += fold?.members.length ?? 1;
    if (node?.state === "completed") this.answers[i] += 1;
    // What was kept once may have been cut further down: the ends of a branch say.
    if (this.places.sizes[i] === 1 && !CUT.has(code)) this.live[i] = 1;
  }

  codeOf(state) {
    if (this.last.state !== state) this.last = { state, code: CODES.get(state) };
    return this.last.code;
  }

  pass(i, parent) {
    this.better(parent, this.best[i]);
    this.steps[parent] += this.steps[i];
    this.answers[parent] += this.answers[i];
    this.live[parent] |= this.live[i];
    if (this.fitting) this.fitting[parent] += this.fitting[i];
  }

  better(i, score) {
    if (score > this.best[i] || (Number.isNaN(this.best[i]) && !Number.isNaN(score))) this.best[i] = score;
  }

  /**
   * What is in a row of merged siblings.
   *
   * @param {import("./sight.js").Branch} branch
   * @returns {Summary}
   */
  of({ from, to }) {
    const summary = { count: 0, best: null, answers: 0, live: false, fitting: this.fitting ? 0 : null };
    for (let i = from; i < to; i += 1) {
      summary.count += this.steps[i];
      summary.answers += this.answers[i];
      if (this.fitting) summary.fitting += this.fitting[i];
      summary.live ||= this.live[i] === 1;
      if (!Number.isNaN(this.best[i])) summary.best = Math.max(summary.best ?? 0, this.best[i]);
    }
    return summary;
  }
}
