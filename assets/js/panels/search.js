// "Find and filter": a button, and the row that it opens. Search in the steps' texts, scores in a
// range, right or wrong solutions, where verifier and truth disagree, the chosen path and its rivals.

import { h, setAttribute, setText, uniqueId } from "../dom/dom.js";
import { count, plural } from "../words/format.js";
import { disagreeing } from "../log/filter.js";
import { icon } from "../dom/icons.js";

/** Searching begins once nobody has typed for so long: a hundred thousand texts are read. */
const TYPING_MS = 150;
const STEP = 0.05;

export class Search {
  /** @param {import("./list.js").Actions} actions */
  constructor(actions) {
    this.actions = actions;
    const id = uniqueId("find");
    this.summary = h("span", { class: "esp-find-state" });
    this.button = h(
      "button",
      {
        type: "button",
        class: "esp-button esp-find-open",
        "aria-expanded": "false",
        "aria-controls": id,
        title: "Find and filter (/)",
        on: { click: () => this.show(this.row.hidden) },
      },
      icon("search"),
      h("span", { text: "Find and filter" }),
      this.summary,
    );
    this.row = h(
      "div",
      { class: "esp-find", id, role: "search", "aria-label": "Find and filter", hidden: true },
      this.makeFinder(),
      this.makeRange(),
      this.makeChoices(),
    );
    this.row.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.show(false);
      this.button.focus();
    });
  }

  makeFinder() {
    this.field = h("input", {
      type: "search",
      class: "esp-find-text",
      placeholder: "Find in the steps",
      "aria-label": "Find in the steps",
      autocomplete: "off",
      spellcheck: "false",
      on: {
        input: () => {
          clearTimeout(this.typing);
          this.typing = setTimeout(() => this.actions.find(this.field.value), TYPING_MS);
        },
        keydown: (event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          clearTimeout(this.typing);
          this.actions.find(this.field.value);
          this.actions.findNext(event.shiftKey ? -1 : 1);
        },
      },
    });
    this.hits = h("output", { class: "esp-find-hits" });
    this.previous = this.makeStep("Previous match", "up", -1);
    this.next = this.makeStep("Next match", "down", 1);
    return h("div", { class: "esp-find-part" }, this.field, this.hits, this.previous, this.next);
  }

  makeStep(label, picture, by) {
    const attributes = { type: "button", class: "esp-button esp-icon-button", "aria-label": label, title: label };
    return h("button", { ...attributes, on: { click: () => this.actions.findNext(by) } }, icon(picture));
  }

  makeRange() {
    const number = (name, label, value) =>
      h("input", {
        type: "number",
        class: "esp-find-number",
        min: "0",
        max: "1",
        step: String(STEP),
        value,
        "aria-label": label,
        on: { change: ({ target }) => this.setRange(name, target) },
      });
    this.low = number("low", "Lowest score", "0");
    this.high = number("high", "Highest score", "1");
    return h(
      "div",
      { class: "esp-find-part", role: "group", "aria-label": "Scores" },
      h("span", { text: "Scores from", "aria-hidden": "true" }),
      this.low,
      h("span", { text: "to", "aria-hidden": "true" }),
      this.high,
    );
  }

  /** What is no number in [0, 1] is put right, and the other end gives way. */
  setRange(name, { value }) {
    const usual = name === "low" ? 0 : 1;
    const given = value === "" || Number.isNaN(Number(value)) ? usual : Math.max(0, Math.min(1, Number(value)));
    const other = name === "low" ? { high: Math.max(given, this.range.high) } : { low: Math.min(given, this.range.low) };
    this.actions.setFilter({ ...other, [name]: given });
  }

  makeChoices() {
    const box = (label, title, part) => {
      const field = h("input", { type: "checkbox", on: { change: () => this.actions.setFilter({ [part]: field.checked }) } });
      const words = h("span", { text: label });
      return { field, words, label: h("label", { class: "esp-find-choice", title }, field, words) };
    };
    this.disagreeing = box(
      "Verifier and truth disagree",
      "Wrong solutions that scored above every right one, and right ones that scored below a wrong one. Where all are right, or all wrong: scored below 0.5, or 0.5 and more",
      "disagreeing",
    );
    this.rivals = box(
      "Only the chosen path and its rivals",
      "The chosen path, the steps that it competed with, and the best path to every other answer",
      "rivals",
    );
    this.open = h("button", { type: "button", class: "esp-button", text: "Open all branches", on: { click: () => this.actions.openBranches() } });
    this.reset = h("button", { type: "button", class: "esp-button", text: "Clear", on: { click: () => this.clear() } });
    return h("div", { class: "esp-find-part" }, this.disagreeing.label, this.rivals.label, this.open, this.reset);
  }

  clear() {
    this.field.value = "";
    this.actions.find("");
    this.actions.setFilter({ low: 0, high: 1, grade: null, disagreeing: false, rivals: false });
    this.field.focus();
  }

  /** Open or close the row; open, it has the focus. */
  show(shown) {
    this.row.hidden = !shown;
    setAttribute(this.button, "aria-expanded", shown);
    if (!shown) return;
    if (this.tree) this.countEnds();
    this.field.focus();
  }

  update({ log, tree, filter, found, selected, closed }) {
    if (log.run !== this.run) this.begin(log.run);
    this.range = { low: filter.low, high: filter.high };
    for (const name of ["low", "high"])
      if (document.activeElement !== this[name]) this[name].value = String(filter[name]);
    this.disagreeing.field.checked = filter.disagreeing;
    this.rivals.field.checked = filter.rivals;
    this.tree = tree;
    if (!this.row.hidden) this.countEnds();
    this.open.hidden = closed.size === 0;
    const sought = this.field.value.trim() !== "";
    this.reset.disabled = !sought && !filter.size;
    this.updateHits(found, selected, sought || filter.ends);
    const set = filter.size + (sought ? 1 : 0);
    setText(this.summary, set ? String(set) : "");
    setAttribute(this.summary, "aria-label", set ? `${set} in use` : "");
  }

  /** Another run: nothing is looked for in it yet. */
  begin(run) {
    this.run = run;
    clearTimeout(this.typing);
    this.field.value = "";
  }

  updateHits(found, selected, sought) {
    const place = found.indexOf(selected);
    const text = place < 0 ? plural(found.length, "match", "matches") : `${count(place + 1)} of ${count(found.length)}`;
    setText(this.hits, sought ? text : "");
    this.previous.disabled = this.next.disabled = found.length === 0;
  }

  /** Every node is looked at, so only while the row can be seen. Without a reference nobody knows the truth. */
  countEnds() {
    const { tree } = this;
    this.rivals.field.disabled = !this.rivals.field.checked && !hasAnswer(tree);
    const disagrees = disagreeing(tree);
    let [graded, number] = [false, 0];
    for (const node of tree.nodes.values()) {
      if (node.right === null) continue;
      graded = true;
      if (disagrees(node)) number += 1;
    }
    this.disagreeing.field.disabled = !graded && !this.disagreeing.field.checked;
    setText(this.disagreeing.words, `Verifier and truth disagree${graded ? ` (${count(number)})` : ""}`);
  }
}

const hasAnswer = (tree) => {
  if (tree.chosen) return true;
  for (const { state } of tree.nodes.values()) if (state === "completed") return true;
  return false;
};
