// The tree of a page: the explorer's own picture over a recorded run, at one moment of it.

import { frontierOf } from "../log/walking.js";
import { MERGED, ROLLOUT } from "../log/visible.js";
import { NOTHING } from "../log/writing.js";
import { Opening } from "../minute/opening.js";
import { Pointing } from "../picture/pointing.js";
import { reducedMotion } from "../dom/dom.js";
import { Replay } from "../log/replay.js";
import { stepName } from "./names.js";
import { ROOT } from "../log/tree.js";
import { TreeCanvas } from "../picture/canvas.js";
import { ViewState } from "../log/view_state.js";

const FOLDED = new Set([ROLLOUT, MERGED]);

export class LessonStage {
  /**
   * @param {import("../picture/theme.js").Theme} theme
   * @param {{pick: (id: ?string) => void, moved: (stage: LessonStage) => void}} wiring - `moved`: another
   *   moment is on show, or playing has begun or ended.
   */
  constructor(theme, { pick, moved }) {
    this.moved = moved;
    this.canvas = new TreeCanvas(theme, {
      select: pick,
      toggleBranch: () => {},
      toggleDuplicates: () => {},
      onCamera: () => this.pointing?.follow(),
    });
    // All of it is on show, and arrow keys turn the pages: the same tree as text is beside it. So
    // nobody is told that they walk the tree, neither by the focus nor by a reader of all there is.
    this.canvas.whole = true;
    this.canvas.element.tabIndex = -1;
    this.canvas.element.removeAttribute("aria-describedby");
    this.canvas.description.remove();
    this.canvas.tooltip.named = stepName;
    this.pointing = new Pointing(this.canvas);
    this.opening = new Opening({ seek: (cursor) => this.seek(cursor), onChange: () => this.moved(this) });
    this.events = null;
    this.strong = null;
    this.asked = new Set();
  }

  get element() {
    return this.canvas.frame;
  }

  get playing() {
    return this.opening.playing;
  }

  /**
   * Another run, or the same one: only another one begins anew.
   *
   * @param {boolean} [given.same] - it has the same steps, and only what is said of them is new: the
   *   picture stays where it is.
   */
  load(events, { same = false } = {}) {
    this.opening.stop();
    if (events === this.events) return;
    this.events = events;
    this.replay = new Replay(events);
    this.view = new ViewState();
    if (!same) this.canvas.reset();
  }

  /**
   * Draw only these nodes strongly; null: all of them.
   *
   * @param {?string[]} ids
   */
  light(ids) {
    const strong = ids && new Set([ROOT, ...ids]);
    this.strong = strong && ((node) => strong.has(node.id));
  }

  /** These steps are asked about: their words go first. @param {string[]} ids */
  ask(ids) {
    this.asked = new Set(ids);
  }

  /** Play from one cursor to another; where nothing may move, the end is there at once. */
  play(from, to, seconds) {
    this.opening.stop();
    if (from >= to || reducedMotion()) {
      this.seek(to);
      return;
    }
    this.opening.play([{ term: "", from, to, ms: seconds * 1000, rest: 0 }]);
  }

  /** Show the moment at which the play would end. */
  finish() {
    const to = this.opening.scene?.to;
    this.opening.stop();
    if (to !== undefined) this.seek(to);
  }

  seek(cursor) {
    this.cursor = cursor;
    const { view, strong, asked } = this;
    this.tree = this.replay.seek(cursor);
    this.visible = view.visible(this.tree, NOTHING);
    this.canvas.update({
      ...{ tree: this.tree, visible: this.visible, hiddenStates: FOLDED, selected: null, found: [] },
      frontier: frontierOf(this.tree, this.events[cursor - 1]),
      filter: { test: () => strong },
      asked,
    });
    this.pointing.follow();
    this.moved(this);
  }

  /** @param {import("../minute/claims.js").Point[]} points */
  point(points) {
    this.pointing.show(points);
  }

  restyle() {
    this.canvas.restyle();
  }
}
