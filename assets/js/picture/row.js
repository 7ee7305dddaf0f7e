// A level of a tree that grows downwards: words stand below their marks, or beside them where there
// is no room below. Pure.

import { BAR, BORDER, clamp, crossed, Level, OUT, WIDEST } from "./level.js";
import { Sides } from "./sides.js";

/** Room for the bend of branches between two levels: a part of their distance, within limits. */
const BEND = { part: 0.3, least: 14, most: 64 };
/** Widths that cards and lines may have, the best first. */
const WIDTHS = [156, 124, 96, 72];
const LINES = [170, 108, 78];
/** What a text that fills its room has been cut to, but for so many pixels. */
const COARSE = 4;
/** Free room between two words, across. */
const APART = 8;
/** What words outside their band keep from a branch, across. */
const BESIDE_BRANCH = 5;
/** Where the band is too low, words may begin by so much nearer to the marks. */
const NEARER = 3;
/** No words are narrower than this: see words.css. */
const LEAST = { line: 34, card: 24 };
/** Half of what the problem's name takes. */
const HALF_PROBLEM = 38;

export class Row extends Level {
  constructor(depth, spots, view, sizes) {
    super(depth, spots, view, sizes);
    this.borders = [BORDER, view.width - BORDER];
    this.y = Math.max(...spots.map((spot) => spot.y));
    this.bend = clamp(view.pitch * BEND.part, BEND.least, BEND.most);
    const here = this.open ? view.pitch - this.bend : Infinity;
    this.height = Math.min(here, view.height - BORDER - this.y) - this.clear;
    this.roomy = true;
    if (this.height > 0) this.prepare(spots, WIDTHS, LINES);
    this.reach = 0;
    /** Across, where words of the levels above hang down to this one's marks. */
    this.hanging = [];
  }

  get apart() {
    return APART;
  }

  get least() {
    return LEAST;
  }

  across(spot) {
    return spot.x;
  }

  /** What its words take across. */
  sizeOf(spot) {
    return this.words.get(spot.id).width + APART;
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
    if (this.height <= 0 || !this.mayHave(spot, "line")) return false;
    const place = (width) => this.place(spot, "line", this.sizes.of(spot.id, "line", width), width);
    if (LINES.some((width) => !this.cuts(spot, width) && place(width))) return true;
    return spot.rank <= 1 && LINES.some(place);
  }

  /** Whether a line is too long for this width: half a sum says nothing. */
  cuts(spot, width) {
    return !spot.brief && this.sizes.of(spot.id, "line", width).width > width - COARSE;
  }

  card(spot) {
    if (this.height <= 0 || !this.mayHave(spot, "card")) return false;
    return WIDTHS.some((width) => this.place(spot, "card", this.sizes.of(spot.id, "card", width), width));
  }

  /**
   * Words of a step that ends here, where the band is too low for them: nearer to the mark, or as far down
   * as nothing lies below them, neither a branch that bends nor what stands on the next levels.
   *
   * @param {Map<number, Row>} levels @param {Map<number, [number, number][]>} ways - see `placeWords`.
   */
  stretch(spot, levels, ways) {
    if (!this.open || this.has(spot) || spot.y + this.clear < this.view.top || !this.mayHave(spot, "line")) return false;
    return [this.clear, this.clear - NEARER].some((clear) =>
      LINES.some((width) => (spot.rank <= 1 || !this.cuts(spot, width)) && this.hang(spot, clear, width, levels, ways)),
    );
  }

  hang(spot, clear, room, levels, ways) {
    const { width, height } = this.sizes.of(spot.id, "line", room);
    const top = spot.y + clear;
    const left = this.spotFor(spot, width);
    if (left === null || top + height > this.view.height - BORDER) return false;
    const inBand = clear + height <= this.clear + this.height;
    const passed = inBand ? [] : this.freeBelow(spot, left, top, { width, height }, levels, ways);
    if (!passed) return false;
    for (const level of [this, ...passed]) level.take(spot.id, left, width);
    if (inBand) this.reach = Math.max(this.reach, clear + height + OUT);
    else levels.get(this.depth + 1)?.hanging.push([left, left + width]);
    this.set(spot, "line", { left, top, width, height }, room, 0);
    return true;
  }

  /** The levels that such words reach into; null: something lies below. */
  freeBelow(spot, left, top, { width, height }, levels, ways) {
    const bottom = top + height;
    const middle = left + width / 2;
    const passed = [];
    for (let depth = this.depth + 1; ; depth += 1) {
      if (crossed(ways.get(depth), middle, width, BESIDE_BRANCH)) return null;
      const level = levels.get(depth);
      if (!level || bottom < level.y - level.clear) return passed;
      if (!level.leaves(spot.id, left, width)) return null;
      passed.push(level);
    }
  }

  bar(spot) {
    if (!this.has(spot)) this.place(spot, "bar", BAR);
  }

  problem(spot) {
    return this.place(spot, "problem", this.sizes.of(spot.id, "problem", WIDEST), WIDEST);
  }

  // Beside the marks ---------------------------------------------------------------------------

  /** Half the height that words beside a mark can have: they end before those of the level above. */
  get tallest() {
    return Math.min(this.bend, this.view.pitch / 2) - 1;
  }

  /** How far from its marks branches run straight on at most, with words beside these and bars below. */
  get straight() {
    const bars = this.spots.some(({ scored }) => scored) ? this.clear + BAR.height : 0;
    return this.open ? Math.max(this.reach, OUT + Math.max(this.tallest, bars)) : 0;
  }

  /**
   * No more words will stand below marks: those that have none may stand beside theirs.
   *
   * @param {?Row} above
   * @param {import("./lanes.js").Lane[]} lanes
   * @param {[number, number][]} ways - where branches end on this level, and where they come from, across.
   */
  openSides(above, lanes, ways) {
    this.sides = new Sides(this, this.view.pitch - (above?.straight ?? 0), lanes, ways);
    const free = this.spots.filter((spot) => !this.has(spot) && !spot.bare);
    this.sizes.prepare(free.flatMap((spot) => [...this.sides.offers(spot)].map(({ kind, room }) => [spot.id, kind, room])));
  }

  beside(spot) {
    if (this.has(spot)) return false;
    for (const { kind, room, half, place } of this.sides.offers(spot)) {
      const { width, height } = this.sizes.of(spot.id, kind, room);
      if (kind === "line" && this.cuts(spot, room)) continue;
      const top = spot.y - height / 2;
      if (width > room || height > 2 * half || top < this.view.top || top + height > this.view.height - BORDER) continue;
      const left = place(width);
      this.set(spot, kind, { left, top, width, height }, room, 0);
      this.take(`beside ${spot.id}`, left, width);
      this.sides.block(left, left + width);
      if (this.open) this.reach = Math.max(this.reach, height / 2 + OUT);
      return true;
    }
    return false;
  }

  /** What is drawn at a mark, at each side of it. */
  halfOf(spot) {
    return spot.depth === 0 ? HALF_PROBLEM : spot.radius;
  }
}
