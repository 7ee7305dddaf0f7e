// Predict, then see: pick a step, in the picture or by its button; say how sure one is; then see
// what the verifier thought, and what is true.

import { fill, h } from "../dom/dom.js";
import { SURE } from "./brier.js";
import { plain, written } from "./text.js";

const LETTERS = "ABCDEF";

/**
 * What is true of an option. Who finds the mistake answers right, and still the step is wrong: the mark
 * is about the step, and not about the answer. And a step from which nothing leads to the answer may be a
 * true sum, so it is not called wrong.
 *
 * @param {boolean} asked - it is the one that was asked for.
 * @param {"keep"|"mistake"} about
 */
export function gradeOf(asked, about) {
  if (about === "mistake") return asked ? "✗ it goes wrong here" : "not here";
  return asked ? "✓ right way" : "✗ dead end";
}

export class QuestionPanel {
  /**
   * @param {{answered: (answer: {picked: string, sure: string}) => void, again: () => void,
   *   pointed: () => void}} actions - `pointed`: what is to be ringed in the picture has changed.
   */
  constructor(actions) {
    this.actions = actions;
    this.element = h("section", { class: "learn-question", "aria-label": "Your prediction", hidden: true });
    this.question = null;
    /** What was picked and not settled, by question: whoever turns the page and comes back finds it. */
    this.picks = new Map();
  }

  /** @param {?Object} question @param {?{picked: string, sure: string}} answer - given before. */
  show(question, answer) {
    Object.assign(this, { question, answer, picked: answer?.picked ?? this.picks.get(question) ?? null });
    this.element.hidden = !question;
    if (question) this.draw();
  }

  get open() {
    return Boolean(this.question) && !this.answer;
  }

  /** A step was picked in the picture; what is no option is left alone. */
  pick(id) {
    const option = this.question?.same[id];
    if (!option || this.answer) return;
    this.picked = option;
    this.picks.set(this.question, option);
    if (this.question.sure) this.draw();
    else this.settle("certain");
    this.actions.pointed();
    this.element.querySelector("[data-first]")?.focus();
  }

  settle(sure) {
    this.answer = { picked: this.picked, sure };
    this.picks.delete(this.question);
    this.draw();
    this.actions.answered(this.answer);
    // Beside the picture the column is low: what one has picked is seen, however long the list is.
    if (matchMedia("(min-width: 900px)").matches) this.element.querySelector('[data-picked="true"]').scrollIntoView({ block: "nearest" });
    this.said.focus({ preventScroll: true });
  }

  /** What the picture rings: the options by their letters; afterwards what came of each. */
  points() {
    if (!this.question) return [];
    const { right, options, about } = this.question;
    const sign = (id) => {
      if (!this.answer || (id !== right && (about === "mistake" || id !== this.picked))) return "";
      return (id === right) === (about !== "mistake") ? " ✓" : " ✗";
    };
    const you = (id) => (id === this.picked && !this.answer ? " you" : "");
    return options.map(({ id }, place) => ({ id, label: `${LETTERS[place]}${sign(id)}${you(id)}`, beside: true }));
  }

  draw() {
    const { question } = this;
    const ask = h("p", { class: "learn-ask" }, written(question.ask));
    if (this.answer) fill(this.element, ask, this.revealed(), this.again());
    else fill(this.element, ask, this.options(), this.picked && question.sure ? this.sureness() : null);
  }

  options() {
    const buttons = this.question.options.map(({ id, text }, place) =>
      h(
        "button",
        { type: "button", class: "learn-option", "aria-pressed": this.picked === id, on: { click: () => this.pick(id) } },
        h("span", { class: "learn-letter", text: LETTERS[place] }),
        h("span", { dir: "auto", text }),
      ),
    );
    return h("div", { class: "learn-options", role: "group", "aria-label": plain(this.question.ask) }, buttons);
  }

  sureness() {
    const buttons = SURE.map(({ name, label }, place) =>
      h("button", {
        ...{ type: "button", class: "esp-button", "data-first": place === 0 ? true : null, text: label },
        on: { click: () => this.settle(name) },
      }),
    );
    return h("div", { class: "learn-sure", role: "group", "aria-label": "How sure are you?" }, h("span", { text: "How sure are you?" }), buttons);
  }

  revealed() {
    const { question } = this;
    // In the order in which they were asked about: whoever has just read them finds each where it was.
    const rows = question.options.map(({ id, text }, place) => this.row(id, text, place));
    const found = this.picked === question.right;
    this.said = h(
      "p",
      { class: "learn-said", tabindex: "-1" },
      h("strong", { text: found ? "Yes. " : "Not this one. " }),
      written(question.says),
    );
    return h("div", { class: "learn-revealed" }, this.said, h("ul", { class: "learn-outcomes" }, rows));
  }

  row(id, text, place) {
    const { right, scores, about } = this.question;
    const score = scores[id];
    const best = score !== undefined && score === Math.max(...Object.values(scores));
    return h(
      "li",
      { "data-right": id === right && about !== "mistake", "data-picked": id === this.picked },
      h("span", { class: "learn-letter", text: LETTERS[place] }),
      h("span", { class: "learn-outcome-text", dir: "auto", text }),
      id === this.picked && h("span", { class: "learn-wins", text: "you" }),
      score !== undefined &&
        h("span", { class: "learn-judged", "data-best": best, text: `verifier ${score.toFixed(2)}` }),
      h("span", { class: "learn-grade", "data-right": id === right, text: gradeOf(id === right, about) }),
    );
  }

  again() {
    return h("button", { type: "button", class: "esp-button learn-again", text: "Answer again", on: { click: this.actions.again } });
  }
}
