// The runs of this visit, once there are two: what each was, what came of it, and the way back to it.

import { h, setText } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { Menu } from "../dom/menu.js";
import { count } from "../words/format.js";
import { apart } from "../words/visited_words.js";

const NAME = "Runs of this visit";

export class RunsMenu {
  /** @param {import("./list.js").Actions} actions */
  constructor(actions) {
    this.runs = [];
    this.shown = "";
    this.count = h("span");
    this.word = h("span", { class: "esp-run-word", text: "runs" });
    this.menu = new Menu(NAME, [h("span", {}, this.count, this.word), icon("down")], () => this.entries(actions));
    this.menu.button.title = `${NAME}: what came of each, and the way back to it`;
    this.element = h("div", { class: "esp-runs", hidden: true }, this.menu.element);
  }

  /**
   * @param {import("../words/visited_words.js").VisitedRun[]} runs - the newest first.
   * @param {string} shown - the one on show.
   */
  update(runs, shown) {
    this.runs = runs;
    this.shown = shown;
    this.element.hidden = runs.length < 2;
    this.element.dataset.digits = String(runs.length).length;
    setText(this.count, `${count(runs.length)} `);
  }

  entries(actions) {
    const differences = apart(this.runs);
    return this.runs.map((run, index) => this.entry(run, differences[index], actions));
  }

  /** @param {string} differs - what tells it from others of its kind. */
  entry({ id, made, outcome, problem, cost }, differs, actions) {
    return {
      attributes: id === this.shown ? { "aria-current": true } : {},
      parts: [
        h("span", { class: "esp-run-head" }, h("span", { text: made }), h("span", { class: "esp-run-outcome", text: outcome })),
        differs && h("span", { class: "esp-run-differs", text: differs }),
        h("span", { class: "esp-quiet esp-run-problem", text: problem }),
        cost && h("span", { class: "esp-quiet", text: cost }),
      ],
      choose: () => actions.showRun(id),
    };
  }
}
