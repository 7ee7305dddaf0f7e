// Of several pictures on one page, one places its words in each frame: marks are seen at once in all
// of them, and the page answers the hand meanwhile. Pure.

export class Turns {
  constructor() {
    /** Pictures that have words to place, the one that waits longest first. */
    this.queue = [];
    this.frame = null;
  }

  /**
   * Whether it is this picture's turn. It waits from now on if it is not, and asks again.
   *
   * @param {Object} picture
   * @param {number} frame - the time of the frame that is drawn.
   */
  take(picture, frame) {
    if (!this.queue.includes(picture)) this.queue.push(picture);
    if (frame === this.frame || this.queue[0] !== picture) return false;
    this.frame = frame;
    this.queue.shift();
    return true;
  }

  /** This picture has no words to place now. */
  leave(picture) {
    this.queue = this.queue.filter((other) => other !== picture);
  }
}
