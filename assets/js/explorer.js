// The explorer's state and its parts: what is on show, what is selected, and who hears of it.

import { isRecorded, recipeLink, runAddress } from "./log/recipe.js";
import { isFold, parentOfFold, PRUNED_MODES, ROLLOUT, Visible } from "./log/visible.js";
import { Answers } from "./panels/answers.js";
import { Costs } from "./panels/costs.js";
import { Inspector } from "./panels/inspector.js";
import { Keys } from "./panels/keys.js";
import { Legend } from "./panels/legend.js";
import { Outline } from "./panels/outline.js";
import { Page } from "./panels/page.js";
import { Player } from "./log/player.js";
import { isPasted } from "./words/signs.js";
import { reducedMotion } from "./dom/dom.js";
import { Replay } from "./log/replay.js";
import { Rounds } from "./log/rounds.js";
import { StoryLine } from "./panels/storyline.js";
import { tellAll } from "./words/story.js";
import { Theme } from "./picture/theme.js";
import { Timeline } from "./panels/timeline.js";
import { toNdjson } from "./log/log.js";
import { NOTHING } from "./log/writing.js";
import { TreeCanvas } from "./picture/canvas.js";

/** Live views are redrawn on a clock, however often events arrive. */
const REFRESH_MS = 50;
/** Browsers refuse pages that rewrite their address at every key press. */
const ADDRESS_MS = 400;
/** The outline tells token counts more calmly than the picture does. */
const RECITED_MS = 1000;

export class Explorer {
  /**
   * @param {HTMLElement} root
   * @param {import("./log/log.js").EventLog} log
   * @param {{palette: Object, defaults: Object, labels: Object, comparisons: Object[]}} given
   */
  constructor(root, log, given) {
    this.root = root;
    this.log = log;
    this.given = given;
    // Rollouts are many and only support what was decided: they come on demand.
    this.hiddenStates = new Set([ROLLOUT]);
    this.pruned = "dim";
    this.lastUpdateMs = 0;
    this.wished = null;
    this.theme = new Theme(root, given.palette, () => this.canvas.restyle());
    this.player = new Player({
      rounds: () => this.rounds,
      cursor: () => this.at,
      seek: (cursor) => this.seek(cursor),
      stepwise: reducedMotion,
      onChange: () => this.refresh(),
    });
    this.begin();
    this.build();
    // A hidden tab loses pushes: look what is new as soon as someone looks at the page.
    this.onVisible = () => {
      if (!document.hidden && this.log.live) this.log.pull();
    };
    document.addEventListener("visibilitychange", this.onVisible);
  }

  build() {
    const { palette, labels } = this.given;
    const select = (id) => this.select(id);
    this.story = new StoryLine(labels);
    this.canvas = new TreeCanvas(this.theme, {
      select: (id) => this.pick(id),
      onCamera: () => this.page?.updateCamera(this.canvas),
    });
    this.outline = new Outline(palette, { select, unfold: (id) => this.unfold(id) });
    this.legend = new Legend(palette, {
      toggleState: (state) => this.toggleState(state),
      setPruned: (mode) => this.setPruned(mode),
    });
    this.timeline = new Timeline(this.player, {
      seek: (cursor) => this.scrub(cursor),
      step: (by) => this.step(by),
      goLive: () => this.scrub(this.log.length),
    });
    this.inspector = new Inspector(
      palette,
      { select, unfold: (id) => this.unfold(id), seek: (cursor) => this.scrub(cursor) },
      labels,
    );
    this.answers = new Answers(palette, { select });
    this.costs = new Costs(palette);
    this.page = new Page(this.root, this);
    this.keys = new Keys(this);
    this.refreshNow();
  }

  dispose() {
    document.removeEventListener("visibilitychange", this.onVisible);
    this.player.pause();
    this.theme.dispose();
    this.canvas.dispose();
    this.story.dispose();
    this.outline.dispose();
    clearTimeout(this.timer);
    clearTimeout(this.addressing);
  }

  // The log ---------------------------------------------------------------------------------

  /** A new run: everything that belonged to the old one goes. */
  begin() {
    this.replay = new Replay(this.log.events);
    this.rounds = new Rounds();
    this.at = 0;
    this.follow = true;
    this.selected = null;
    this.unfolded = new Set();
    this.view = null;
    this.recited = 0;
  }

  onLog({ reset, counted }) {
    if (counted) {
      this.recount();
      return;
    }
    if (reset) {
      this.player.pause();
      this.begin();
      this.canvas.reset();
      this.outline.reset();
    }
    this.rounds.extend(this.log.events);
    if (this.follow && !this.player.playing) this.at = this.log.length;
    this.refresh();
  }

  /** What is being written at the moment on show: only the newest one of a live run has any. */
  writing(tree) {
    const now = this.log.live && this.at === this.log.length && !this.player.playing;
    return now ? this.log.writing.of(tree) : NOTHING;
  }

  /** More tokens in the steps that are being written: nothing is laid out anew. */
  recount() {
    if (this.timer || !this.view) return;
    const writing = this.writing(this.view.tree);
    if (writing === NOTHING) return;
    this.visible.count(writing);
    this.canvas.recount(this.visible);
    this.story.updateWriting(writing);
    this.inspector.update(this.view);
    if (!this.page.shows("outline") || performance.now() - this.recited < RECITED_MS) return;
    this.recited = performance.now();
    this.outline.draw();
  }

