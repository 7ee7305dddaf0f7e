// A log cut into segments: the start, each round, the end. Timeline and story go by them.

const ENDING = new Set(["voted", "graded", "finished"]);

/**
 * @typedef {Object} Segment
 * @property {"start"|"round"|"end"} kind
 * @property {number} round - number of the round; 0 for the start.
 * @property {number} from - its first event.
 * @property {number} cursor - how many events the log has once this segment is over.
 */

/** Grows with the log; each event is looked at once. */
export class Rounds {
  constructor() {
    /** @type {Segment[]} */
    this.segments = [];
    this.seen = 0;
    this.previous = "";
  }

  /** Take the log's newest events into account. */
  extend(events) {
    for (; this.seen < events.length; this.seen += 1) {
      const event = events[this.seen];
      this.open(event, events);
      const segment = this.segments.at(-1);
      segment.cursor = this.seen + 1;
      // The runner numbers rounds; counting is only the guess until its number arrives.
      if (event.kind === "spent" && segment.kind === "round") segment.round = event.round;
      this.previous = event.kind;
    }
  }

  open(event, events) {
    const kind = this.segments.at(-1)?.kind;
    if (event.kind === "started") this.push("start", 0);
    else if (event.kind === "sampled" && this.previous !== "sampled") this.push("round", this.last + 1, events);
    else if (ENDING.has(event.kind) && kind !== "end") this.push("end", this.last);
    else if (kind === undefined) this.push("start", 0);
  }

  push(kind, round, events = []) {
    let from = this.seen;
    // A warning comes before the steps that the call wrote nevertheless.
    while (events[from - 1]?.kind === "warned") from -= 1;
    if (from < this.seen) this.segments.at(-1).cursor = from;
    this.segments.push({ kind, round, from, cursor: this.seen + 1 });
  }

  /** Number of the newest round. */
  get last() {
    return this.segments.at(-1)?.round ?? 0;
  }

  /** Index of the segment that the cursor is in. */
  indexAt(cursor) {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.segments[middle].cursor >= cursor) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The round that the cursor is in, 0 before the first; null at the end of the run. */
  roundAt(cursor) {
    const segment = this.segments[this.indexAt(cursor)];
    return !segment || segment.kind === "end" ? null : segment.round;
  }

  /** The cursor at the end of a round, 0 being what comes before the first; null until it is over. */
  endOf(round, complete) {
    const index = this.segments.findIndex((segment) => segment.kind !== "end" && segment.round === round);
    return index >= 0 && (complete || index < this.segments.length - 1) ? this.segments[index].cursor : null;
  }

  /** The cursor one segment further (`by` = 1) or back (-1). */
  neighbour(cursor, by) {
    if (!this.segments.length) return 0;
    const index = this.indexAt(cursor);
    const inside = cursor < this.segments[index].cursor;
    const target = by > 0 ? index + (inside ? 0 : 1) : index - 1;
    return this.segments[Math.max(0, Math.min(this.segments.length - 1, target))].cursor;
  }
}
