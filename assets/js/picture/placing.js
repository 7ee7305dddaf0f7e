// Which words stand where in the picture. Pure: marks with their places go in, boxes come out.
//
// A tree is drawn in levels, and so are its words. Beside the marks of a level lies a band that
// belongs to words alone: branches cross it only straight ahead, hidden behind the words of their
// own step, and bend behind the band. So words can meet nothing but each other and the branches of
// steps without words, and both only along the level, which makes placing them a question of
// intervals on a line: linear in space, exact, and the same for the same picture.
//
// "Along" is the direction of growth, "across" the one in which siblings stand: a tree that grows
// to the right has words of one line's height across, one that grows downwards of a text's width.

/** What the first word of a level keeps from the edge of the largest mark, rings included. */
const AWAY = 8;
/** Branches come out this far behind their words. */
const OUT = 4;
/** Room for the bend of branches between two levels: a part of their distance, within limits. */
const BEND = { part: 0.25, least: 28, most: 84 };
const DOWN_BEND = { part: 0.3, least: 24, most: 64 };
/** Along a level that grows to the right: the narrowest band for text, and the widest. */
const NARROWEST = 48;
/** What an answer needs at least. */
const NARROWEST_ANSWER = 34;
const NARROWEST_CARD = 72;
const WIDEST = 220;
/** Widths that words may have in a tree that grows downwards, the best first. */
const WIDTHS = [156, 124, 96, 72];
const LINE_WIDEST = 170;
/** Free room between two words, across. */
const APART = { right: 2, down: 8 };
/** Room that a branch takes on its way through the band. */
const STEM = 5;
const LANE = 4;
/** How much of a word has to lie at each side of its own branch. */
const HOLD = 6;
const BORDER = 5;
const BAR = { width: 24, height: 8 };
/** Heights that the words of the problem keep from its mark's middle. */
const BELOW_PROBLEM = 15;
/** More words than this cannot be read, and would be slow. */
export const MOST_WORDS = 100;
/** So many marks are asked for the widths of their words, to know how wide a level is. */
const MOST_ASKED = 48;

/**
 * @typedef {Object} Spot - a mark in view.
 * @property {string} id @property {number} depth - its level, the root's 0.
 * @property {number} x @property {number} y - its place, in pixels.
 * @property {number} radius - of all that is drawn at the mark, rings included, in pixels.
 * @property {boolean} inner - a branch leaves it.
 * @property {number} rank - what goes first: 0 is chosen by hand, 1 and 2 have cards if there is
 *   room, 3 has a line, from 4 on words stand only where nothing else wants the room.
 * @property {boolean} bare - it has nothing to say but its score.
 * @property {boolean} brief - a card would say no more than a line.
 * @property {boolean} scored - there is a score to show as a bar.
 *
 * @typedef {Object} View
 * @property {number} width @property {number} height - of the picture, in pixels.
 * @property {number} top - pixels at the top that belong to the levels' names.
 * @property {boolean} vertical - the tree grows downwards.
 * @property {number} pitch - pixels from one level to the next.
 * @property {number} last - the deepest level.
 *
 * @typedef {Object} Word
 * @property {string} id @property {"card"|"line"|"bar"|"problem"} kind
 * @property {number} left @property {number} top @property {number} width @property {number} height
 * @property {number} room - the width that its words were made for.
 * @property {number} out - pixels from the mark to where its branches come out behind the word.
 */

/**
 * Place words at marks.
 *
 * @param {Spot[]} spots
 * @param {View} view
 * @param {{of: (id: string, kind: "card"|"line"|"problem", width: number) => {width: number, height: number},
 *   prepare: (asked: [string, string, number][]) => void}} sizes - of a spot's words, no wider than
 *   `width` pixels; it is told beforehand what it will be asked, to measure all at once.
 * @param {import("./lanes.js").Lane[]} [lanes] - of arrows that cross the levels between their ends.
 * @returns {{words: Word[], reaches: Map<number, number>}} `reaches`: how far from its marks a
 *   level's branches run straight on, in pixels.
 */
