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
    let counted = false; // whether a step stands for others that say the same
    for (const { tree, visible } of shown)
      for (const node of tree.nodes.values())
        if (node.id !== ROOT && visible.has(node.id)) states.add(displayState(tree, node));
        else if (node.state === "merged") counted = true;
    const names = Object.keys(this.palette.states).filter((name) => states.has(name));
    if (`${names} ${counted}` === this.shown) return;
    this.shown = `${names} ${counted}`;
    const entry = (name) => {
      const spec = this.palette.states[name];
      return h("li", {}, symbolPicture(spec, name, 18), h("span", { text: spec.label }));
    };
    const alike = h("li", {}, h("b", { text: "×2" }), h("span", { text: "Written twice, word for word" }));
    fill(this.element, [...names.map(entry), counted && alike]);
  }
}
