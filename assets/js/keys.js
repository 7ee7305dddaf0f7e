// Keyboard shortcuts. They listen only while the focus is inside the explorer and not in a field,
// so they never take a letter from someone who is typing. `panels/help.js` lists them.

import { inward, nextNode, sibling } from "./log/walking.js";
import { disagreeing } from "./log/filter.js";
import { isFold, MERGED, ROLLOUT } from "./log/visible.js";
import { makeHelp } from "./panels/help.js";
import { ROOT } from "./log/tree.js";

const ZOOM = 1.3;

export class Keys {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.help = makeHelp();
    explorer.root.append(this.help);
    explorer.root.addEventListener("keydown", (event) => this.key(event));
    this.onAnyKey = (event) => this.anyKey(event);
    document.addEventListener("keydown", this.onAnyKey);
  }

  dispose() {
    document.removeEventListener("keydown", this.onAnyKey);
  }

  /** Whoever has just pressed Run is not in the explorer yet. */
  anyKey(event) {
    if (event.key === "Escape" && !event.defaultPrevented && this.explorer.showing.skip()) event.preventDefault();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const field = event.target.closest("input, select, textarea, dialog");
    if (field) return;
    const button = event.target.closest("button");
    // Space and Enter press a focused button, and arrows move along tabs; that comes first.
    if (button && (event.key === " " || event.key === "Enter")) return;
    const handler = this.handlers(event.target)[event.key];
    if (!handler) return;
    event.preventDefault();
    handler();
  }

  handlers(target) {
    const { explorer } = this;
    const { canvas, player } = explorer;
    const walk = target === canvas.element ? this.arrows(canvas.vertical) : {};
    return {
      ...walk,
      r: () => explorer.select(ROOT),
      w: () => explorer.tree().chosen !== null && explorer.select(explorer.tree().chosen),
      p: () => this.next((node) => node.state === "pruned"),
      a: () => this.next((node) => node.state === "completed"),
      v: () => this.next(disagreeing(explorer.tree())),
      h: () => explorer.cyclePruned(),
      l: () => explorer.toggleState(ROLLOUT),
      d: () => explorer.toggleState(MERGED),
      f: () => canvas.fit(),
      c: () => explorer.selected && explorer.looking.toggleBranch(explorer.selected),
      z: () => explorer.selected && canvas.zoomToBranch(explorer.selected),
      ...this.shears(),
      "/": () => explorer.panel("legend").search.show(true),
      n: () => explorer.looking.findNext(1),
      N: () => explorer.looking.findNext(-1),
      "+": () => canvas.zoom(ZOOM),
      "=": () => canvas.zoom(ZOOM),
      "-": () => canvas.zoom(1 / ZOOM),
      " ": () => player.toggle(),
      "[": () => explorer.step(-1),
      "]": () => explorer.step(1),
      e: () => explorer.showing.skip() || explorer.scrub(explorer.log.length),
      P: () => explorer.projector.open(),
      "?": () => this.showHelp(),
      Escape: () => this.escape(),
    };
  }

  /** What a person does to the selected step, where a server drives runs again. */
  shears() {
    const { explorer } = this;
    // A page that a teacher moves is not turned to a run of one's own by a letter.
    if (!explorer.steering.send || explorer.attending.led) return {};
    const press = (act) => () => explorer.panel("inspector").acts.press(act);
    return {
      k: press("keep"),
      x: press("cut"),
      g: press("grow"),
      t: press("edit"),
      i: press("write"),
      o: press("go_on"),
      u: () => explorer.steering.undo(),
      U: () => explorer.steering.redo(),
    };
  }

  /** Arrow keys go where the eye expects: the tree grows rightwards, or downwards on narrow screens. */
  arrows(vertical) {
    const [inwards, outwards, after, before] = vertical
      ? ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"]
      : ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"];
    return {
      [inwards]: () => this.walk(inward),
      [outwards]: () => this.walk((visible, id) => visible.parent(id)),
      [after]: () => this.walk((visible, id) => sibling(visible, id, 1)),
      [before]: () => this.walk((visible, id) => sibling(visible, id, -1)),
      Home: () => this.walk((visible, id) => sibling(visible, id, -Infinity)),
      End: () => this.walk((visible, id) => sibling(visible, id, Infinity)),
      Enter: () => this.explorer.selected && this.explorer.pick(this.explorer.selected),
    };
  }

  walk(way) {
    const { explorer } = this;
    if (!explorer.visible) return;
    const target = explorer.selected ? way(explorer.visible, explorer.selected) : ROOT;
    if (target) explorer.select(target);
  }

  /** The next step that fits. */
  next(fits) {
    const { explorer } = this;
    const id = nextNode(explorer.tree(), explorer.selected, fits);
    if (id) explorer.select(id);
  }

  showHelp() {
    if (!this.help.open) this.help.showModal();
  }

  escape() {
    if (this.explorer.showing.skip() || this.explorer.canvas.tooltip.dismiss()) return;
    this.explorer.select(null);
    this.explorer.page.side.setOpen(false);
  }
}
