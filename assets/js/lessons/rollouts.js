// Rollouts of a step, live: the solver goes on from it whenever the reader asks, and the share of those
// that arrive stands with its interval beside the verifier's score. Where the server is busy or refuses,
// the recorded rollouts stand, and a sentence says so.

import { fill, h, setAttribute, setText } from "../dom/dom.js";

/** Normal quantile of a 95 % interval. */
const NORMAL = 1.959963984540054;

/**
 * A share with Wilson's 95 % score interval (Wilson 1927), as `search_core.evaluation.intervals` has it.
 *
 * @param {number} part
 * @param {number} whole - above 0.
 */
export function shareOf(part, whole) {
  const [value, square] = [part / whole, NORMAL ** 2];
  const middle = (value + square / (2 * whole)) / (1 + square / whole);
  const spread = (value * (1 - value)) / whole + square / (4 * whole ** 2);
  const half = (NORMAL * Math.sqrt(spread)) / (1 + square / whole);
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** @param {{right: boolean}[]} found @param {number} score - the verifier's. */
export function saidOf(found, score) {
  const rights = found.filter(({ right }) => right).length;
  const { value, low, high } = shareOf(rights, found.length);
  return {
    share: `${rights} of ${found.length} arrive: ${value.toFixed(2)} (range ${low.toFixed(2)}\u00a0to\u00a0${high.toFixed(2)})`,
    score: `The verifier (dashed) says ${score.toFixed(2)}${score < low ? ", too low." : score > high ? ", too high." : ": it may be right."}`,
  };
}

export class RolloutsPanel {
  /**
   * @param {{ask: (step: string, draw: number) => Promise<{steps: string[], right: boolean}[]>,
   *   chosen: () => void, random?: () => number}} actions - `ask`: new rollouts; what it
   *   throws says why there are none. `chosen`: another step is rolled out.
   */
  constructor({ ask, chosen, random = Math.random }) {
    Object.assign(this, { ask, chosen, random, steps: [], turn: 0, waiting: false });
    this.choice = h("div", { class: "learn-rollouts-steps" });
    this.scale = h("div", { class: "learn-measured learn-rollouts-scale", "aria-hidden": "true" });
    this.share = h("p", { class: "learn-share-said" });
    this.score = h("p", {});
    this.marks = h("div", { class: "learn-noise-marks", "aria-hidden": "true" });
    this.more = h("button", { type: "button", class: "esp-button learn-rollouts-more", on: { click: () => this.write() } });
    this.notice = h("p", { class: "learn-rollouts-notice", role: "status" });
    this.last = h("ol", { class: "learn-rollouts-last" });
    this.written = h("details", { class: "learn-text" }, h("summary", { text: "What was written last" }), this.last);
    this.element = h(
      "section",
      { class: "learn-rollouts", "aria-label": "Rollouts, live", hidden: true },
      h("fieldset", {}, h("legend", { text: "Go on from" }), this.choice),
      h("div", { role: "status" }, this.share, this.score),
      h("p", { class: "learn-rollouts-range", text: "Of 100 such ranges, about 95 hold the true share." }),
      this.scale,
      this.marks,
      this.more,
      this.notice,
      this.written,
    );
  }

  /**
   * The recorded rollouts alone.
   *
   * @param {{each: number, draws: number, most: number, steps: {id: string, text: string, score: number,
   *   right: number, all: number}[]}} given
   */
  begin({ each, draws, most, steps }) {
    Object.assign(this, { each, draws, most });
    this.steps = steps.map((step) => ({ ...step, asked: 0, found: recorded(step), last: [] }));
    fill(
      this.choice,
      this.steps.map(({ id, text }, place) =>
        h(
          "label",
          { class: "learn-exam-choice" },
          h("input", { type: "radio", name: "rollouts", value: id, checked: place === 0, on: { change: () => this.choose(place) } }),
          h("span", { text }),
        ),
      ),
    );
    this.choose(0);
  }

  /** Another page is on show: whatever comes now is too late. */
  leave() {
    this.turn += 1;
    this.wait(false);
  }

  choose(place) {
    this.step = this.steps[place];
    setText(this.notice, "");
    this.tell();
    this.chosen();
  }

  /** Where in the tree it goes on. */
  points() {
    return this.step ? [{ id: this.step.id, label: "" }] : [];
  }

  async write() {
    const { step, turn } = this;
    if (this.waiting || step.asked >= this.most) return;
    this.wait(true);
    try {
      const found = await this.ask(step.id, Math.floor(this.random() * this.draws));
      if (turn !== this.turn) return;
      Object.assign(step, { asked: step.asked + 1, found: [...step.found, ...found], last: found });
      setText(this.notice, "");
    } catch (error) {
      if (turn !== this.turn) return;
      setText(this.notice, `${error.message} ${step.asked ? "What was written so far stands." : "The recorded rollouts stand."}`);
    }
    this.wait(false);
    this.tell();
  }

  /** The button keeps the focus while the solver writes, so it is not disabled but says so. */
  wait(waiting) {
    this.waiting = waiting;
    setAttribute(this.more, "aria-disabled", waiting);
    setText(this.more, waiting ? "The solver writes …" : `Write ${this.each} more`);
  }

  tell() {
    const { found, score, asked, last } = this.step;
    const said = saidOf(found, score);
    setText(this.share, said.share);
    setText(this.score, said.score);
    const { value, low, high } = shareOf(found.filter(({ right }) => right).length, found.length);
    fill(this.scale, [
      h("span", { class: "learn-measured-bar", style: { left: `${100 * low}%`, width: `${100 * (high - low)}%` } }),
      h("span", { class: "learn-rollouts-share", style: { left: `${100 * value}%` } }),
      h("span", { class: "learn-rollouts-score", style: { left: `${100 * score}%` } }),
    ]);
    fill(this.marks, found.map(({ right }) => h("span", { "data-right": right, text: right ? "✓" : "✗" })));
    const over = asked >= this.most;
    setAttribute(this.more, "aria-disabled", over || this.waiting);
    if (over) setText(this.more, "That is enough to see it");
    else this.wait(this.waiting);
    this.written.hidden = !last.length;
    fill(this.last, last.map(({ steps, right }) => h("li", { dir: "auto", text: `${right ? "✓" : "✗"} ${steps.join(" · ")}` })));
  }
}

const recorded = ({ right, all }) => Array.from({ length: all }, (_, place) => ({ right: place < right }));
