// The explorer's state: which moment of the log is on show, and what of it. Whatever happens ends
// in `refresh()`, which folds the log up to the cursor and hands the same moment to every panel.

import { isFold } from "./log/visible.js";
import { Address } from "./address.js";
import { Attending } from "./attending.js";
import { Attention } from "./minute/attention.js";
import { frontierOf } from "./log/walking.js";
import { keepFocus } from "./dom/foothold.js";
import { Keys } from "./keys.js";
import { lookingActions } from "./log/looking.js";
import { noticeOf } from "./words/run_words.js";
import { expected, NOTHING } from "./log/writing.js";
import { Page } from "./panels/page.js";
import { PANELS } from "./panels/list.js";
import { Pointing } from "./picture/pointing.js";
import { Replay } from "./log/replay.js";
import { Rounds } from "./log/rounds.js";
import { isAsked, Projector } from "./taking/projector.js";
import { Taking } from "./taking/taking.js";
import { tabStorage } from "./dom/storage.js";
import { tellAll } from "./words/story.js";
import { Showing } from "./showing.js";
import { Steering } from "./steering.js";
import { Theme } from "./picture/theme.js";
import { TreeCanvas } from "./picture/canvas.js";
import { ViewState } from "./log/view_state.js";
import { Visit } from "./visit.js";

/** Live views are redrawn on a clock, however often events arrive. */
const REFRESH_MS = 50;

export class Explorer {
  /**
   * @param {HTMLElement} root
   * @param {import("./log/log.js").EventLog} log
   * @param {{palette: Object, defaults: Object, labels: Object, minute: Object, comparisons: Object[],
   *   drawCharts: ?Function, askWhatIf: ?Function, askAudit: ?Function, askStress: ?Function, template: string, recall: ?Function, alone: ?{source: string}}} given -
   *   `recall`: have the server asked for a run once more; `alone`: there is no app around; what the file says.
   */
  constructor(root, log, given) {
    this.root = root;
    this.log = log;
    this.given = given;
    this.viewState = new ViewState();
    this.address = new Address(given.defaults, { silent: Boolean(given.alone) });
    this.visit = new Visit(this.address, given.recall, given.alone ? null : tabStorage());
    this.steering = new Steering(this);
    this.attending = new Attending(this);
    this.lastUpdateMs = 0;
    this.theme = new Theme(root, given.palette, () => this.restyle());
    this.showing = new Showing(this);
    this.player = this.showing.player;
    this.minute = this.showing.minute;
    this.begin();
    this.build();
    this.attending.begin();
    // A hidden tab loses pushes: look what is new as soon as someone looks at the page.
    this.onVisible = () => {
      if (document.hidden || !this.log.live) return;
      this.log.pull();
      this.showing.wake();
    };
    document.addEventListener("visibilitychange", this.onVisible);
  }

  build() {
    this.taking = new Taking(this);
    const { palette, labels, steering = null } = this.given;
    this.looking = lookingActions({
      change: (change) => this.changeView(change),
      found: () => this.moment?.found ?? [],
      tree: () => this.tree(),
      select: (id) => this.select(id),
    });
    const actions = this.actions();
    this.canvas = new TreeCanvas(this.theme, {
      select: (id) => this.pick(id),
      toggleBranch: this.looking.toggleBranch,
      toggleDuplicates: (id) => this.toggleDuplicates(id),
      onCamera: () => this.onCamera(),
      onWords: () => this.pointing?.follow(),
    });
    this.pointing = new Pointing(this.canvas);
    const offered = PANELS.filter(({ needs }) => !needs || actions[needs]);
    this.panels = offered.map(({ Panel, ...entry }) => ({ ...entry, panel: new Panel({ palette, labels, actions, steering }) }));
    this.page = new Page(this.root, this.canvas, this.panels, () => this.refreshNow());
    this.keys = new Keys(this);
    this.attention = new Attention(this.root, this.panel("minute").element, this.minute);
    this.projector = new Projector(this);
    this.presenting = isAsked(location);
    this.refreshNow();
  }