export function placeWords(spots, view, sizes, lanes = []) {
  const levels = levelsOf(spots, view, sizes);
  for (const [number, { from, to, across }] of lanes.entries()) {
    const ends = [from.depth, to.depth];
    for (let depth = Math.min(...ends); depth < Math.max(...ends); depth += 1)
      levels.get(depth)?.take(`lane ${number}`, across - LANE / 2, LANE);
  }
  const order = spots.filter(({ depth }) => levels.has(depth)).sort((a, b) => a.rank - b.rank);
  const all = [...levels.values()];
  let left = MOST_WORDS;
  const pass = (wanted, place) => {
    for (const spot of order) {
      if (!wanted(spot)) continue;
      const level = levels.get(spot.depth);
      if (!level.roomy || (left === 0 && !level.has(spot))) continue;
      const had = level.has(spot);
      if (place(level, spot) && !had) left -= 1;
    }
  };
  const says = (spot) => !spot.bare;
  const tells = (spot) => !spot.bare && !spot.brief;
  pass(({ depth }) => depth === 0, (level, spot) => level.problem(spot));
  pass((spot) => spot.rank <= 3 && spot.depth > 0 && says(spot), (level, spot) => level.line(spot));
  pass((spot) => spot.rank <= 2 && spot.depth > 0 && tells(spot), (level, spot) => level.card(spot));
  pass((spot) => spot.rank > 3 && spot.depth > 0 && says(spot), (level, spot) => level.line(spot));
  pass((spot) => spot.rank > 2 && spot.depth > 0 && tells(spot), (level, spot) => level.card(spot));
  for (const spot of order) if (spot.scored) levels.get(spot.depth).bar(spot);
  return {
    words: all.flatMap((level) => [...level.words.values()]),
    reaches: new Map(all.map((level) => [level.depth, level.reach])),
  };
}

function levelsOf(spots, view, sizes) {
  const members = new Map();
  for (const spot of spots) {
    if (members.has(spot.depth)) members.get(spot.depth).push(spot);
    else members.set(spot.depth, [spot]);
  }
  const make = view.vertical ? Row : Column;
  return new Map([...members].map(([depth, spots]) => [depth, new make(depth, spots, view, sizes)]));
}

/** The words of one level, and what is taken of its band. */
class Level {
  constructor(depth, spots, view, sizes) {
    Object.assign(this, { depth, view, sizes });
    this.words = new Map();
    this.taken = new Intervals();
    this.open = spots.some(({ inner }) => inner);
    this.clear = Math.max(...spots.map(({ radius }) => radius)) + AWAY;
    for (const spot of spots) if (spot.inner) this.take(spot.id, this.across(spot) - STEM / 2, STEM);
  }

  /** Have the sizes measured that will be asked for, most likely. */
  prepare(spots, cards, line) {
    const asked = [];
    for (const { id, bare, rank, depth } of spots.slice(0, MOST_ASKED)) {
      if (bare || depth === 0) continue;
      asked.push([id, "line", line]);
      if (rank <= 2) for (const width of cards) asked.push([id, "card", width]);
    }
    this.sizes.prepare(asked);
  }

  take(id, from, size) {
    this.taken.put(id, from, from + size);
  }

  has(spot) {
    return this.words.has(spot.id);
  }

  /** Where a word of this size across can begin; null where it has no room. */
  spotFor(spot, size) {
    const middle = this.across(spot);
    const [least, most] = this.borders;
    if (middle < least || middle > most) return null;
    const [from, to] = this.taken.around(middle, spot.id, this.apart);
    const low = Math.max(least, from);
    const high = Math.min(most, to);
    if (high - low < size) return null;
    const start = Math.min(Math.max(middle - size / 2, low), high - size);
    return start <= middle - HOLD && start + size >= middle + HOLD ? start : this.touching(middle, start, size);
  }

  /** Words too thin to be held at both sides stand in the middle of their branch. */
  touching(middle, start, size) {
    return size < 2 * HOLD && Math.abs(start + size / 2 - middle) < 1 ? start : null;
  }

  set(spot, kind, box, room, out) {
    this.words.set(spot.id, { id: spot.id, kind, ...box, room, out });
  }
}

/** A level of a tree that grows to the right: words stand to the right of their marks. */
class Column extends Level {
  constructor(depth, spots, view, sizes) {
    super(depth, spots, view, sizes);
    this.apart = APART.right;
    this.borders = [view.top, view.height - BORDER];
    const { part, least, most } = BEND;
    const x = Math.max(...spots.map((spot) => spot.x));
    const here = this.open ? view.pitch - clamp(view.pitch * part, least, most) : WIDEST + this.clear;
    this.end = Math.min(here, view.width - BORDER - x);
    this.width = Math.min(WIDEST, this.end - this.clear);
    const answers = spots.every((spot) => spot.brief);
    this.roomy = this.width >= (answers ? NARROWEST_ANSWER : NARROWEST) || depth === 0;
    if (this.roomy) this.prepare(spots, [this.width], this.width);
    this.reach = this.open ? this.measure(spots) : 0;
  }

  across(spot) {
    return spot.y;
  }

