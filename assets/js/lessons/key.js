// The key to a page's tree: the marks that occur in it, and what each means.

import { displayState } from "../log/visible.js";
import { fill, h } from "../dom/dom.js";
import { ROOT } from "../log/tree.js";
import { symbolPicture } from "../picture/shapes.js";

export class Key {
  /** @param {Object} palette - `assets/palette.json`. */
  constructor(palette) {
    this.palette = palette;
    this.element = h("ul", { class: "learn-key", "aria-label": "What the marks mean" });
    this.shown = "";
  }

  update(tree, visible) {
    this.updateAll([{ tree, visible }]);
  }

  /** The same of several trees that stand beside each other. */
  updateAll(shown) {
    const states = new Set();
    for (const { tree, visible } of shown)
      for (const node of tree.nodes.values())
        if (node.id !== ROOT && visible.has(node.id)) states.add(displayState(tree, node));
    const names = Object.keys(this.palette.states).filter((name) => states.has(name));
    if (String(names) === this.shown) return;
    this.shown = String(names);
    const entry = (name) => {
      const spec = this.palette.states[name];
      return h("li", {}, symbolPicture(spec, name, 18), h("span", { text: spec.label }));
    };
    fill(this.element, names.map(entry));
  }
}
