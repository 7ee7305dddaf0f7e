// The tree at any moment of the log. Forward is applying events, backward is taking them back:
// no copies are kept, so a log of a hundred thousand nodes costs what one tree costs.

import { Tree } from "./tree.js";

export class Replay {
  /** @param {Object[]} events - the log; it may grow while it is replayed. */
  constructor(events) {
    this.events = events;
    this.tree = new Tree();
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
      while (this.cursor < wanted) this.tree.apply(this.events[this.cursor]);
    } catch (error) {
      this.error = String(error.message ?? error);
    }
    return this.tree;
  }

  /** Back by taking events back: what they made is kept, and not made again on the way forward. */
  rewind(wanted) {
    // An event that contradicts the log was taken into account in part.
    if (this.error) {
      this.tree = new Tree();
      this.error = "";
    } else while (this.cursor > wanted) this.tree.undo(this.events[this.cursor - 1]);
  }
}
