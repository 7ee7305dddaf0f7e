// The timeline of all lanes: one clock, one moment, and a track for each lane with its rounds, the
// moment at which it parts from the first, and its end.

import { CLOCKS } from "./clock.js";
import { count, flops, seconds } from "../words/format.js";
import { fill, h, reducedMotion, setAttribute, setText } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const STEPS = 1000;
const PLAY_MS = 9000;
const STEPWISE_MS = 900;
const MOST_TICKS = 40;
const TITLES = { tokens: "Tokens", flops: "FLOPs", seconds: "Seconds" };
const WORDS = {
  tokens: (value) => `${count(value)} tokens written`,
  flops: (value) => (value ? flops(value) : "0 FLOPs"),
  seconds: (value) => seconds(value),
};

export class ClockBar {
  /**
   * @param {() => import("./lane.js").LaneView[]} lanes
   * @param {{moved: () => void}} wiring - another moment or another clock is wanted.
   */
  constructor(lanes, { moved }) {
    this.lanes = lanes;
    this.moved = moved;
    this.clock = "tokens";
    this.value = 0;
    /** Whether the newest moment is wanted, whatever comes. */
    this.end = true;
    this.playing = false;
    this.build();
  }

  build() {
    const button = (name, label, act) =>
      h(
        "button",
        { type: "button", class: "esp-button esp-icon-button", "aria-label": label, title: label, on: { click: act } },
        icon(name),
      );
    this.play = button("play", "Play", () => this.toggle());
    const back = button("back", "Back one round", () => this.step(-1));
    const forward = button("forward", "Forward one round", () => this.step(1));
    this.range = h("input", {
      ...{ type: "range", class: "esp-range", min: "0", max: String(STEPS), step: "1", value: "0" },
      "aria-label": "Moment of the race",
      on: {
        input: () => this.go((Number(this.range.value) / STEPS) * this.most),
        keydown: (event) => this.pageKeys(event),
      },
    });
    this.choices = CLOCKS.map((name) =>
      h("input", {
        ...{ type: "radio", name: "race-clock", value: name, checked: name === this.clock },
        on: { change: () => this.setClock(name) },
      }),
    );
    const clocks = h(
      "fieldset",
      { class: "race-clocks" },
      h("legend", { text: "Clock" }),
      this.choices.map((input) => h("label", {}, input, h("span", { text: TITLES[input.value] }))),
    );
    this.said = h("output", { class: "race-value esp-number" });
    this.tracks = h("div", { class: "race-tracks", "aria-hidden": "true" });
    this.element = h(
      "section",
      { class: "race-timeline", "aria-label": "Timeline" },
      h("div", { class: "race-controls" }, back, this.play, forward, this.said, clocks),
      h("div", { class: "race-scrub" }, this.range, this.tracks),
    );
  }

  /** Of the clock, where the last lane ends. */
  get most() {
    return Math.max(0, ...this.lanes().map(({ clock }) => clock.end(this.clock)));
  }

  setClock(name) {
    // The same moment of the lane that is furthest, on the other clock.
    const [lane] = [...this.lanes()].sort((a, b) => b.cursor - a.cursor);
    this.clock = name;
    this.value = lane && !this.end ? lane.clock.at(name, lane.cursor) : this.most;
    for (const input of this.choices) input.checked = input.value === name;
    this.moved();
  }

  go(value) {
    this.pause();
    this.value = Math.max(0, Math.min(value, this.most));
    this.end = this.value >= this.most;
    this.moved();
  }

  /** The clock at the ends of all lanes' rounds, in order. */
  stops() {
    const values = this.lanes().flatMap(({ rounds, clock }) => rounds.segments.map(({ cursor }) => clock.at(this.clock, cursor)));
    return [...new Set(values)].sort((a, b) => a - b);
  }

  step(by) {
    const stops = this.stops();
    const value = by > 0 ? stops.find((stop) => stop > this.value) : stops.findLast((stop) => stop < this.value);
    this.go(value ?? (by > 0 ? this.most : 0));
  }

