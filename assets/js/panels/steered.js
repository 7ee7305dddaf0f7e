// What was done to the run on show, by whom, and the way back: undo, redo, and the run that nobody
// touched. A line above everything, there only where a person has steered.

import { actWords, before, untouched } from "../words/act_words.js";
import { fill, h } from "../dom/dom.js";
import { plural } from "../words/format.js";

export class Steered {
  /** @param {{labels: Object, actions: import("./list.js").Actions}} given */
  constructor({ labels, actions }) {
    this.labels = labels ?? {};
    this.actions = actions;
    this.text = h("p", { class: "esp-steered-text", dir: "auto" });
    this.undo = button("Undo", "The run before the last act (u)", () => actions.undo());
    this.redo = button("Redo", "The act that was undone, again (Shift+U)", () => actions.redo());
    this.base = button("Untouched run", "The run as it was before anybody acted", () => actions.turnTo(this.first));
    this.compare = h("a", {
      ...{ class: "esp-button", target: "_blank", "data-place": "", text: "Compare" },
      title: "The untouched run and this one, side by side (opens in a new tab)",
    });
    this.element = h(
      "section",
      { class: "esp-steered", "aria-label": "Steered by hand", hidden: true },
      this.text,
      h("div", { class: "esp-steered-buttons" }, this.undo, this.redo, this.base, this.compare),
    );
    this.drawn = "";
  }

  update({ tree, visited, log }) {
    if (!tree.started) return;
    const { notes } = tree;
    const redo = this.actions.redoable?.() ?? null;
    // What a person kept would give a class the answer.
    const question = this.actions.attending?.question;
    const asked = Boolean(question && !question.counts);
    const led = this.actions.attending?.led ?? false;
    const key = `${asked}|${led}|${tree.started.run}|${notes.length}|${redo}|${visited.length}|${notes.map(({ id }) => tree.nodes.has(id))}`;
    if (key === this.drawn) return;
    this.drawn = key;
    this.first = untouched(tree);
    this.element.hidden = asked || (!notes.length && !redo);
    // An act is told by the run that came of it: that is the one that the next was done to.
    const mine = (at) => this.actions.mine?.(notes[at + 1]?.of ?? log.run) ?? false;
    const words = notes.map((note, at) => actWords(note, tree, this.labels, mine(at)));
    fill(
      this.text,
      h("strong", { text: notes.length ? "Steered by hand. " : "Not steered. " }),
      words.length ? `${words.at(-1)}.` : "This is the search as it went by itself. Redo shows what came of your act.",
      words.length > 1 && h("details", {}, h("summary", { text: `${plural(words.length, "act")} in all` }), list(words)),
    );
    const alone = Boolean(this.actions.undo) && !led; // a page that a teacher moves stays with the class
    this.undo.hidden = !alone || !before(tree);
    this.redo.hidden = led || !redo;
    this.base.hidden = !alone || !this.first || this.first === before(tree);
    this.compare.hidden = !this.actions.undo || !this.first;
    this.compare.href = `compare/?${new URLSearchParams({ runs: `${this.first},${log.run}` })}`;
  }
}

const list = (words) => h("ol", {}, words.map((text) => h("li", { text })));

function button(text, title, press) {
  return h("button", { type: "button", class: "esp-button", title, on: { click: press } }, text);
}
