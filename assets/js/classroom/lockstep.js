// Whether a pupil's page is where the teacher is, what takes it there, and whether a person has left. Pure.

/**
 * @typedef {Object} Shown - what a page shows.
 * @property {string} run
 * @property {number} length - how many events of the run are here.
 * @property {number} cursor
 * @property {boolean} follow - the cursor goes on with the log.
 * @property {?string} node - the selected node.
 */

export class Lockstep {
  constructor() {
    this.away = false;
    /** @type {?Shown} what the page showed when it was last brought to the teacher. */
    this.brought = null;
  }

  /**
   * What takes the page to the teacher.
   *
   * @param {{run: string, cursor: number, live: boolean, node: string}} state
   * @param {Shown} shown
   * @param {(node: string) => boolean} knows - whether the page's run has this node.
   * @returns {{run?: string, cursor?: number, node?: ?string}} what is to be changed; {}: nothing.
   */
  steps(state, shown, knows) {
    if (state.run !== shown.run) return { run: state.run };
    const steps = {};
    const cursor = state.live ? shown.length : Math.min(state.cursor, shown.length);
    if (cursor !== shown.cursor) steps.cursor = cursor;
    const node = state.node || null;
    if (node !== shown.node && (node === null || knows(node))) steps.node = node;
    return steps;
  }

  /** The page has been brought there. */
  arrived(shown) {
    this.brought = shown;
  }

  /**
   * See whether a person has turned to something else since.
   *
   * @param {boolean} choosing - a question is open: whoever walks through the tree looks for a branch.
   * @param {string[]} led - runs to which the class took the page: those that come are no turning away.
   */
  look(shown, choosing, led = []) {
    const { brought } = this;
    if (!brought || this.away) return;
    if (shown.run !== brought.run) {
      this.away = !led.includes(shown.run);
      return;
    }
    const grew = shown.follow && shown.length > brought.length;
    if ((shown.cursor !== brought.cursor && !grew) || (shown.node !== brought.node && !choosing)) this.away = true;
  }

  /** Be with the teacher again. */
  back() {
    this.away = false;
    this.brought = null;
  }
}