  pageKeys(event) {
    const by = { PageUp: 1, PageDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.step(by);
  }

  // Playing -------------------------------------------------------------------------------------

  toggle() {
    if (!this.playing) {
      this.start();
      return;
    }
    this.pause();
    this.moved();
  }

  start() {
    if (this.value >= this.most) this.value = 0;
    this.end = false;
    this.playing = true;
    this.last = null;
    this.left = 0;
    const turn = (this.turn = {});
    const tick = (now) => {
      if (turn !== this.turn || !this.playing) return;
      this.advance(this.last === null ? 0 : Math.min(now - this.last, 250));
      this.last = now;
      if (this.playing) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    this.moved();
  }

  advance(elapsed) {
    const { most } = this;
    if (reducedMotion()) {
      this.left += elapsed;
      if (this.left < STEPWISE_MS) return;
      this.left = 0;
      this.value = this.stops().find((stop) => stop > this.value) ?? most;
    } else this.value = Math.min(most, this.value + (most * elapsed) / PLAY_MS);
    if (this.value >= most) {
      this.playing = false;
      this.end = true;
    }
    this.moved();
  }

  pause() {
    this.playing = false;
  }

  // What is shown -------------------------------------------------------------------------------

  update() {
    const { most, lanes, clock } = this;
    if (this.end) this.value = most;
    this.range.value = String(most ? Math.round((this.value / most) * STEPS) : 0);
    this.range.style.setProperty("--esp-done", `${most ? (100 * this.value) / most : 0}%`);
    const told = WORDS[clock](this.value);
    setText(this.said, told);
    const where = lanes().map(({ number, rounds, cursor }) => `lane ${number + 1} ${placeOf(rounds, cursor)}`);
    setAttribute(this.range, "aria-valuetext", `${told}; ${where.join(", ")}`);
    if (this.shownPlaying !== this.playing) {
      fill(this.play, icon(this.playing ? "pause" : "play"));
      setAttribute(this.play, "aria-label", this.playing ? "Pause" : "Play");
      this.play.title = this.playing ? "Pause" : "Play";
      this.shownPlaying = this.playing;
    }
    this.drawTracks(most);
  }

  drawTracks(most) {
    const key = lanesKey(this.lanes(), this.clock);
    if (key !== this.drawn) {
      this.drawn = key;
      this.element.style.setProperty("--tracks", String(this.lanes().length));
      fill(this.tracks, this.lanes().map((lane) => this.track(lane, most)));
    }
    for (const [index, lane] of this.lanes().entries()) {
      const end = lane.clock.end(this.clock);
      const done = end ? Math.min(1, this.value / end) : 0;
      this.tracks.children[index].querySelector(".race-done").style.setProperty("width", `${done * 100}%`);
    }
  }

  track(lane, most) {
    const { clock, rounds, right } = lane;
    const part = (value) => `${most ? (100 * value) / most : 0}%`;
    const end = clock.end(this.clock);
    const every = Math.ceil(rounds.segments.length / MOST_TICKS);
    const ticks = rounds.segments.filter(({ kind }, index) => kind === "round" && index % every === 0);
    const inside = (cursor) => ({ left: `${end ? (100 * clock.at(this.clock, cursor)) / end : 0}%` });
    return h(
      "div",
      { class: "race-track" },
      h("span", { class: "race-number", text: String(lane.number + 1) }),
      h(
        "div",
        { class: "race-bar", style: { width: part(end) }, "data-live": lane.live },
        h("div", { class: "race-done" }),
        ticks.map(({ cursor }) => h("span", { class: "race-tick", style: inside(cursor) })),
        Number.isFinite(lane.parting) && h("span", { class: "race-parting", text: "◆", style: inside(lane.parting) }),
      ),
      h("span", { class: "race-end", text: lane.live ? "…" : right === true ? "✓" : right === false ? "✗" : "■" }),
    );
  }
}

/** What tracks are drawn from; they are drawn anew only where it changes. */
function lanesKey(lanes, clock) {
  const of = ({ run, clock: { length }, live, parting, right }) => `${run}|${length}|${live}|${parting}|${right}`;
  return `${clock}|${lanes.map(of).join("|")}`;
}

function placeOf(rounds, cursor) {
  const round = rounds.roundAt(cursor);
  return round === null ? "at its end" : round === 0 ? "at its beginning" : `in round ${round}`;
}
