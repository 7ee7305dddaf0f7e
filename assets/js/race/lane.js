// One lane: the explorer's picture over its run, what is selected in it, and where it is.

import { counterpart } from "./matching.js";
import { frontierOf, inward, sibling } from "../log/walking.js";
import { fill, h, setAttribute, setText } from "../dom/dom.js";
import { isFold, MERGED, ROLLOUT } from "../log/visible.js";
import { LaneClock } from "./clock.js";
import { nameOf } from "../words/words.js";
import { NOTHING } from "../log/writing.js";
import { Pointing } from "../picture/pointing.js";
import { endOf } from "../words/visited_words.js";
import { methodOf, resultOf } from "./table.js";
import { Replay } from "../log/replay.js";
import { ROOT } from "../log/tree.js";
import { Rounds } from "../log/rounds.js";
import { shorten } from "../words/format.js";
import { TreeCanvas } from "../picture/canvas.js";
import { ViewState } from "../log/view_state.js";

const HIDDEN = new Set([ROLLOUT, MERGED]);
const NO_FILTER = { test: () => null };

export class LaneView {
  /**
   * @param {number} number - from 0.
   * @param {import("../picture/theme.js").Theme} theme
   * @param {{select: (lane: LaneView, id: ?string) => void}} wiring
   */
  constructor(number, theme, { select }) {
    this.number = number;
    this.pick = (id) => select(this, id);
    this.canvas = new TreeCanvas(theme, {
      select: (id) => this.pick(id),
      toggleBranch: (id) => this.toggle(id),
      toggleDuplicates: () => {},
      onCamera: () => this.pointing?.follow(),
    });
    this.canvas.element.id = `tree-${number + 1}`;
    this.canvas.whole = true;
    this.canvas.element.addEventListener("keydown", (event) => this.walk(event));
    this.pointing = new Pointing(this.canvas);
    this.mark = h("span", { class: "race-number", "aria-hidden": "true", text: String(number + 1) });
    this.name = h("h2", { class: "race-name", dir: "auto" });
    /** What came out, once the moment on show is its last. */
    this.result = h("p", { class: "race-result", dir: "auto" });
    this.open = h("a", { class: "race-open", "data-place": "", text: "Open in Explore" });
    this.state = h("p", { class: "race-state" });
    this.chosen = h("p", { class: "race-chosen", dir: "auto" });
    this.element = h(
      "article",
      { class: "race-lane", "aria-label": `Lane ${number + 1}`, tabindex: "-1" },
      h("div", { class: "race-lane-head" }, this.mark, this.name, this.result, this.open),
      h("div", { class: "race-picture" }, this.canvas.frame),
      this.state,
      this.chosen,
    );
    this.clear("");
  }

  /** Another run. */
  clear(run) {
    this.run = run;
    this.events = [];
    this.head = 0;
    this.live = Boolean(run);
    this.error = "";
    this.ahead = null;
    this.clock = new LaneClock();
    this.rounds = new Rounds();
    this.replay = new Replay(this.events);
    this.view = new ViewState();
    this.cursor = 0;
    this.visible = null;
    /** Whether its answer is right, at the moment on show; null: not known, or not yet. */
    this.right = null;
    this.points = [];
    /** The ringed steps that are in sight: their words go first, so that a ring never stands beside another's. */
    this.asked = new Set();
    /** How many events it has when it has parted from the first lane. */
    this.parting = Infinity;
    this.canvas.reset();
    this.pointing.show([]);
    this.tellResult();
    this.open.href = `../?run=${encodeURIComponent(run)}`;
  }

  /** Take what is new of the run; whether anything was. */
  take({ events, head, live, gone, error, ahead }) {
    const fresh = events.filter(({ seq }) => seq >= this.events.length);
    const changed = fresh.length > 0 || live !== this.live || error !== this.error || ahead !== this.ahead;
    this.events.push(...fresh);
    this.head = head;
    this.live = live || this.events.length < head;
    this.error = gone ? "This run is no longer kept here." : (error ?? "");
    this.ahead = ahead ?? null;
    this.clock.extend(this.events);
    this.rounds.extend(this.events);
    return changed;
  }

  /** Show the moment after so many events. */
  seek(cursor) {
    this.cursor = cursor;
    this.tree = this.replay.seek(cursor);
    this.draw();
  }