  /** Select this node of this run as soon as it exists. */
  wish(run, node) {
    if (this.granted === `${run}|${node}`) return;
    this.wished = { run, node };
  }

  grant(tree) {
    if (!this.wished || this.wished.run !== this.log.run || !tree.nodes.has(this.wished.node)) return;
    const { run, node } = this.wished;
    this.wished = null;
    this.granted = `${run}|${node}`;
    this.select(node);
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
    this.timer = setTimeout(
      () => this.refreshNow(),
      REFRESH_MS - Math.min(REFRESH_MS, performance.now() - (this.refreshed ?? 0)),
    );
  }

  refreshNow() {
    clearTimeout(this.timer);
    this.timer = null;
    const start = performance.now();
    const tree = this.tree();
    if (tree.root) {
      this.visible = this.visibleOf(tree);
      this.forgetHidden(tree);
      this.grant(tree);
    }
    this.show(tree);
    this.refreshed = performance.now();
    this.lastUpdateMs = this.refreshed - start;
  }

  show(tree) {
    const { log, rounds, at: cursor, visible, hiddenStates, pruned, follow } = this;
    const notice = this.replay.error ? `This log contradicts itself: ${this.replay.error}` : log.notice;
    this.story.update({ log, rounds, cursor, tree, notice });
    this.story.updateWriting(this.writing(tree));
    this.timeline.update({ rounds, cursor, length: log.length, follow, live: log.live, events: log.events });
    this.page.update({ log, tree });
    if (!tree.root) return;
    const selected = this.selected && visible.has(this.selected) ? this.selected : null;
    const story = () => tellAll(log.events, rounds.stops, cursor, this.given.labels);
    const view = { tree, visible, selected, hiddenStates, pruned, story, frontier: this.frontier(tree), live: log.live };
    this.view = view;
    this.canvas.update(view);
    this.legend.update(view);
    this.inspector.update(view);
    if (this.page.shows("outline")) this.outline.update(view);
    this.answers.update(view);
    this.costs.update({ tree, comparison: log.comparison?.rows ?? this.given.comparisons });
    this.keepAddress(tree);
  }

  visibleOf(tree) {
    return new Visible(tree, this.pruned, this.unfolded, !this.hiddenStates.has(ROLLOUT), this.writing(tree));
  }

  /** A selection survives going back in time, but not being folded or hidden. */
  forgetHidden(tree) {
    const exists = isFold(this.selected) || tree.nodes.has(this.selected);
    if (exists && !this.visible.has(this.selected)) this.selected = null;
  }

  /** The node to keep in sight while the tree grows: the newest one that is not cut. */
  frontier(tree) {
    if (tree.chosen) return tree.chosen;
    const event = this.log.events[this.at - 1];
    return event?.id ?? event?.kept?.at(-1)?.[0] ?? null;
  }

  // Selection -------------------------------------------------------------------------------

  /** Select a node (null: nothing) and bring it into sight, unfolding what hides it. */
  select(id) {
    const tree = this.tree();
    // Events may have arrived that no refresh has shown yet.
    if (tree.root) this.visible = this.visibleOf(tree);
    if (id !== null && !isFold(id) && !this.visible?.writing.has(id)) {
      const node = tree.nodes.get(id);
      if (!node) return;
      if (this.visible.unasked(node)) {
        this.hiddenStates.delete(ROLLOUT);
        this.visible = this.visibleOf(tree);
      }
      if (!this.visible.has(id) && this.pruned === "fold") this.unfolded.add(node.parent);
      else if (!this.visible.has(id)) this.pruned = "dim";
    }
    this.selected = id;
    this.refreshNow();
    if (id) this.canvas.reveal(id);
  }

  /** A click in the picture; a folded mark opens. */
  pick(id) {
    if (isFold(id)) this.unfold(id);
    else this.select(id);
  }

  unfold(id) {
    const parent = parentOfFold(id);
    const first = this.visible.fold(id)?.members[0] ?? parent;
    this.unfolded.add(parent);
    this.select(first);
  }

  setPruned(mode) {
    this.pruned = mode;
    this.unfolded.clear();
    this.refreshNow();
  }

  cyclePruned() {
    this.setPruned(PRUNED_MODES[(PRUNED_MODES.indexOf(this.pruned) + 1) % PRUNED_MODES.length]);
  }

  toggleState(state) {
    if (!this.hiddenStates.delete(state)) this.hiddenStates.add(state);
    this.refreshNow();
  }

  // Sharing ---------------------------------------------------------------------------------

  /** The recipe of this run as a link, or "" before its header is here and where there is none. */
  link() {
    const header = this.log.events[0];
    const node = this.selected && !isFold(this.selected) ? this.selected : null;
    return header && !isPasted(header) ? recipeLink(location, header, this.given.defaults, node) : "";
  }

  /** The trace as a file's text, from the events that are here. */
  trace() {
    return toNdjson(this.log.events);
  }

  /** A refresh finds a live run again by its address; recorded examples need none. */
  keepAddress(tree) {
    if (isRecorded(this.log.run)) return;
    const node = this.selected && !isFold(this.selected) ? this.selected : (this.wished?.node ?? null);
    const key = `${this.log.run}|${node}`;
    if (key === this.address) return;
    this.address = key;
    const { run } = this.log;
    clearTimeout(this.addressing);
    this.addressing = setTimeout(() => {
      history.replaceState(history.state, "", runAddress(location, run, node, tree.started, this.given.defaults));
    }, ADDRESS_MS);
  }
}
