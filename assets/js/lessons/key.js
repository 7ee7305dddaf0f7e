// The key to a tree: the marks that occur in it, and what each means.

import { displayState } from "../log/visible.js";
import { fill, h } from "../dom/dom.js";
import { ROOT } from "../log/tree.js";
import { symbolPicture } from "../picture/shapes.js";

/** What marks mean to whoever does not know the terms yet. */
const PLAIN = {
  ...{ writing: "A step, half written", frontier: "A step, just written", candidate: "A step, with its score" },
  ...{ kept: "A step", pruned: "A step that is left", completed: "An answer", chosen: "The answer given" },
};

export class Key {
  /** @param {Object} palette - `assets/palette.json`. */
  constructor(palette) {
    this.palette = palette;
    this.element = h("ul", { class: "learn-key", "aria-label": "What the marks mean" });
    this.shown = "";
  }

  /** @param {?Set<string>} [known] - terms that have been explained; null: all. */
  update(tree, visible, known = null) {
    this.updateAll([{ tree, visible }], known);
  }

  /** The same of several trees that stand beside each other. */
  updateAll(shown, known = null) {
    const { states, grades, counted, copied } = occurring(shown);
    const names = Object.keys(this.palette.states).filter((name) => states.has(name));
    const graded = Object.keys(this.palette.grades).filter((name) => grades.has(name));
    const label = (name) => (known && !known.has(name) && PLAIN[name]) || this.palette.states[name].label;
    const entries = [
      ...names.map((name) => [symbolPicture(this.palette.states[name], name, 18), label(name)]),
      ...graded.map((name) => [symbolPicture(this.palette.grades[name], name, 20), this.palette.grades[name].label]),
      ...(counted ? [[h("b", { text: "×n" }), "Written n times"]] : []),
      ...(copied ? [[h("b", { text: "×n" }), "Goes on n times"]] : []),
    ];
    const said = entries.map(([, text]) => text).join();
    if (said === this.shown) return;
    this.shown = said;
    fill(this.element, entries.map(([mark, text]) => h("li", {}, mark, h("span", { text }))));
  }
}

/** Which marks and signs are to be seen. */
function occurring(shown) {
  const [states, grades] = [new Set(), new Set()];
  let [counted, copied] = [false, false]; // steps stand for others that say the same; for several paths
  for (const { tree, visible } of shown)
    for (const node of tree.nodes.values()) {
      if (node.id === ROOT) continue;
      if (!visible.has(node.id)) {
        if (node.state === "merged") counted = true;
        continue;
      }
      states.add(displayState(tree, node));
      if (node.right !== null) grades.add(node.right ? "right" : "wrong");
      if (node.copies > 1) copied = true;
    }
  return { states, grades, counted, copied };
}
