// Where the words of a picture stand, and how edges and arrows go around them: a value, made once
// for each state of the picture and read while it is drawn. Pure.

/** A branch is never straight for more of its way than this: marks may be on their way to it. */
const MOST_STRAIGHT = 0.9;

export class WordPlan {
  /**
   * @param {{words: import("./placing.js").Word[], reaches: Map<number, number>}} placed
   * @param {Map<string, ?import("./lanes.js").Lane>} lanes
   * @param {import("./placing.js").Spot[]} spots
   * @param {{vertical: boolean}} view
   */
  constructor({ words, reaches }, lanes = new Map(), spots = [], { vertical } = { vertical: false }) {
    /** @type {Map<string, import("./placing.js").Word>} by id. */
    this.words = new Map(words.map((word) => [word.id, word]));
    Object.assign(this, { reaches, lanes, vertical });
    this.offsets = new Map();
    for (const { id, x, y } of spots) {
      const word = this.words.get(id);
      if (word) this.offsets.set(id, [word.left - x, word.top - y]);
    }
    const around = ({ x, y, radius }) => ({ left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius });
    /** Of all words and marks. */
    this.boxes = [...words, ...spots.map(around)];
  }

  /**
   * How branches leave a step: pixels from its mark to where they come out behind its words, and
   * to where they bend. While marks move they may be nearer to each other than that.
   *
   * @param {string} id @param {number} level
   * @param {number} distance - to the next mark along the tree, in pixels.
   */
  wayOut(id, level, distance) {
    const bend = Math.max(0, Math.min(this.reaches.get(level) ?? 0, distance * MOST_STRAIGHT));
    const out = this.words.get(id)?.out ?? 0;
    return { out: Math.min(out, bend), bend };
  }

  /** How far across from its start the lane of the jump to an item lies, in pixels; null: it has none. */
  laneOf(to) {
    const lane = this.lanes.get(to.id);
    if (!lane) return null;
    return lane.across - (this.vertical ? lane.from.x : lane.from.y);
  }

  /** Words that are bars alone. */
  get bars() {
    return [...this.words.values()].filter(({ kind }) => kind === "bar");
  }

  /** Words to read. */
  get texts() {
    return [...this.words.values()].filter(({ kind }) => kind !== "bar");
  }

  /** The node whose words are at this point, or null. */
  at(x, y) {
    for (const { id, left, top, width, height } of this.words.values())
      if (x >= left && x <= left + width && y >= top && y <= top + height) return id;
    return null;
  }
}

export const NO_WORDS = new WordPlan({ words: [], reaches: new Map() });