  draw() {
    if (!this.tree?.nodes.size) {
      setText(this.state, this.waiting());
      return;
    }
    const { tree, view } = this;
    view.forgetHidden(tree, (this.visible = view.visible(tree, NOTHING)));
    const selected = tree.nodes.has(view.selected) || isFold(view.selected) ? view.selected : null;
    this.canvas.selected = selected;
    const rings = this.cursor >= this.parting ? this.rings() : [];
    const ids = rings.map(({ id }) => id);
    // The same set for as long as the same is ringed: another one has all words placed anew.
    if (ids.join() !== [...this.asked].join()) this.asked = new Set(ids);
    this.canvas.update({
      ...{ tree, visible: this.visible, hiddenStates: HIDDEN, selected, found: [], filter: NO_FILTER },
      frontier: frontierOf(tree, this.events[this.cursor - 1]),
      asked: this.asked,
    });
    this.pointing.show(rings);
    setText(this.state, this.standing());
    this.tellResult();
    setAttribute(this.element, "data-over", !this.live && this.cursor >= this.events.length);
  }

  /** A step that is folded into the one that it repeats is ringed there. */
  rings() {
    const shown = (id) => (this.visible.has(id) ? id : this.tree.nodes.get(id)?.merged_into);
    const placed = this.points.map((point) => ({ ...point, id: shown(point.id) }));
    return placed.filter(({ id }) => id && this.visible.has(id)).map((point) => ({ ...point, after: this.visible.parent(point.id) }));
  }

  waiting() {
    if (this.error) return this.error;
    if (this.ahead !== null) return this.ahead ? `Waits: ${this.ahead} searches before it.` : "Begins next.";
    return this.live ? "Begins…" : "";
  }

  standing() {
    const { tree, rounds, cursor } = this;
    const steps = tree.nodes.size - 1;
    const told = `${steps} ${steps === 1 ? "step" : "steps"}`;
    if (tree.finished) return tree.finished.status === "completed" ? told : `${told}, ${endOf(tree.finished.status)}`;
    if (this.error) return `${told}. ${this.error}`;
    if (!steps) return "Nothing is written yet";
    return `Round ${rounds.roundAt(cursor) ?? rounds.last}, ${told}`;
  }

  /** The answer, whether it is right, and how it was chosen: by the moment on show. */
  tellResult() {
    const finished = this.tree?.finished ?? null;
    this.right = (finished && this.tree.nodes.get(finished.chosen)?.right) ?? null;
    if (finished === this.resultOn) return;
    this.resultOn = finished;
    const method = (text) => h("span", { class: "race-method", text });
    if (!finished) {
      fill(this.result, method("No answer yet"));
      return;
    }
    const row = { ...finished, answer: finished.answer ?? null, right: this.right, known: true };
    fill(this.result, h("span", { text: resultOf(row) }), method(methodOf(row)));
  }

  /** Ring the step by which one sees where lanes part, once this lane has so many events. */
  point([id], cursor) {
    this.parting = cursor;
    this.points = id ? [{ id, label: "They part here", beside: true }] : [];
    this.draw();
  }

  // Selecting -----------------------------------------------------------------------------------

  /** Select a step of this lane's tree, or none. */
  select(id) {
    if (!this.tree) return;
    this.view.select(id, this.tree, NOTHING);
    this.draw();
    if (id) this.canvas.reveal(id);
    setText(this.chosen, id && this.tree.nodes.has(id) ? this.words(id, true) : "");
  }

  /** Follow what was selected in another lane. */
  follow(lane, id) {
    if (!this.tree?.nodes.size) return;
    const { id: own, whole } = counterpart(lane.tree, id, this.tree);
    this.view.select(own, this.tree, NOTHING);
    this.draw();
    this.canvas.reveal(own);
    setText(this.chosen, this.words(own, whole));
  }

  words(id, whole) {
    const name = nameOf(this.tree, this.visible, id);
    if (whole) return `${id === ROOT ? "" : `“${shorten(this.tree.nodes.get(id).text, 140)}” `}${name}`;
    return `Not written here${id === ROOT ? "." : `; the last step in common: ${name}`}`;
  }

  toggle(id) {
    this.view.toggleBranch(id, this.tree);
    this.draw();
  }

  walk(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.visible) return;
    const [inwards, outwards, after, before] = this.canvas.vertical
      ? ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"]
      : ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"];
    const ways = {
      [inwards]: (id) => inward(this.visible, id),
      [outwards]: (id) => this.visible.parent(id),
      [after]: (id) => sibling(this.visible, id, 1),
      [before]: (id) => sibling(this.visible, id, -1),
      Escape: () => null,
    };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const { selected } = this.view;
    const target = selected || event.key === "Escape" ? way(selected) : ROOT;
    if (target || event.key === "Escape") this.pick(target);
  }

  restyle() {
    this.canvas.restyle();
  }

  dispose() {
    this.canvas.dispose();
  }
}
