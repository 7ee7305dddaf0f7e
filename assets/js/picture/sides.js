// The free room beside the marks of a level that grows downwards: between the marks themselves, the
// branches that come in from above, and the arrows that leave sideways. Pure.

import { BORDER, WIDEST } from "./level.js";

/** Pixels between a mark and its words, and how far off these may begin where a branch is between. */
const AWAY = 5;
const FARTHEST = 30;
/** What words keep from branches and arrows, and from other marks. */
const APART = { ways: 6, marks: 4 };
/** Half the height of a line, and room for the rounding of it. */
const LINE = 10.5;
const NARROWEST = { line: 44, card: 72, problem: 72 };

/**
 * @typedef {Object} Offer - room beside a mark.
 * @property {"line"|"card"|"problem"} kind - what it is for.
 * @property {number} room @property {number} half - its width, and half its height.
 * @property {(width: number) => number} place - where words of this width begin.
 */

export class Sides {
  /**
   * @param {import("./row.js").Row} row
   * @param {number} bend - pixels along in which branches come over from where they start.
   */
  constructor(row, bend, lanes, ways) {
    this.row = row;
    this.fixed = [...row.taken.owners.values()].map(([from, to]) => [from, to]);
    for (const spot of row.spots) {
      const half = row.halfOf(spot) + APART.marks;
      this.fixed.push([spot.x - half, spot.x + half]);
    }
    for (const [from, to] of row.hanging) this.block(from - APART.marks, to + APART.marks);
    for (const { from, to, across } of lanes)
      for (const end of [from, to])
        if (end.depth === row.depth) this.block(Math.min(end.x, across) - APART.ways, Math.max(end.x, across) + APART.ways);
    /** By height and side, what is taken, mirrored at the left side, in order: every mark asks for it. */
    this.inOrder = new Map();
    this.ways = new Map([LINE, row.tallest].map((half) => [half, ways.map(([end, start]) => cover(end, start, half / bend))]));
  }

  block(from, to) {
    this.fixed.push([from, to]);
    for (const { side, taken } of this.inOrder?.values() ?? []) {
      const part = facing([from, to], side);
      const after = taken.findIndex(([start]) => start > part[0]);
      taken.splice(after < 0 ? taken.length : after, 0, part);
    }
  }

  taken(half, side) {
    const key = side * half;
    if (!this.inOrder.has(key)) {
      const taken = [...this.fixed, ...this.ways.get(half)].map((part) => facing(part, side));
      this.inOrder.set(key, { side, taken: taken.sort((a, b) => a[0] - b[0]) });
    }
    return this.inOrder.get(key).taken;
  }

  /** @returns {Iterable<Offer>} the best first. */
  *offers(spot) {
    const { depth, rank, brief } = spot;
    const [least, most] = this.row.borders;
    if (spot.x < least || spot.x > most) return;
    const kinds = depth === 0 ? ["problem"] : rank <= 2 && !brief ? ["card", "line"] : ["line"];
    for (const kind of kinds) {
      const half = kind === "line" ? Math.min(LINE, this.row.tallest) : this.row.tallest;
      for (const side of [1, -1]) {
        const { low, high } = this.free(spot, half === this.row.tallest ? half : LINE, side);
        const room = Math.floor(Math.min(WIDEST, high - low));
        if (room >= NARROWEST[kind]) yield { kind, room, half, place: (width) => (side > 0 ? low : -low - width) };
      }
    }
  }

  /** The free room at one side of a mark; at the left one everything is mirrored. */
  free(spot, half, side) {
    const edge = side * spot.x + this.row.halfOf(spot);
    let low = edge + AWAY;
    let high = side > 0 ? this.row.view.width - BORDER : -BORDER;
    for (const [from, to] of this.taken(half, side)) {
      if (to <= low) continue;
      if (from > low) {
        high = Math.min(high, from);
        break; // whatever follows begins farther off
      }
      low = to;
    }
    return { low, high: low - edge > FARTHEST ? low : high };
  }
}

const facing = ([from, to], side) => (side > 0 ? [from, to] : [-to, -from]);

/** What a branch covers across in the last part of its bend, before the mark that it leads to. */
function cover(end, start, part) {
  const along = (left) => left ** 3 + 1.5 * left * (1 - left);
  let [least, most] = [0, 1];
  for (let step = 0; step < 16; step += 1) {
    const middle = (least + most) / 2;
    if (along(middle) < part) least = middle;
    else most = middle;
  }
  const over = end + (start - end) * most ** 2 * (3 - 2 * most);
  return [Math.min(end, over) - APART.ways, Math.max(end, over) + APART.ways];
}
