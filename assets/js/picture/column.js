// A level of a tree that grows to the right: words stand to the right of their marks. Pure.

import { AWAY, BAR, BORDER, clamp, crossed, Level, OUT, WIDEST } from "./level.js";

/** Room for the bend of branches between two levels: a part of their distance, within limits. */
const BEND = { part: 0.25, least: 28, most: 84 };
/** The narrowest band for text, and what an answer and a card need at least. */
const NARROWEST = 48;
const NARROWEST_ANSWER = 34;
const NARROWEST_CARD = 72;
/** No words are less high than this: an answer's line, and a card of one line without a score. */
const LEAST = { line: 16, card: 26 };
/** Free room between two words, across. */
const APART = 2;
/** Sizes are asked for in steps of so many pixels (`word_sizes.js`). */
const COARSE = 4;
/** Words below their mark: where they begin, what they keep from it, and how much wider than beside it they have to be. */
const UNDER = { left: 4, away: 3, gain: 1.3 };
/** What words outside their band keep from a branch that bends there, its own width counted in. */
const BESIDE_BRANCH = 4;
/** Heights that the words of the problem keep from its mark's middle. */
const BELOW_PROBLEM = 15;

export class Column extends Level {
  constructor(depth, spots, view, sizes) {
    super(depth, spots, view, sizes);
    this.borders = [view.top, view.height - BORDER];
    const { part, least, most } = BEND;
    const x = Math.max(...spots.map((spot) => spot.x));
    const here = this.open ? view.pitch - clamp(view.pitch * part, least, most) : WIDEST + this.clear;
    this.end = Math.min(here, view.width - BORDER - x);
    this.width = Math.min(WIDEST, this.end - this.clear);
    const answers = spots.every((spot) => spot.brief);
    this.roomy = this.width >= (answers ? NARROWEST_ANSWER : NARROWEST) || depth === 0;
    if (this.roomy) this.prepare(spots, [this.width], [this.width]);
    this.reach = this.open ? this.measure(spots) : 0;
  }

  get apart() {
    return APART;
  }

  get least() {
    return LEAST;
  }

  across(spot) {
    return spot.y;
  }

  /** What its words take across. */
  sizeOf(spot) {
    return this.words.get(spot.id).height + APART;
  }

  /** Branches bend where the widest word of the level ends, or its bars. */
  measure(spots) {
    const scored = spots.some((spot) => spot.scored) && this.width >= BAR.width ? this.clear + BAR.width : 0;
    if (!this.roomy) return scored;
    if (this.depth === 0) return Math.max(spots[0].radius, this.end);
    const widths = this.askable(spots).map(({ id }) => this.sizes.of(id, "line", this.width).width).filter(Number.isFinite);
    return Math.max(scored, widths.length ? this.clear + Math.max(...widths) + OUT : 0);
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
    if (!this.mayHave(spot, "line")) return false;
    return this.place(spot, "line", this.sizes.of(spot.id, "line", this.width), this.width);
  }

  card(spot) {
    if (this.width < NARROWEST_CARD || !this.mayHave(spot, "card")) return false;
    return this.place(spot, "card", this.sizes.of(spot.id, "card", this.width), this.width);
  }

