// One level of the tree: the band beside its marks that belongs to words, and what is taken of it.
// Pure. See placing.js.

/** What the first word of a level keeps from the edge of the largest mark, rings included. */
export const AWAY = { right: 8, down: 5 };
/** Branches come out this far behind their words. */
export const OUT = 4;
export const BORDER = 5;
export const BAR = { width: 24, height: 8 };
export const WIDEST = 220;
/** Free room between a word and a branch, across, and room that a branch takes. */
const STEM = { apart: 2, size: 5 };
/** Free room between a mark and words of another level, across. */
const BESIDE_MARK = 2;
/** How much of a word has to lie at each side of its own branch. */
const HOLD = 6;
/** So many marks are asked for the widths of their words, to know how wide a level is. */
const MOST_ASKED = 48;

/** The words of one level, and what is taken of its band. */
export class Level {
  constructor(depth, spots, view, sizes) {
    Object.assign(this, { depth, spots, view, sizes });
    this.words = new Map();
    this.taken = new Intervals();
    this.open = spots.some(({ inner }) => inner);
    this.clear = Math.max(...spots.map(({ radius }) => radius)) + (view.vertical ? AWAY.down : AWAY.right);
    for (const spot of spots) if (spot.inner) this.take(spot.id, this.across(spot) - STEM.size / 2, STEM.size, STEM.apart);
  }

  /** Have the sizes measured that will be asked for, most likely. */
  prepare(spots, cards, lines) {
    const asked = [];
    for (const spot of this.askable(spots)) {
      for (const width of lines) asked.push([spot.id, "line", width]);
      if (spot.rank <= 2 && this.mayHave(spot, "card")) for (const width of cards) asked.push([spot.id, "card", width]);
    }
    this.sizes.prepare(asked);
  }

  /** The first of them that have something to say, and room to say it. */
  askable(spots) {
    return spots.filter((spot) => !spot.bare && spot.depth > 0 && this.mayHave(spot, "line")).slice(0, MOST_ASKED);
  }

  /**
   * Whether there is room for the smallest words of this kind. Where there is none the size of the step's
   * own words is not asked for: to measure them is what costs most of a picture.
   */
  mayHave(spot, kind) {
    return this.spotFor(spot, this.least[kind]) !== null;
  }

  /** @param {number} [apart] - what words keep from it, where that is less than from each other. */
  take(id, from, size, apart = this.apart) {
    this.taken.put(id, from, from + size, apart);
  }

  /**
   * Steps that stand close together look alike: where a neighbour that goes as early, or earlier,
   * has no room for its card, a step has its line again.
   *
   * @param {(spot: import("./placing.js").Spot) => boolean} wants - a card says more of it.
   */
  calm(wants) {
    const having = this.spots.filter((spot) => this.has(spot) && wants(spot)).sort((a, b) => this.across(a) - this.across(b));
    const plain = (other, spot) => other && Math.ceil(other.rank) <= Math.ceil(spot.rank) && this.words.get(other.id).kind === "line";
    const near = (other, spot) => Math.abs(this.across(other) - this.across(spot)) < this.sizeOf(spot);
    const lacks = (other, spot) => plain(other, spot) && near(other, spot);
    // Down the level and up again: what becomes a line is a neighbour to the next.
    for (const spots of [[...having], having.reverse()])
      for (const [index, spot] of spots.entries()) {
        const card = this.words.get(spot.id).kind === "card" && spot.rank > 0;
        if (card && (lacks(spots[index - 1], spot) || lacks(spots[index + 1], spot))) this.line(spot);
      }
  }

  has(spot) {
    return this.words.has(spot.id);
  }

  /** Where a word of this size across can begin; null where it has no room. */
  spotFor(spot, size) {
    const middle = this.across(spot);
    const [least, most] = this.borders;
    if (middle < least || middle > most) return null;
    const [from, to] = this.taken.around(middle, spot.id);
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

  /** Whether nothing stands here, neither words nor a mark. Words keep less from marks than from each other. */
  leaves(id, from, size) {
    const middle = from + size / 2;
    const [low, high] = this.taken.around(middle, id);
    if (from < low || from + size > high) return false;
    return !this.spots.some((spot) => Math.abs(this.across(spot) - middle) < spot.radius + size / 2 + BESIDE_MARK);
  }

  set(spot, kind, box, room, out) {
    this.words.set(spot.id, { id: spot.id, kind, ...box, room, out });
  }
}

/** Whether a branch of these lies here, on its way from where it starts across to where it ends, or nearer than `apart`. */
export function crossed(ways, middle, size, apart) {
  const reach = size / 2 + apart;
  return Boolean(ways?.some(([one, other]) => Math.min(one, other) < middle + reach && Math.max(one, other) > middle - reach));
}

/** What is taken of a line: intervals, each somebody's; few enough to look at all of them. */
class Intervals {
  constructor() {
    this.owners = new Map();
  }

  /** @param {number} apart - how far all others stay away. */
  put(owner, from, to, apart) {
    this.owners.set(owner, [from, to, apart]);
  }

  /** The free room around a point for its owner. */
  around(point, owner) {
    let low = -Infinity;
    let high = Infinity;
    for (const [other, [from, to, apart]] of this.owners) {
      if (other === owner) continue;
      if (from <= point && to >= point) return [point, point];
      if (to < point) low = Math.max(low, to + apart);
      else if (from > point) high = Math.min(high, from - apart);
    }
    return [low, high];
  }
}

export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