  /** Branches bend where the widest word of the level ends, or its bars. */
  measure(spots) {
    const scored = spots.some((spot) => spot.scored) && this.width >= BAR.width ? this.clear + BAR.width : 0;
    if (!this.roomy) return scored;
    if (this.depth === 0) return Math.max(spots[0].radius, this.end);
    const asked = spots.filter((spot) => !spot.bare).slice(0, MOST_ASKED);
    const widest = asked.map(({ id }) => this.sizes.of(id, "line", this.width).width);
    return Math.max(scored, asked.length ? this.clear + Math.max(...widest) + OUT : 0);
  }

  place(spot, kind, { width, height }, room = width) {
    const left = spot.x + this.clear;
    if (left < BORDER || width > this.width + 0.5) return false;
    const top = this.spotFor(spot, height);
    if (top === null) return false;
    this.take(spot.id, top, height);
    const out = this.clear + width + OUT;
    this.set(spot, kind, { left, top, width, height }, room, out);
    if (this.open && kind !== "bar") this.reach = Math.max(this.reach, out);
    return true;
  }

  line(spot) {
    return this.place(spot, "line", this.sizes.of(spot.id, "line", this.width), this.width);
  }

  card(spot) {
    if (this.width < NARROWEST_CARD) return false;
    return this.place(spot, "card", this.sizes.of(spot.id, "card", this.width), this.width);
  }

  bar(spot) {
    if (this.has(spot) || this.width < BAR.width || (this.open && this.reach < this.clear + BAR.width)) return;
    this.place(spot, "bar", BAR);
  }

  /** The problem's words stand below its mark: there is nothing else on its level. */
  problem(spot) {
    const left = Math.max(BORDER, spot.x - spot.radius);
    const wide = Math.min(WIDEST, spot.x + this.end - left, this.view.width - BORDER - left);
    if (wide < NARROWEST) return false;
    const { width, height } = this.sizes.of(spot.id, "problem", wide);
    const top = spot.y + BELOW_PROBLEM;
    if (top < this.view.top || top + height > this.borders[1]) return false;
    this.reach = Math.max(this.reach, left + width + AWAY - spot.x);
    this.set(spot, "problem", { left, top, width, height }, wide, spot.radius);
    return true;
  }
}

/** A level of a tree that grows downwards: words stand below their marks. */
class Row extends Level {
  constructor(depth, spots, view, sizes) {
    super(depth, spots, view, sizes);
    this.apart = APART.down;
    this.borders = [BORDER, view.width - BORDER];
    const { part, least, most } = DOWN_BEND;
    const y = Math.max(...spots.map((spot) => spot.y));
    const here = this.open ? view.pitch - clamp(view.pitch * part, least, most) : Infinity;
    this.height = Math.min(here, view.height - BORDER - y) - this.clear;
    this.roomy = this.height > 0;
    if (this.roomy) this.prepare(spots, WIDTHS, LINE_WIDEST);
    this.reach = 0;
  }

  across(spot) {
    return spot.x;
  }

  place(spot, kind, { width, height }, room = width) {
    const top = spot.y + this.clear;
    if (top < this.view.top || height > this.height) return false;
    const left = this.spotFor(spot, width);
    if (left === null) return false;
    this.take(spot.id, left, width);
    this.set(spot, kind, { left, top, width, height }, room, this.clear + height + OUT);
    if (this.open) this.reach = Math.max(this.reach, this.clear + height + OUT);
    return true;
  }

  line(spot) {
    return this.place(spot, "line", this.sizes.of(spot.id, "line", LINE_WIDEST), LINE_WIDEST);
  }

  card(spot) {
    return WIDTHS.some((width) => this.place(spot, "card", this.sizes.of(spot.id, "card", width), width));
  }

  bar(spot) {
    if (!this.has(spot)) this.place(spot, "bar", BAR);
  }

  problem(spot) {
    return this.place(spot, "problem", this.sizes.of(spot.id, "problem", WIDEST), WIDEST);
  }
}

/** What is taken of a line: intervals, each somebody's; few enough to look at all of them. */
class Intervals {
  constructor() {
    this.owners = new Map();
  }

  put(owner, from, to) {
    this.owners.set(owner, [from, to]);
  }

  /** The free room around a point for its owner, at this distance from all others. */
  around(point, owner, apart) {
    let low = -Infinity;
    let high = Infinity;
    for (const [other, [from, to]] of this.owners) {
      if (other === owner) continue;
      if (from <= point && to >= point) return [point, point];
      if (to < point) low = Math.max(low, to + apart);
      else if (from > point) high = Math.min(high, from - apart);
    }
    return [low, high];
  }
}

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
