// The same race on many problems: how often each lane is right so far, and the difference to the
// first lane, with intervals. A process of the server's counts; this asks how it stands, and draws.

import { count, signed } from "../words/format.js";
import { fill, h, setText } from "../dom/dom.js";
import { startTrials, stopTrials, trialsNow } from "./server.js";

const ASKING_MS = 1000;
const BEGINS = "The models are loaded, then the first problem is searched in every lane…";

export class Trials {
  /**
   * @param {() => URLSearchParams} query - the race on show.
   * @param {(error: Error) => void} refuse - shows why something is refused.
   */
  constructor(query, refuse) {
    Object.assign(this, { query, refuse });
    this.id = null;
    this.turn = null;
    this.begin = h("button", { type: "button", class: "esp-button", text: "On 20 problems", on: { click: () => this.start() } });
    this.stop = h("button", { type: "button", class: "esp-button", text: "Stop", hidden: true, on: { click: () => this.end() } });
    this.state = h("p", { class: "race-trials-state", role: "status" });
    /** Counts while there is nothing else to see; not spoken. */
    this.waited = h("p", { class: "race-trials-waited esp-number", "aria-hidden": "true" });
    this.chart = h("div", { class: "race-chart" });
    this.said = h("div", { class: "race-said", role: "status" });
    this.element = h(
      "section",
      { class: "race-trials", "aria-labelledby": "race-trials-name" },
      h("h2", { id: "race-trials-name", text: "One problem tells little" }),
      h(
        "p",
        { class: "race-quiet" },
        "The same race on 20 problems of the same kind that the models were not trained on, as hard as this one or as near to it as they are tested on: how often is each lane right?",
      ),
      h("div", { class: "race-acts" }, this.begin, this.stop, this.state, this.waited),
      this.chart,
      this.said,
    );
  }

  /** Another race is on show: what was counted is not of it. */
  clear() {
    if (this.id) this.end();
    this.turn = null;
    this.id = null;
    this.empty();
    setText(this.state, "");
    setText(this.waited, "");
    this.working(false);
  }

  empty() {
    fill(this.chart);
    fill(this.said);
  }

  /** Bring it before the eyes, ready to begin. */
  come() {
    this.element.scrollIntoView({ block: "nearest" });
    this.begin.focus({ preventScroll: true });
  }

  working(on) {
    this.begin.disabled = on;
    this.stop.hidden = !on;
  }

  async start() {
    const turn = (this.turn = {});
    this.ending = false;
    this.working(true);
    this.empty();
    setText(this.state, "Asking…");
    this.begun = performance.now();
    try {
      let told = await startTrials(this.query());
      this.id = told.id;
      if (this.ending) this.end(); // asked for while the server had not answered yet
      while (turn === this.turn) {
        this.show(told);
        if (told.state !== "waiting" && told.state !== "running") break;
        await new Promise((resolve) => setTimeout(resolve, ASKING_MS));
        if (turn === this.turn) told = await trialsNow(told.id);
      }
    } catch (error) {
      if (turn === this.turn) {
        // Where it was asked for, with what can be done, and where the form is wrong, if it is.
        setText(this.state, error.message);
        if (error.field || (error.lane ?? null) !== null) this.refuse(error);
      }
    }
    if (turn === this.turn) {
      setText(this.waited, "");
      this.working(false);
      this.id = null;
    }
  }

  end() {
    const { id } = this;
    this.ending = true;
    if (id) stopTrials(id).catch((error) => this.refuse(error));
  }

  show({ state, before, said, figures }) {
    const of = figures ? `${figures.done} of ${figures.of} problems` : "";
    const words = {
      waiting: before ? `Waits: ${before} before yours.` : BEGINS,
      running: of ? `${of} so far` : BEGINS,
      done: `${of}.`,
      stopped: of ? `Stopped after ${of}.` : "Stopped.",
      failed: [of && `After ${of}:`, said].filter(Boolean).join(" "),
    };
    setText(this.state, words[state] ?? "");
    const waits = !of && (state === "waiting" || state === "running");
    setText(this.waited, waits ? `${Math.round((performance.now() - this.begun) / 1000)} s` : "");
    if (figures) fill(this.chart, chartOf(figures));
    // Only what stands is said: while it runs, each problem may turn it.
    const over = state !== "waiting" && state !== "running";
    if (figures && over) fill(this.said, (figures.said ?? []).map((text) => h("p", { dir: "auto", text })));
  }
}

/** A table whose cells are drawn: the share with its interval, and the difference to the first lane. */
function chartOf({ done, of, lanes, drawn }) {
  const head = (text, number = false) => h("th", { scope: "col", "data-number": number, text });
  return h(
    "table",
    {},
    h("caption", { text: captionOf({ done, of, drawn }) }),
    h("thead", {}, h("tr", {}, head("Lane"), head("Right"), head("Difference to lane 1"), head("Tokens each", true))),
    h(
      "tbody",
      {},
      lanes.map((lane, index) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, h("span", { class: "race-number", "aria-hidden": "true", text: String(index + 1) }), h("span", { text: lane.name })),
          h("td", {}, label("Right"), shareOf(lane.share), h("span", { class: "esp-number", text: `${lane.right} of ${done}` })),
          h("td", {}, label("Difference to lane 1"), lane.difference ? differenceOf(lane.difference) : h("span", { class: "race-quiet", text: "is lane 1" })),
          h("td", { "data-number": true }, label("Tokens each"), h("span", { class: "esp-number", text: count(lane.tokens) })),
        ),
      ),
    ),
  );
}

/** What is drawn, and of which problems where they are not of the race's level. */
export function captionOf({ done, of, drawn }) {
  const bars = `Bars: share of right answers${done < of ? " so far" : ""}. Lines: 95 % intervals; the difference is paired.`;
  return drawn ? `${drawn} ${bars}` : bars;
}

/** On a phone a row is a block, and each figure says itself what it is. */
const label = (text) => h("span", { class: "race-label", text });

const percent = (value) => `${100 * value}%`;

function shareOf({ value, low, high }) {
  return h(
    "div",
    { class: "race-share", role: "img", "aria-label": `${words(value)}, interval ${words(low)} to ${words(high)}` },
    h("div", { class: "race-share-bar", style: { width: percent(value) } }),
    h("div", { class: "race-interval", style: { left: percent(low), width: percent(high - low) } }),
  );
}

/** From −1 to 1, with 0 in the middle. */
function differenceOf({ value, low, high }) {
  const at = (difference) => percent((difference + 1) / 2);
  return [
    h(
      "div",
      { class: "race-difference", role: "img", "aria-label": `${signed(value)}, interval ${signed(low)} to ${signed(high)}` },
      h("div", { class: "race-zero" }),
      h("div", { class: "race-interval", style: { left: at(low), width: percent((high - low) / 2) } }),
      h("div", { class: "race-point", style: { left: at(value) } }),
    ),
    h("span", { class: "esp-number", text: `${signed(value)} (${signed(low)} to ${signed(high)})` }),
  ];
}

const words = (share) => `${Math.round(100 * share)} %`;
