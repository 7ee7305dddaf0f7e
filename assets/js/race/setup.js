// The form of a race: the problem, the seed, and two to four lanes.

import { fill, h, setAttribute, setText } from "../dom/dom.js";
import { LaneFields } from "./lane_fields.js";
import { readLane, writtenLane } from "./lane_text.js";

const LEAST = 2;

export class Setup {
  /**
   * @param {Object} given - what may race, as the page brings it.
   * @param {{race: () => void}} wiring
   */
  constructor(given, { race }) {
    this.given = given;
    this.lanes = [];
    this.problem = h("textarea", { id: "race-problem", rows: "2", dir: "auto", maxlength: "4000" });
    this.answer = h("input", { id: "race-answer", type: "text", maxlength: "200", "aria-describedby": "race-answer-help" });
    this.seed = h("input", { id: "race-seed", type: "number", min: "0", step: "1", value: "0", inputmode: "numeric" });
    this.rows = h("div", { class: "race-rows" });
    this.add = h("button", { type: "button", class: "esp-button", text: "+ Add a lane", on: { click: () => this.addLane() } });
    this.begin = h("button", { type: "submit", class: "esp-button race-begin", text: "Race" });
    this.mistake = h("p", { class: "race-mistake", id: "race-mistake", role: "alert", hidden: true });
    const own = h(
      "div",
      { class: "race-field" },
      h("label", { for: "race-answer", text: "Reference answer" }),
      this.answer,
      h("p", { id: "race-answer-help", class: "race-quiet", text: "Only of a problem that brings none, to tell right from wrong." }),
    );
    own.hidden = given.pairs.every(({ embedded }) => embedded);
    this.form = h(
      "form",
      {
        class: "race-form",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            race();
          },
        },
      },
      h(
        "div",
        { class: "race-what" },
        h("div", { class: "race-field" }, h("label", { for: "race-problem", text: "Problem" }), this.problem),
        h("div", { class: "race-field race-seed" }, h("label", { for: "race-seed", text: "Seed" }), this.seed),
        own,
      ),
      this.rows,
      h("div", { class: "race-acts" }, this.add, this.begin),
      this.mistake,
    );
    this.title = h("span", {});
    /** What is set, where the form is folded behind a race of one's own. */
    this.set = h("span", { class: "race-set", dir: "auto" });
    this.summary = h("summary", {}, this.title, " ", this.set);
    this.details = h("details", { class: "race-setup" }, this.summary, this.form);
    this.fold(false);
    this.element = this.details;
  }

  /** Fill the form with a race. */
  fill({ problem, answer = "", seed, lanes }) {
    this.problem.value = problem;
    this.answer.value = answer;
    this.seed.value = String(seed);
    this.lanes = lanes.map((text) => this.fieldsOf(readLane(text)));
    this.refuse("");
    this.draw();
  }

  /** Out of the way of the race: a line with what is set, where that is the visitor's own. */
  fold(own) {
    setText(this.title, own ? "Change this race" : "A race of your own");
    setText(this.set, own ? [...this.lanes.map((fields) => fields.words()), `seed ${this.seed.value}`].join(" · ") : "");
    setAttribute(this.details, "data-own", own);
    if (this.form.contains(document.activeElement)) this.summary.focus({ preventScroll: true });
    this.details.open = false;
  }

  /** What stands in it. */
  race() {
    const lanes = this.lanes.map((fields) => writtenLane(fields.lane()));
    return { problem: this.problem.value.trim(), answer: this.answer.value.trim(), seed: this.seed.value.trim() || "0", lanes };
  }

  fieldsOf(lane) {
    const fields = new LaneFields(this.given, lane, () => {
      const at = this.lanes.indexOf(fields);
      this.lanes.splice(at, 1);
      this.draw();
      this.lanes[Math.min(at, this.lanes.length - 1)].strategy.focus();
    });
    return fields;
  }

  addLane() {
    const { strategies } = this.given;
    const there = new Set(this.lanes.map((fields) => fields.chosen.name));
    const next = ["best_of_n", "beam_search", "dvts", "mcts"].find((name) => !there.has(name)) ?? strategies[0].name;
    const { n } = this.lanes[0]?.said() ?? {};
    this.lanes.push(this.fieldsOf({ strategy: next, values: n ? { n } : {} }));
    this.draw();
    this.lanes.at(-1).strategy.focus();
  }

  draw() {
    fill(this.rows, this.lanes.map(({ element }) => element));
    for (const [place, fields] of this.lanes.entries()) fields.number(place, this.lanes.length > LEAST);
    this.add.disabled = this.lanes.length >= this.given.most;
  }

  working(on) {
    this.begin.disabled = on;
  }

  /** Say what is wrong, where it is. */
  refuse(why, field = "", lane = null) {
    for (const [place, fields] of this.lanes.entries()) fields.refuse(place === lane ? why : "", field);
    const own = { problem: this.problem, reference: this.answer, seed: this.seed }[field];
    for (const one of [this.problem, this.answer, this.seed]) one.removeAttribute("aria-invalid");
    const here = why && (lane === null || !this.lanes[lane]);
    this.mistake.hidden = !here;
    this.mistake.textContent = here ? why : "";
    if (!why) return;
    this.details.open = true;
    if (!own) return;
    own.setAttribute("aria-invalid", "true");
    own.setAttribute("aria-describedby", "race-mistake");
    own.focus();
  }
}