  /**
   * Words of a step that ends here, where they do not fit into the band: as far as nothing lies behind them,
   * neither a branch that bends nor what stands on the next levels.
   *
   * @param {Map<number, Column>} levels @param {Map<number, [number, number][]>} ways - see `placeWords`.
   */
  stretch(spot, levels, ways) {
    const had = this.words.get(spot.id);
    if (!this.open || (had && had.kind !== "line") || spot.x + this.clear < BORDER || !this.mayHave(spot, "line")) return false;
    if (crossed(ways.get(this.depth + 1), spot.y, LEAST.line, BESIDE_BRANCH)) return false;
    if (had && !this.cuts(had)) return false;
    const { width: wanted, height } = this.sizes.of(spot.id, "line", WIDEST);
    if (!Number.isFinite(wanted)) return false;
    const top = had ? had.top : this.spotFor(spot, height);
    if (top === null) return false;
    const { end, passed } = this.freeBehind(spot, top, height, this.clear + wanted, levels, ways);
    const room = Math.min(WIDEST, Math.min(end, this.view.width - BORDER - spot.x) - this.clear);
    if (room < (spot.brief ? NARROWEST_ANSWER : NARROWEST) || (had && room <= had.width + 1)) return false;
    const size = this.sizes.of(spot.id, "line", room);
    if (!(size.width <= room + 0.5) || size.height > height) return false;
    for (const level of [this, ...passed]) level.take(spot.id, top, size.height);
    // Its level's branches bend where they bent: it has none.
    this.set(spot, "line", { left: spot.x + this.clear, top, ...size }, room, this.clear + size.width + OUT);
    return true;
  }

  /**
   * Words of a step that goes on, where there is too little room for them beside its mark: below it, as
   * wide as the levels are apart. As `stretch`.
   */
  under(spot, levels, ways) {
    const had = this.words.get(spot.id);
    const next = levels.get(this.depth + 1);
    if (!next || (had && had.kind !== "line") || spot.x < BORDER) return false;
    const left = spot.x - UNDER.left;
    const room = Math.min(WIDEST, next.spots[0].x - next.clear - left, this.view.width - BORDER - left);
    if (room < NARROWEST || (had && room < UNDER.gain * had.width)) return false;
    const top = spot.y + spot.radius + UNDER.away;
    const free = (height) => this.freeBelow(spot, top, height, ways);
    if (!free(LEAST.line) || (had && !this.cuts(had))) return false;
    for (const kind of room < NARROWEST_CARD || !free(LEAST.card) ? ["line"] : ["card", "line"]) {
      const size = this.sizes.of(spot.id, kind, room);
      if (!(size.width <= room + 0.5) || !free(size.height)) continue;
      this.take(`below ${spot.id}`, top, size.height);
      this.set(spot, kind, { left, top, ...size }, room, spot.radius);
      return true;
    }
    return false;
  }

  /** Whether a line of this level has no room for all that it says: then it fills what it has. */
  cuts({ width }) {
    return width > this.width - COARSE;
  }

  /** Whether neither words nor marks nor branches lie below a mark. */
  freeBelow({ id, y }, top, height, ways) {
    const middle = top + height / 2;
    const [least, most] = this.borders;
    if (y < least || top < least || top + height > most) return false;
    if (crossed(ways.get(this.depth), middle, height, BESIDE_BRANCH) || crossed(ways.get(this.depth + 1), middle, height, BESIDE_BRANCH)) return false;
    const [low, high] = this.taken.around(middle, id);
    if (top < low || top + height > high) return false;
    return !this.spots.some((other) => other.id !== id && Math.abs(other.y - middle) < other.radius + height / 2 + APART);
  }

  /** How far from its mark nothing lies behind a step, and the levels that it may reach into. */
  freeBehind(spot, top, height, wanted, levels, ways) {
    const passed = [];
    let end = this.end;
    for (let depth = this.depth + 1; end < wanted; depth += 1) {
      if (crossed(ways.get(depth), top + height / 2, height, BESIDE_BRANCH)) break;
      const level = levels.get(depth);
      if (!level) return { end: Infinity, passed };
      const x = Math.max(...level.spots.map((other) => other.x));
      if (!level.leaves(spot.id, top, height)) return { end: Math.max(end, x - spot.x - level.clear), passed };
      passed.push(level);
      // Where its own branches begin to bend.
      end = level.open ? x - spot.x + level.reach : Infinity;
    }
    return { end, passed };
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
    this.reach = Math.max(this.reach, left + width + AWAY.right - spot.x);
    this.set(spot, "problem", { left, top, width, height }, wide, spot.radius);
    return true;
  }
}
