// The tree at any moment of the log. Forward is a few events; backward starts from a keyframe.

import { Tree } from "./tree.js";

const KEYFRAME_EVENTS = 4000;

export class Replay {
  /** @param {Object[]} events - the log; it may grow while it is replayed. */
  constructor(events) {
    this.events = events;
    this.tree = new Tree();
    this.keyframes = [];
    this.error = "";
  }

  /** Number of events that the tree has taken into account. */
  get cursor() {
    return this.tree.seq + 1;
  }

  /**
   * The tree after the first `cursor` events. It is one object that changes as the cursor moves.
   * A contradiction in the log stops the fold there and is named in `error`.
   */
  seek(cursor) {
    const wanted = Math.max(0, Math.min(cursor, this.events.length));
    if (wanted < this.cursor) this.rewind(wanted);
    if (this.error) return this.tree;
    try {
      while (this.cursor < wanted) {
        if (this.cursor % KEYFRAME_EVENTS === 0) this.keep();
        this.tree.apply(this.events[this.cursor]);
      }
    } catch (error) {
      this.error = String(error.message ?? error);
    }
    return this.tree;
  }

  keep() {
    const place = this.cursor / KEYFRAME_EVENTS;
    if (place > 0 && !this.keyframes[place]) this.keyframes[place] = this.tree.copy();
  }

  rewind(wanted) {
    const place = Math.floor(wanted / KEYFRAME_EVENTS);
    this.tree = this.keyframes[place]?.copy() ?? new Tree();
    this.error = "";
  }
}
