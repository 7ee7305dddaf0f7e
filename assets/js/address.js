// The page's address: which node it asks for, and the run and node that it should name, so that a
// refresh finds them again. Every run that comes on show is an entry of the browser's history.

import { expectedAddress, isRecorded, runAddress, runIn } from "./log/recipe.js";
import { pushAddress, rewriteAddress, tellFrame } from "./dom/frame.js";

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
    /** The round at whose end the first run is to stop, as a link asks for it. */
    this.round = silent ? null : roundIn(location);
    /** The run that is about to be shown, and the address before it. */
    this.expected = null;
    this.shown = null;
    this.before = "";
    /** The run of the first screen, whose address names none. */
    this.opening = null;
    /** A run that is shown in place of the one that the address names. */
    this.standIn = null;
    /** The entry was made for the run that is expected, or is left over from one that was refused. */
    this.pushed = false;
    this.spare = false;
  }

  /**
   * A run is about to start, or has started with nothing to show: from this moment on a refresh has
   * to find it, and not start another one.
   */
  expect(run) {
    if (run === this.expected || run === this.shown) return;
    // Of several that are given up before they begin one entry remains, the last one's.
    const replaced = this.pushed && runIn(location) === this.expected;
    if (!replaced) this.before = `${location.pathname}${location.search}${location.hash}`;
    this.expected = run;
    clearTimeout(this.timer);
    // Where it is named already, its recipe or a node of it may stand beside it.
    if (runIn(location) === run) return;
    const address = expectedAddress(location, run, this.defaults);
    if (replaced) rewriteAddress(address);
    else this.enter(address);
    this.pushed = true;
  }

  /** The same of a run of this visit; one that waits keeps its entry. */
  goTo(run) {
    this.pushed = false;
    this.expect(run);
  }

  /** That run will not come: the one on show is the one to find again. */
  refuse(run) {
    if (run !== this.expected) return;
    this.expected = null;
    this.written = "";
    this.spare = this.pushed;
    this.pushed = false;
    rewriteAddress(this.before);
  }

  /** A new entry of the history, or the one that a refused run left over. */
  enter(address) {
    clearTimeout(this.timer);
    if (this.spare) rewriteAddress(address);
    else pushAddress(address);
    this.spare = false;
  }

  /** This run stands where another was asked for; "" is the first screen. */
  standsFor(run, asked) {
    if (!asked) this.opening = run;
    if (asked === this.expected || !asked) this.expected = null;
    this.standIn = run;
  }

  /**
   * The browser has gone back or forward, and the address is another entry's.
   *
   * @returns {?string} the run to show, "" for the first screen's; null: it is on show already.
   */
  popped() {
    clearTimeout(this.timer);
    tellFrame();
    const run = runIn(location);
    const isShown = (run || this.opening) === this.shown;
    const twice = this.spare && isShown;
    this.spare = this.pushed = false;
    this.expected = null;
    this.written = "";
    if (twice) history.back(); // from the entry of a refused run to the one below: the same run
    if (isShown) return null;
    this.expected = run || this.opening || "";
    this.granted = "";
    const node = new URLSearchParams(location.search).get("node");
    if (node) this.request(run, node);
    return run;
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

  /** Where the cursor is to stop in the first run, as soon as it has come so far; null before and after that. */
  requestedCursor(rounds, complete) {
    if (this.round === null) return null;
    const cursor = rounds.endOf(this.round, complete);
    if (cursor !== null || complete) this.round = null;
    return cursor;
  }

  /** Keep this run and node in the address; of recorded examples the run alone. */
  keep(run, selected, header) {
    if (this.silent || this.expected !== null || isRecorded(run)) return;
    const node = selected ?? this.requested?.node ?? null;
    const key = `${run}|${node}`;
    if (key === this.written) return;
    this.written = key;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      rewriteAddress(runAddress(location, run, node, header, this.defaults));
    }, WRITE_MS);
  }

  /** Another run is here: the address names it, in an entry of its own unless it has one. */
  arrive(run) {
    if (this.silent) return;
    const first = this.shown === null;
    if (!first) this.round = null;
    const named = runIn(location);
    if (run === this.expected) {
      this.expected = null;
      this.pushed = false;
    }
    this.shown = run;
    if (first && !named) this.opening = run;
    const inPlace = first || named === run || this.standIn === run || (!named && this.opening === run);
    this.standIn = null;
    if (!inPlace) this.enter(expectedAddress(location, run, this.defaults));
  }

  /** The address says this no more. */
  drop(name) {
    const query = new URLSearchParams(location.search);
    if (!query.has(name)) return;
    query.delete(name);
    rewriteAddress(`${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  }

  dispose() {
    clearTimeout(this.timer);
  }
}

function roundIn({ search }) {
  const at = new URLSearchParams(search).get("at");
  return /^\d{1,6}$/.test(at ?? "") ? Number(at) : null;
}
