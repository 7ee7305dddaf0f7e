// The run's story, a line for each round, and the chosen solution.

import { fill, h } from "../dom/dom.js";
import { overview } from "./inspector/overview.js";

export class Chronicle {
  /** @param {{palette: Object, labels: Object, actions: import("./list.js").Actions}} given */
  constructor(given) {
    this.given = given;
    this.body = h("div", { class: "esp-inspector-body" });
    this.element = h("section", { class: "esp-panel esp-story-panel", "aria-label": "Story", tabindex: "0" }, this.body);
    this.drawn = "";
  }

  update({ tree, story }) {
    // Telling is not cheap: not behind another tab.
    if (this.element.parentElement?.hidden) return;
    const told = story();
    const key = signature(tree, told);
    if (key === this.drawn) return;
    this.drawn = key;
    fill(this.body, overview(tree, told, this.given));
  }
}

/** What the contents depend on: the last sentence grows with its round, those before it stay. */
export function signature(tree, told) {
  return [tree.started.run, tree.chosen, tree.interrupted, told.length, told.at(-1)?.sentence].join("|");
}
