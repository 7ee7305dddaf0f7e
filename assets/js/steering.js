// What a person asks of the run on show: the server drives it again with their act, and the page
// turns to what comes of it, or is told in a sentence why nothing does.

import { before } from "./words/act_words.js";
import { tabStorage } from "./dom/storage.js";

const KEY = "espalier-acted";
const MOST = 100;

export class Steering {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    /** Has the server read `text`; null: there is no server. */
    this.send = explorer.given.steer ?? null;
    /** What is asked now, as JSON: the page's script hands it over. */
    this.text = "";
    this.answer = null;
    /** The step that is acted on: it is selected in the new run too. */
    this.node = null;
    /** Runs that came of what was done in this tab. */
    this.own = (tabStorage()?.getItem(KEY) ?? "").split(",").filter((run) => run);
  }

  /** Where there is a server that drives runs again; undo and redo turn to runs that are there. */
  actions() {
    if (!this.send) return {};
    return {
      steer: (query, stays) => this.ask(query, stays),
      shownRun: () => this.explorer.log.run,
      undo: () => this.undo(),
      redo: () => this.redo(),
      turnTo: (run) => this.turnTo(run),
      redoable: () => this.explorer.visit.after(this.explorer.log.run),
      mine: (run) => this.own.includes(run),
    };
  }

  undo() {
    this.turnTo(before(this.explorer.tree()));
  }

  redo() {
    this.turnTo(this.explorer.visit.after(this.explorer.log.run));
  }

  /** Show that run, where there is one; the step that one looks at stays selected. */
  turnTo(run) {
    if (!run) return;
    const { selectedNode } = this.explorer;
    if (selectedNode) this.select(run, selectedNode);
    this.explorer.visit.show(run);
  }

  /**
   * @param {Object} query - as `components/controls/steering_request.py` reads it.
   * @param {boolean} [stays] - the new run is looked at from where one is: nothing is selected in it.
   * @returns {Promise<string>} "" once the steered run is on show; else why there is none.
   */
  ask(query, stays = false) {
    this.settle("");
    this.text = JSON.stringify(query);
    this.node = stays ? null : (query.act?.node ?? null);
    this.stays = stays;
    /** The step that a person writes, until it is there: the one to look at then. */
    this.writes = query.act?.action === "write" ? { run: null, parent: query.act.node, text: query.act.text.trim() } : null;
    const settled = new Promise((resolve) => {
      this.answer = resolve;
    });
    this.send();
    return settled;
  }

  /** Another run is on show. */
  arrived() {
    const { run } = this.explorer.log;
    if (this.answer) {
      this.own = [run, ...this.own].slice(0, MOST);
      tabStorage()?.setItem(KEY, this.own.join(","));
    }
    if (this.answer && this.node) this.select(run, this.node);
    else if (this.answer && this.stays) this.explorer.page?.side.makeRoom(null); // what is new is seen in the picture
    if (this.answer && this.writes) this.writes.run = run;
    this.settle("");
  }

  /** In a run that is to come: one looks at its tree first, and at the step's words when one asks for them. */
  select(run, node) {
    this.explorer.request(run, node);
    this.explorer.page?.side.makeRoom(node);
  }

  /** The step that a person has written, as soon as this run's tree has it; null before and after that. */
  writtenNode(run, tree) {
    if (!this.writes || this.writes.run !== run) return null;
    const { parent, text } = this.writes;
    const id = tree.nodes.get(parent)?.children.findLast((child) => {
      const node = tree.nodes.get(child);
      return node.by && node.text.trim() === text;
    });
    if (id === undefined) return null;
    this.writes = null;
    return tree.nodes.get(id).merged_into ?? id; // another says the same: the two are one
  }

  /** It has come out: another run is here, or `why` says why none will be. */
  settle(why) {
    this.answer?.(why);
    this.answer = null;
  }
}