  /** @returns {import("./panels/list.js").Actions} */
  actions() {
    return {
      select: (id) => this.select(id),
      unfold: (fold) => this.unfold(fold),
      seek: (cursor) => this.scrub(cursor),
      step: (by) => this.step(by),
      goLive: () => this.scrub(this.log.length),
      togglePlay: () => this.player.toggle(),
      setPace: (name) => this.showing.setPace(name),
      setPruned: (mode) => this.setPruned(mode),
      toggleState: (state) => this.toggleState(state),
      ...this.looking,
      link: () => this.taking.link(),
      save: (kind) => this.taking.save(kind),
      showRun: (run) => this.visit.show(run),
      present: () => this.projector.open(),
      alone: Boolean(this.given.alone),
      drawCharts: this.given.drawCharts,
      askWhatIf: this.given.askWhatIf,
      judges: this.given.judges,
      askAudit: this.given.askAudit,
      askStress: this.given.askStress,
      ...this.steering.actions(),
      ...this.attending.actions(),
      showHelp: () => this.keys.showHelp(),
      point: (points, reveal) => !this.attending.question && this.pointing.show(points, reveal),
      playOpening: () => this.minute.play(),
      openingExpected: () => this.minute.expected,
      openingDue: () => this.minute.due,
      skipOpening: () => this.minute.skip(),
      nowYou: () => this.showing.handOver(),
    };
  }

  onCamera() {
    this.page?.updateCamera();
    this.pointing?.follow();
  }

  /** The theme has changed; so have the pictures that do not take their colours from the page. */
  restyle() {
    this.canvas.restyle();
    this.refresh();
  }

  /** The panel of this name in the list. */
  panel(name) {
    return this.panels.find((entry) => entry.name === name).panel;
  }

  dispose() {
    document.removeEventListener("visibilitychange", this.onVisible);
    const { attending, visit, keys, attention, projector, showing, theme, canvas, address } = this;
    for (const part of [attending, visit, keys, attention, projector, showing, theme, canvas, address]) part.dispose();
    for (const { panel } of this.panels) panel.dispose?.();
    clearTimeout(this.timer);
  }

  // The log ---------------------------------------------------------------------------------

  /** A new run: everything that belonged to the old one goes. */
  begin() {
    this.replay = new Replay(this.log.events);
    this.rounds = new Rounds();
    this.at = 0;
    this.follow = true;
    this.moment = null;
    this.viewState.begin();
  }

  onLog({ reset, counted }) {
    if (counted) {
      this.recount();
      return;
    }
    if (reset) {
      this.steering.arrived();
      this.player.pause();
      this.begin();
      this.canvas.reset();
      for (const { panel } of this.panels) panel.reset?.();
    }
    this.rounds.extend(this.log.events);
    this.showing.onLog(reset);
    const asked = this.address.requestedCursor(this.rounds, this.log.complete);
    if (asked !== null) this.scrub(asked);
    else if (this.follow && !this.showing.moves) this.at = this.log.length;
    this.refresh();
  }

  /**
   * What is being written at the moment on show: the solver tells it of the newest one of a live
   * run, and the log of any that is past.
   */
  writing(tree) {
    if (this.at < this.log.length) return expected(this.log.events, this.at).of(tree);
    return this.log.live ? this.log.writing.of(tree) : NOTHING;
  }

  /** More tokens in the steps that are being written: nothing is laid out anew. */
  recount() {
    if (this.timer || !this.moment) return;
    const writing = this.writing(this.moment.tree);
    if (writing === NOTHING) return;
    this.visible.setWriting(writing);
    this.moment = { ...this.moment, writing };
    this.canvas.recount(this.visible);
    for (const { panel, place, name } of this.panels) {
      if (place !== "views" || this.page.shows(name)) panel.recount?.(this.moment);
    }
  }

  // What is on show -------------------------------------------------------------------------

  /** The tree at the cursor. */
  tree() {
    return this.replay.seek(this.at);
  }

  cursor() {
    return this.at;
  }

  seek(cursor) {
    this.at = Math.max(0, Math.min(cursor, this.log.length));
    this.follow = this.at === this.log.length;
    this.refresh();
  }

  /** A person moved the cursor: playing stops. */
  scrub(cursor) {
    this.player.pause();
    this.seek(cursor);
  }

  step(by) {
    this.scrub(this.rounds.neighbour(this.at, by));
  }

  /** Ask for a refresh; many asks make one. */
  refresh() {
    if (this.timer) return;
    const waited = performance.now() - (this.refreshed ?? 0);
    this.timer = setTimeout(() => this.refreshNow(), Math.max(0, REFRESH_MS - waited));
  }

  refreshNow() {
    clearTimeout(this.timer);
    this.timer = null;
    const start = performance.now();
    const tree = this.tree();
    if (tree.root) {
      this.visible = this.viewState.visible(tree, this.writing(tree));
      const { selected } = this;
      this.viewState.forgetHidden(tree, this.visible);
      if (this.selected && this.selected !== selected) this.page?.side.rename(selected, this.selected);
      const asked = this.address.requestedNode(this.log.run, tree);
      const written = this.steering.writtenNode(this.log.run, tree);
      if (written) this.page?.side.makeRoom(written);
      const node = written ?? asked;
      if (node) this.select(node, this.log.live);
    }
    keepFocus(this.root, this.canvas.element, () => this.show(tree));
    this.refreshed = performance.now();
    this.lastUpdateMs = this.refreshed - start;
  }

