// The runs of this visit: which came on show in this tab, and which of them is wanted now. Several
// may go on at once, and whatever the server tells of them, only that one takes the page.

import { visitedRun } from "./words/visited_words.js";

const KEY = "espalier-visit";
const MOST = 20;

export class Visit {
  /**
   * @param {import("./address.js").Address} address
   * @param {?() => void} recall - has the server asked for the run that `asked` names; nothing is
   *   started. Null: there is no server.
   * @param {?Storage} store - the tab's, so that a refresh loses nothing; null: there is none.
   */
  constructor(address, recall, store) {
    this.address = address;
    this.recall = recall;
    this.store = store;
    /** @type {import("./words/visited_words.js").VisitedRun[]} the newest first. */
    this.runs = readRuns(store);
    this.noted = "";
    /** Runs that go on although a person has turned to another one. */
    this.left = new Set();
    /** The run that was asked for by Back, Forward or the list, "" for the first screen's; null: none. */
    this.asked = null;
    /** Whether the answer to it has come. */
    this.answered = false;
    /** Whether a run was refused, so that the one before it still stands there. */
    this.refused = false;
    this.onPop = () => this.followHistory();
    if (recall) window.addEventListener("popstate", this.onPop);
  }

  dispose() {
    if (this.recall) window.removeEventListener("popstate", this.onPop);
  }

  /** Write down what is known of the run on show, wherever that has changed. */
  note(log, labels) {
    const key = `${log.run}|${log.complete}|${log.interrupted}|${log.events[1]?.kind === "noted"}`;
    if (!this.recall || key === this.noted) return;
    this.noted = key;
    const run = visitedRun(log, labels);
    const at = this.runs.findIndex(({ id }) => id === run.id);
    this.runs = at < 0 ? [run, ...this.runs].slice(0, MOST) : this.runs.map((known, index) => (index === at ? run : known));
    try {
      this.store?.setItem(KEY, JSON.stringify(this.runs));
    } catch (error) {
      console.info("This tab keeps no list of its runs.", error);
    }
  }

  /** Back or Forward: show the run that the address names now. */
  followHistory() {
    this.leaveExpected();
    const run = this.address.popped();
    if (run !== null) this.ask(run);
  }

  /** Show a run of this visit once more, as going back to it does. */
  show(run) {
    if (run === this.address.shown) return;
    this.leaveExpected();
    this.address.goTo(run);
    this.ask(run);
  }

  /** The newest run of this visit that came of an act on this one; null: none did. */
  after(run) {
    return this.runs.find(({ of }) => of && of === run)?.id ?? null;
  }

  ask(run) {
    this.asked = run;
    this.answered = false;
    this.left.delete(run);
    this.recall();
  }

  /** The server has answered: once more, where Gradio gave another value in the answer's place. */
  insist() {
    if (this.asked !== null && !this.answered) this.recall();
  }

  /** A new run is about to come; what was asked for before is wanted no more. */
  expect(run) {
    this.asked = null;
    this.refused = false;
    this.address.expect(run);
  }

  /** It will not come. */
  refuse(run) {
    this.refused = true;
    this.address.refuse(run);
  }

  /** The run that was started and waited for; one that was asked for answers to nobody else. */
  leaveExpected() {
    if (this.asked === null) this.leave(this.address.expected);
  }

  /** Whatever comes of this run from now on does not take the page. */
  leave(run) {
    if (run) this.left.add(run);
  }

  /**
   * Whether a value from the server is wanted. If it is, its run has its place in the history.
   * What stands on a page when it opens is not, once a person or a class has turned to another run.
   *
   * @param {{run: string, next: ?string, recalled: ?string, opening: ?boolean}} value - as `TreeViewValue` has it.
   * @param {import("./log/log.js").EventLog} log - what is on show.
   */
  accepts({ run, next, recalled, opening = false }, log) {
    if (opening && run !== (this.asked ?? (log.run || run))) {
      // Of two values in a row Gradio gives the last: the answer may have been the other one. And
      // the form may have been filled from this one: once more, and it is that of the run on show.
      if (this.asked !== null) this.recall();
      return false;
    }
    const answers = typeof recalled === "string";
    if (answers ? recalled !== this.asked : this.left.has(run) || this.left.has(next)) return false;
    if (answers) this.answered = true;
    if (answers && run && run !== recalled) this.address.standsFor(run, recalled);
    if (run && run !== log.run) {
      this.refused = false;
      if (log.live) this.leave(log.run);
      if (!answers) this.asked = null;
      this.address.arrive(run);
    }
    return true;
  }
}

/** The list as this tab has kept it; what cannot be read is left out. */
function readRuns(store) {
  let kept = [];
  try {
    kept = JSON.parse(store?.getItem(KEY) ?? "[]");
  } catch (error) {
    console.info("The list of this tab's runs cannot be read.", error);
  }
  return (Array.isArray(kept) ? kept : []).filter((run) => typeof run?.id === "string").slice(0, MOST);
}
