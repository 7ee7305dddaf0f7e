// Keyboard shortcuts. They listen only while the focus is inside the explorer and not in a field,
// so they never take a letter from someone who is typing.

import { fill, h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { isFold, ROLLOUT } from "../log/visible.js";
import { ROOT } from "../log/tree.js";

const HELP = [
  [
    "Walk the tree",
    [
      ["Arrow keys", "Parent, children and siblings, as the picture lies"],
      ["Home, End", "First and last sibling"],
      ["Enter", "Unfold a folded branch"],
      ["r", "The problem"],
      ["w", "The chosen answer"],
      ["p", "Next pruned step"],
      ["a", "Next answer"],
    ],
  ],
  [
    "The picture",
    [
      ["f", "Fit the tree"],
      ["+ and -", "Zoom"],
      ["h", "Pruned steps: shown, folded, hidden"],
      ["l", "Look-ahead steps: shown or hidden"],
    ],
  ],
  [
    "Time",
    [
      ["Space", "Play or pause"],
      ["[ and ]", "One round back or forward"],
    ],
  ],
  [
    "Help",
    [
      ["?", "This list"],
      ["Esc", "Close, or select nothing"],
    ],
  ],
];

export class Keys {
  /** @param {import("../explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.dialog = this.makeHelp();
    explorer.root.append(this.dialog);
    explorer.root.addEventListener("keydown", (event) => this.key(event));
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
      p: () => this.next((_, node) => node.state === "pruned"),
      a: () => this.next((_, node) => node.state === "completed"),
      h: () => explorer.cyclePruned(),
      l: () => explorer.toggleState(ROLLOUT),
      f: () => canvas.fit(),
      "+": () => canvas.zoom(1.3),
      "=": () => canvas.zoom(1.3),
      "-": () => canvas.zoom(1 / 1.3),
      " ": () => player.toggle(),
      "[": () => explorer.step(-1),
      "]": () => explorer.step(1),
      "?": () => this.showHelp(),
      Escape: () => this.escape(),
    };
  }

  // Walking ---------------------------------------------------------------------------------

  /** Arrow keys go where the eye expects: the tree grows rightwards, or downwards on narrow screens. */
  arrows(vertical) {
    const [inward, outward, after, before] = vertical
      ? ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"]
      : ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"];
    return {
      [inward]: () => this.walk((id, visible) => this.middleChild(id, visible)),
      [outward]: () => this.walk((id, visible) => visible.parent(id)),
      [after]: () => this.walk((id, visible) => this.sibling(id, visible, 1)),
      [before]: () => this.walk((id, visible) => this.sibling(id, visible, -1)),
      Home: () => this.walk((id, visible) => this.sibling(id, visible, -Infinity)),
      End: () => this.walk((id, visible) => this.sibling(id, visible, Infinity)),
      Enter: () => isFold(this.explorer.selected) && this.explorer.unfold(this.explorer.selected),
    };
  }

  walk(step) {
    const { explorer } = this;
    if (!explorer.visible) return;
    const target = explorer.selected ? step(explorer.selected, explorer.visible) : ROOT;
    if (target) explorer.select(target);
  }

  /** Inward leads along the winning path where there is one, else to what went on, else to the first. */
  middleChild(id, visible) {
    if (isFold(id)) return null;
    const { tree } = visible;
    const children = visible.children(id);
    return (
      children.find((child) => this.onPath(tree, child)) ??
      children.find((child) => tree.nodes.get(child)?.state === "kept") ??
      children[0] ??
      null
    );
  }

  onPath(tree, id) {
    return tree.chosen !== null && (tree.chosen === id || tree.chosen.startsWith(`${id}.`));
  }

  /** A sibling, or across the end of the family the neighbour at the same depth. */
  sibling(id, visible, by) {
    const parent = visible.parent(id);
    if (!parent) return null;
    const family = visible.children(parent);
    const index = family.indexOf(id) + by;
    if (!Number.isFinite(index)) return family.at(index < 0 ? 0 : -1);
    return family[index] ?? this.cousin(id, visible, by);
  }

  cousin(id, visible, by) {
    let level = null;
    const rows = [];
    for (const [other, depth] of visible.walk(ROOT)) {
      rows.push([other, depth]);
      if (other === id) level = depth;
    }
    const peers = rows.filter(([, depth]) => depth === level).map(([other]) => other);
    return peers[peers.indexOf(id) + by] ?? null;
  }

  /** The next node, in depth-first order from the selected one, that fits. */
  next(fits) {
    const { explorer } = this;
    const tree = explorer.tree();
    if (!tree.root) return;
    const order = [];
    const stack = [ROOT];
    while (stack.length) {
      const id = stack.pop();
      order.push(id);
      const { children } = tree.nodes.get(id);
      for (let i = children.length - 1; i >= 0; i -= 1) stack.push(children[i]);
    }
    const from = order.indexOf(explorer.selected) + 1;
    for (let i = 0; i < order.length; i += 1) {
      const id = order[(from + i) % order.length];
      if (id !== ROOT && fits(tree, tree.nodes.get(id))) {
        explorer.select(id);
        return;
      }
    }
  }

  // Help ------------------------------------------------------------------------------------

  makeHelp() {
    const close = h(
      "button",
      {
        type: "button",
        class: "esp-button esp-icon-button",
        "aria-label": "Close",
        on: { click: () => this.dialog.close() },
      },
      icon("close"),
    );
    const dialog = h("dialog", { class: "esp-help", "aria-label": "Keyboard shortcuts" });
    fill(
      dialog,
      h("div", { class: "esp-help-head" }, h("h2", { class: "esp-heading", text: "Keyboard shortcuts" }), close),
      h("p", { class: "esp-quiet", text: "They work while the focus is in the explorer." }),
      HELP.map(([title, rows]) =>
        h(
          "div",
          { class: "esp-section" },
          h("h3", { text: title }),
          h(
            "dl",
            { class: "esp-shortcuts" },
            rows.flatMap(([key, meaning]) => [h("dt", {}, h("kbd", { text: key })), h("dd", { text: meaning })]),
          ),
        ),
      ),
    );
    return dialog;
  }

  showHelp() {
    if (!this.dialog.open) this.dialog.showModal();
  }

  escape() {
    const { canvas } = this.explorer;
    if (!canvas.tooltip.dismiss()) this.explorer.select(null);
  }
}
