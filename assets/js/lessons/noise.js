// A slider that plants noise in the verifier's scores: the same solutions, and a worse judge. The
// server judges the run again; a level's draws are shown as marks, right and wrong by shape.

import { fill, h, setText } from "../dom/dom.js";

/**
 * @param {{answer: string, right: boolean, score: number}[]} outcomes - one per draw.
 * @param {number} draw - the one in the picture.
 */
export const saidOf = (outcomes, draw) => {
  const { answer, right, score } = outcomes[draw];
  const rights = outcomes.filter((one) => one.right).length;
  return {
    one: `The judge chooses ${answer}, ${right ? "right" : "wrong"}, with ${score.toFixed(2)}.`,
    all: `Right in ${rights} of ${outcomes.length} draws of this noise.`,
  };
};

export class NoisePanel {
  /**
   * @param {{fetchRun: (level: number, draw: number) => Promise<Object[]>,
   *   fetchOutcomes: (level: number) => Promise<Object[]>, show: (events: Object[]) => void,
   *   failed: () => void}} actions - `show`: the run as it is judged now.
   */
  constructor(actions) {
    this.actions = actions;
    this.value = h("output", { class: "learn-noise-value", text: "0.0" });
    this.range = h("input", {
      type: "range",
      class: "learn-noise-range",
      ...{ min: "0", max: "0", step: "1", value: "0" },
      "aria-label": "Noise in every score: its standard deviation",
      on: { input: () => this.move() },
    });
    this.again = h("button", { type: "button", class: "esp-button", text: "Another draw", on: { click: () => this.redraw() } });
    this.one = h("p", { class: "learn-noise-one", role: "status" });
    this.all = h("p", {});
    this.marks = h("div", { class: "learn-noise-marks", "aria-hidden": "true" });
    this.element = h(
      "section",
      { class: "learn-noise", "aria-label": "Noise in the scores", hidden: true },
      h("label", {}, h("span", { text: "Noise in every score" }), this.range, this.value),
      this.one,
      this.marks,
      this.all,
      this.again,
    );
    Object.assign(this, { levels: [0], draws: 1, level: 0, draw: 0, asked: 0 });
  }

  /**
   * No noise yet.
   *
   * @param {{levels: number[], draws: number}} given - standard deviations, and how often each is drawn.
   */
  begin({ levels, draws }) {
    Object.assign(this, { levels, draws, level: 0, draw: 0 });
    this.range.max = String(levels.length - 1);
    this.range.value = "0";
    return this.ask();
  }

  /** Another page is on show: whatever comes now is too late. */
  leave() {
    this.asked += 1;
  }

  move() {
    this.level = Number(this.range.value);
    return this.ask();
  }

  redraw() {
    this.draw = (this.draw + 1) % this.draws;
    return this.ask();
  }

  /** What is asked last is shown, whichever reply comes last. */
  async ask() {
    this.asked += 1;
    const { asked, level, draw, actions } = this;
    const noise = this.levels[level].toFixed(1);
    setText(this.value, noise);
    this.range.setAttribute("aria-valuetext", noise);
    try {
      const outcomes = actions.fetchOutcomes(level);
      const events = await actions.fetchRun(level, draw);
      if (asked === this.asked) actions.show(events);
      const known = await outcomes;
      if (asked === this.asked) this.tell(known);
    } catch {
      if (asked === this.asked) actions.failed();
    }
  }

  tell(outcomes) {
    const { one, all } = saidOf(outcomes, this.draw);
    setText(this.one, one);
    setText(this.all, all);
    fill(
      this.marks,
      outcomes.map(({ right }, place) => h("span", { "data-right": right, "data-shown": place === this.draw, text: right ? "✓" : "✗" })),
    );
  }
}
