// A class on this page: the teacher's place is told, a pupil's page is taken to it, and branches are chosen.

import { askable, branchesOf, optionOf, twinsOf } from "./classroom/branches.js";
import { ClassSession } from "./classroom/session.js";
import { Lockstep } from "./classroom/lockstep.js";
import { say } from "./dom/saying.js";
import { Tree } from "./log/tree.js";
import { Wire } from "./classroom/wire.js";

const NAME = "class";
const OVER = "The class is over. Nobody follows this page any more.";

export class Attending {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    const { classAddress } = explorer.given;
    this.session = classAddress ? new ClassSession(new Wire(classAddress), explorer.visit.store, () => this.heard()) : null;
    this.lockstep = new Lockstep();
    /** Whether a person has asked to open a class, or to join one. */
    this.lobby = false;
  }

  /** Go on with this tab's class, or join the one that the address names. */
  begin() {
    const code = new URLSearchParams(location.search).get(NAME) ?? "";
    if (!this.session || this.session.resume(code) || !code) return;
    this.session.join(code);
  }

  /** @returns {Object} what panels can ask for; {} where there is no server. */
  actions() {
    if (!this.session) return {};
    return { attending: this };
  }

  get role() {
    return this.session?.role ?? null;
  }

  /** Whether what came out in the end is seen. */
  get atEnd() {
    const { explorer } = this;
    return Boolean(explorer.log.length) && explorer.at >= explorer.log.length && !explorer.log.live;
  }

  /** What is asked at present; null: nothing. */
  get question() {
    return this.session?.state?.question ?? null;
  }

  /** Whether something is asked that nobody knows the outcome of yet. */
  get asking() {
    return Boolean(this.question && !this.question.counts);
  }

  /** Whether the teacher moves this page. */
  get led() {
    return this.role === "pupil" && !this.lockstep.away;
  }

  get away() {
    return this.role === "pupil" && this.lockstep.away;
  }

  /** Something came from the server, or of an act of this page. */
  heard() {
    const { explorer } = this;
    if (this.role) this.lobby = false;
    if (!this.role) this.lockstep.back();
    // Whoever led it hears that it is over, too, whether they ended it or it had lasted too long.
    if (this.leads && !this.role && !this.session.trouble) say(OVER);
    this.leads = this.role === "teacher";
    this.bring();
    explorer.refresh();
  }

  // At each moment that is shown ----------------------------------------------------------------

  /** The page shows another moment. */
  update() {
    if (!this.role) this.point();
    if (!this.role || this.bringing || !this.explorer.log.run) return;
    this.point();
    if (this.role === "teacher") {
      this.session.move(this.place());
      return;
    }
    const led = [this.session.state?.run, this.asked].filter(Boolean);
    this.lockstep.look(this.shown(), this.asking, led);
    this.bring();
  }

  /** Take a pupil's page to the teacher, unless they look away. */
  bring() {
    const { session, lockstep, explorer } = this;
    if (this.role !== "pupil" || !session.state || lockstep.away || this.bringing) return;
    const { run, cursor, node } = lockstep.steps(session.state, this.shown(), (id) => explorer.tree().nodes.has(id));
    if (run !== undefined) {
      this.fetch(run);
      return;
    }
    this.asked = "";
    this.bringing = true;
    try {
      if (cursor !== undefined) explorer.scrub(cursor);
      // While a branch is looked for, what is selected is the pupil's own.
      const open = this.asking ? this.question.number : null;
      if (node !== undefined && (open === null || open !== this.looking)) explorer.select(node);
      this.looking = open;
      lockstep.arrived(this.shown());
    } finally {
      this.bringing = false;
    }
  }

  /** Have a run shown; once more if the page's own first run came between and took its place. */
  fetch(run) {
    if (run === this.asked && run === this.explorer.visit.asked) return;
    this.asked = run;
    this.explorer.showing.minute.skip();
    this.explorer.visit.show(run);
  }

  /** Whether the run that the class looks at is still on its way. */
  get waiting() {
    return this.role === "pupil" && !this.lockstep.away && this.session.state?.run !== this.explorer.log.run;
  }

  back() {
    this.lockstep.back();
    this.asked = "";
    this.bring();
    this.explorer.refresh();
  }

  shown() {
    const { log, at, follow, selectedNode } = this.explorer;
    return { run: log.run, length: log.length, cursor: at, follow, node: selectedNode };
  }

  place() {
    const { log, at, follow, selectedNode } = this.explorer;
    return { run: log.run, cursor: at, live: follow && log.live, node: selectedNode ?? "" };
  }

  // Asking and choosing -------------------------------------------------------------------------

  toggleLobby() {
    this.lobby = !this.lobby && !this.role;
    if (this.session) this.session.trouble = "";
    this.explorer.refreshNow();
  }

  open() {
    return this.session.open(this.place());
  }

  join(code) {
    return this.session.join(code);
  }

  /** The link by which pupils come. */
  link() {
    return `${location.origin}${location.pathname}?${NAME}=${this.session.code}`;
  }

  /** What can be asked at the selected step; null: nothing. */
  askable() {
    const { log, selectedNode } = this.explorer;
    return selectedNode ? askable(log.events, selectedNode) : null;
  }

  /** Ask which of the selected step's branches it shall be, at the moment before they are judged. */
  async ask() {
    const asked = this.askable();
    if (!asked) return;
    const { explorer } = this;
    const node = explorer.selectedNode;
    if (asked.cursor !== null) explorer.scrub(asked.cursor);
    explorer.page?.side.makeRoom(node); // all look at the tree now
    await this.session.ask(node, asked.options, this.place());
  }

  /** Show what was chosen, and what the search did at this place. */
  async reveal() {
    if (!(await this.session.reveal())) return;
    const { explorer } = this;
    explorer.step(1);
  }

  goOn() {
    return this.session.goOn();
  }

  end() {
    return this.session.end();
  }

  /** A pupil leaves; the address names the class no more, so that a refresh does not come back. */
  leave() {
    this.explorer.address.drop(NAME);
    this.session.leave();
  }

  /** A step was picked in the picture: whether that was a choice. */
  pick(id) {
    const { question } = this;
    if (this.role !== "pupil" || !question || question.counts || this.lockstep.away) return false;
    const place = twinsOf(this.explorer.tree(), question.options).get(id) ?? optionOf(question.options, id);
    if (place < 0) return false;
    this.session.choose(place);
    return true;
  }

  choose(place) {
    return this.session.choose(place);
  }

  /** The branches of the question, as far as they may be told. */
  branches() {
    const { question } = this;
    const { log } = this.explorer;
    if (!question || !log.length || this.waiting) return [];
    const key = `${log.run}|${log.length}|${question.number}|${Boolean(question.counts)}`;
    if (key !== this.known) {
      this.known = key;
      this.told = branchesOf(Tree.fromEvents(log.events), question.options, question.counts ?? null);
    }
    return this.told;
  }

  /** The branches that are chosen from: the same set for as long as they are, as the picture wants it. */
  get options() {
    const { question } = this;
    if (!question || question.counts) return undefined;
    if (this.numbered !== question.number) this.optionSet = new Set(question.options);
    this.numbered = question.number;
    return this.optionSet;
  }

  /**
   * Every branch bears its letter in the picture. Ringed is what was chosen here, and the verifier's choice
   * once it is revealed, or else the one that is pointed at.
   */
  point(place = null) {
    const { question, explorer } = this;
    if (!explorer.pointing || (!question && !this.ringed)) return;
    this.ringed = Boolean(question);
    if (question && question.number !== this.seen && this.branches().length) {
      this.seen = question.number;
      for (const id of question.options.toReversed()) explorer.canvas.reveal(id);
    }
    const chosen = this.session.chosen;
    const points = this.branches()
      .map(({ id, letter, best, count }, at) => ({ id, letter, mine: at === chosen, best: best && count !== null, shown: at === place }))
      .map(({ id, letter, mine, best, shown }) => ({
        ...{ id, label: `${best ? "★ " : ""}${mine ? "you: " : ""}${letter}`, beside: true },
        quiet: place === null ? !mine && !best : !shown,
      }));
    const repeats = this.asking ? [...twinsOf(explorer.tree(), question.options)] : [];
    const named = repeats.map(([id, at]) => ({ id, label: points[at]?.label.at(-1) ?? "", beside: true, quiet: true }));
    explorer.pointing.show([...points, ...named]);
    if (place !== null && points[place]) explorer.canvas.reveal(points[place].id);
  }

  dispose() {
    this.session?.forget();
  }
}
