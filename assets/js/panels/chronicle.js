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
    const told = story();
    const key = `${tree.started.run}|${tree.chosen}|${told.length}|${tree.interrupted}|${told.at(-1)?.sentence}`;
    if (key === this.drawn) return;
    this.drawn = key;
    fill(this.body, overview(tree, told, this.given));
  }
}
