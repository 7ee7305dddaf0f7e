// The page's address: which node it asks for, and the run and node that it should name, so that a
// refresh finds them again.

import { rewriteAddress } from "./dom/frame.js";
import { expectedAddress, isRecorded, runAddress } from "./log/recipe.js";

/** Browsers refuse pages that rewrite their address at every key press. */
const WRITE_MS = 400;

export class Address {
  /**
   * @param {Object} defaults - what a recipe link may leave out.
   * @param {{silent: boolean}} [how] - `silent`: the address is a file's, and stays as it is.
   */
  constructor(defaults, { silent = false } = {}) {
    this.defaults = defaults;
    this.silent = silent;
    this.requested = null;
    this.granted = "";
    this.written = "";
    /** The run that is about to be shown, and the address before it. */
    this.expected = null;
    this.shown = null;
    this.before = "";
  }

  /**
   * A run is about to start, or has started with nothing to show: from this moment on a refresh has
   * to find it, and not start another one.
   */
  expect(run) {
    if (run === this.expected || run === this.shown) return;
    if (this.expected === null) this.before = `${location.pathname}${location.search}${location.hash}`;
    this.expected = run;
    clearTimeout(this.timer);
    // Where it is named already, its recipe or a node of it may stand beside it.
    if (new URLSearchParams(location.search).get("run") === run) return;
    rewriteAddress(expectedAddress(location, run, this.defaults));
  }

  /** That run will not come: the one on show is the one to find again. */
  refuse(run) {
    if (run !== this.expected) return;
    this.expected = null;
    this.written = "";
    rewriteAddress(this.before);
  }

  /** A node of a run is asked for; the same one counts once, however often it is said. */
  request(run, node) {
    if (this.granted !== `${run}|${node}`) this.requested = { run, node };
  }

  /** The node that was asked for, as soon as this run's tree has it; null before and after that. */
  requestedNode(run, tree) {
    if (!this.requested || this.requested.run !== run || !tree.nodes.has(this.requested.node)) return null;
    const { node } = this.requested;
    this.requested = null;
    this.granted = `${run}|${node}`;
    return node;
  }

  /** Keep this run and node in the address; recorded examples are found without. */
  keep(run, selected, header) {
    if (this.expected !== null && run !== this.expected) return;
    this.expected = null;
    this.shown = run;
    if (this.silent || isRecorded(run)) return;
    const node = selected ?? this.requested?.node ?? null;
    const key = `${run}|${node}`;
    if (key === this.written) return;
    this.written = key;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      rewriteAddress(runAddress(location, run, node, header, this.defaults));
    }, WRITE_MS);
  }

  dispose() {
    clearTimeout(this.timer);
  }
}