  show(tree) {
    this.root.dataset.empty = String(!tree.root);
    if (tree.root) this.visit.note(this.log, this.given.labels);
    const moment = this.momentOf(tree);
    if (tree.root) {
      this.moment = moment;
      this.canvas.update(moment);
      this.pointing.follow();
      this.address.keep(this.log.run, this.selectedNode, tree.started);
    }
    this.page?.side.follow(moment.selected, this.selected, this.attending.led);
    this.attending.update();
    if (tree.root && this.moment !== moment) return; // the class has taken the page elsewhere: that stands there
    if (tree.root && this.presenting) {
      this.presenting = false; // once: whoever leaves has left
      this.projector.open();
    }
    this.projector?.update(moment);
    for (const { panel, place, name, early } of this.panels) {
      if (!tree.root && !early) continue;
      if (place !== "views" || this.page.shows(name)) panel.update(moment);
    }
  }

  /** @returns {import("./panels/list.js").Moment} */
  momentOf(tree) {
    const { log, rounds, at: cursor, follow, visible, given } = this;
    const { hiddenStates, pruned, filter, closed } = this.viewState;
    tree.interrupted = log.interrupted && cursor === log.length;
    return {
      ...{ log, rounds, cursor, follow, tree, visible, hiddenStates, pruned, filter, closed },
      found: this.viewState.found(tree, log.events, cursor),
      selected: this.selected && visible?.has(this.selected) ? this.selected : null,
      playing: this.player.playing,
      minute: this.minute.told(tree, cursor),
      pace: this.player.pace,
      behind: this.showing.behind,
      writing: this.writing(tree),
      frontier: frontierOf(tree, log.events[cursor - 1]),
      asked: this.attending.options,
      story: () => tellAll(log.events, rounds.segments, cursor, given.labels, tree.interrupted),
      promised: this.promised?.run === log.run ? this.promised.tokens : null,
      comparison: log.comparison?.rows ?? given.comparisons,
      ...{ visited: this.visit.runs, refused: this.visit.refused },
      notice: this.replay.error ? `This log contradicts itself: ${this.replay.error}` : noticeOf(log),
    };
  }

  // Selection and filters -------------------------------------------------------------------

  /** Id of the selected node or fold, or null. */
  get selected() {
    return this.viewState.selected;
  }

  /** As `selected`, but a fold is no node that others could find again. */
  get selectedNode() {
    return isFold(this.selected) ? null : this.selected;
  }

  get pruned() {
    return this.viewState.pruned;
  }

  /**
   * Select a node (null: nothing) and bring it into sight, unfolding what hides it.
   *
   * @param {boolean} [growing] - it is selected for a person in a run that grows: a picture that follows that goes on
   *   to show what is new.
   */
  select(id, growing = false) {
    // Events may have arrived that no refresh has shown yet: the tree is folded anew.
    const tree = this.tree();
    if (!this.viewState.select(id, tree, this.writing(tree))) return;
    this.refreshNow();
    if (id && !(growing && this.canvas.follow)) this.canvas.reveal(id);
  }

  /** A click in the picture; a folded mark opens. */
  pick(id) {
    if (isFold(id)) this.unfold(id);
    else if (this.attending.pick(id)) this.refresh();
    else this.select(id);
  }

  /** Open a folded group and select its first step. */
  unfold(fold) {
    const tree = this.tree();
    this.select(this.viewState.unfold(fold, tree, this.writing(tree)));
  }

  /** Change what is looked for, or what is collapsed. */
  changeView(change) {
    change(this.viewState);
    this.refreshNow();
  }

  /** Show the duplicates of a step beside it, or fold them into it again. */
  toggleDuplicates(id) {
    this.changeView((view) => view.toggleDuplicates(id));
  }

  setPruned(mode) {
    this.changeView((view) => view.setPruned(mode));
  }

  cyclePruned() {
    this.changeView((view) => view.cyclePruned());
  }

  toggleState(state) {
    this.changeView((view) => view.toggleState(state));
  }

  // Runs that others ask for ------------------------------------------------------------------

  /** Select this node of this run as soon as it exists: a link, or the address, asks for it. */
  request(run, node) {
    this.address.request(run, node);
  }

  /** This run is about to be shown: the address names it already. */
  expect(run, tokens) {
    this.visit.expect(run);
    if (typeof tokens === "number") this.promised = { run, tokens };
  }

  /** It will not be shown after all. */
  refuse(run, why) {
    this.visit.refuse(run);
    this.refresh();
    this.steering.settle(why || "The run did not begin.");
  }
}
