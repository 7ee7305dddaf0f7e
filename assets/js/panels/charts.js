// The charts of the run on show: figures and sentences from the server, drawn here. They follow a
// live run and the theme; what stands there stays until what replaces it has come.

import { ChartFigure } from "./chart_figure.js";
import { fetchPlottingWhenIdle, loadPlotting } from "../dom/plotting.js";
import { fill, h, setText } from "../dom/dom.js";

/** Between two questions about a live run; more where the server needs long for an answer. */
const BETWEEN_MS = 1000;
const PARTS_OF_TIME = 4;

export class Charts {
  /** @param {{actions: import("./list.js").Actions}} given */
  constructor({ actions }) {
    this.actions = actions;
    this.state = h("p", { class: "esp-quiet esp-chart-state", role: "status" });
    this.failure = h("div", { class: "esp-failure", role: "alert", hidden: true });
    this.figures = h("div", { class: "esp-chart-figures" });
    this.element = h("section", { class: "esp-charts", "aria-label": "Charts" }, this.state, this.failure, this.figures);
    this.charts = new Map();
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(this.figures);
    this.between = BETWEEN_MS;
    this.reset();
  }

  reset() {
    this.drawn = null;
    this.failed = false;
    this.askedAt = -Infinity;
    fetchPlottingWhenIdle();
  }

  dispose() {
    this.disposed = true;
    this.resizes.disconnect();
    clearTimeout(this.timer);
    for (const chart of this.charts.values()) chart.dispose();
  }

  /** Called only while the charts are in front. */
  update({ log }) {
    this.log = log;
    this.lookAgain();
  }

  /** Ask for what is missing: at once for another run or theme, at a calm pace for more events. */
  lookAgain() {
    const { log } = this;
    if (this.disposed || this.asking || this.failed || !this.lacks(log)) return;
    const other = this.drawn?.run !== log.run || this.drawn.theme !== theme();
    const wait = other || !log.live ? 0 : this.askedAt + this.between - performance.now();
    clearTimeout(this.timer);
    if (wait > 0) this.timer = setTimeout(() => this.isShown() && this.lookAgain(), wait);
    else this.ask(log.run);
  }

  lacks(log) {
    const { drawn } = this;
    if (!log.length) return false;
    return drawn?.run !== log.run || drawn.theme !== theme() || drawn.head < log.length || (drawn.live && !log.live);
  }

  isShown = () => this.element.offsetParent !== null;

  async ask(run) {
    this.asking = true;
    this.askedAt = performance.now();
    this.element.setAttribute("aria-busy", "true");
    if (this.drawn?.run !== run) setText(this.state, "Drawing the charts…");
    const wanted = theme();
    try {
      const [plotly, reply] = await Promise.all([loadPlotting(), this.actions.drawCharts({ run, theme: wanted })]);
      this.between = Math.max(BETWEEN_MS, PARTS_OF_TIME * (performance.now() - this.askedAt));
      if (!this.disposed && this.log.run === run) await this.show(plotly, reply, { run, theme: wanted });
    } catch (error) {
      console.warn(error);
      this.fail();
    } finally {
      this.asking = false;
      this.element.setAttribute("aria-busy", "false");
    }
    this.lookAgain();
  }

  async show(plotly, reply, { run, theme: wanted }) {
    this.drawn = { run, theme: wanted, head: reply.gone ? Infinity : reply.head, live: reply.live };
    this.failure.hidden = true;
    setText(this.state, reply.gone ? "The server no longer has this run, so its charts cannot be drawn." : "");
    const kept = new Map();
    for (const chart of reply.charts) kept.set(chart.name, this.charts.get(chart.name) ?? new ChartFigure(chart));
    for (const [name, chart] of this.charts) if (!kept.has(name)) chart.dispose();
    this.charts = kept;
    const elements = [...kept.values()].map(({ element }) => element);
    if (elements.some((element, at) => this.figures.children[at] !== element) || !elements.length)
      fill(this.figures, elements);
    for (const chart of reply.charts) await kept.get(chart.name).draw(plotly, chart, run);
  }

  /** What has been drawn stays. */
  fail() {
    this.failed = true;
    setText(this.state, "");
    const again = () => {
      this.failed = false;
      this.failure.hidden = true;
      this.lookAgain();
    };
    fill(
      this.failure,
      h("p", { text: "The charts could not be drawn: the server did not answer, or the page could not load what draws them." }),
      h("button", { type: "button", class: "esp-button", text: "Try again", on: { click: again } }),
    );
    this.failure.hidden = false;
  }

  resize() {
    for (const chart of this.charts.values()) chart.resize();
  }
}

/** Where the system forces its own colours, the ground is the system's. */
function theme() {
  const dark = matchMedia("(forced-colors: active)").matches
    ? matchMedia("(prefers-color-scheme: dark)").matches
    : document.body.classList.contains("dark");
  return dark ? "dark" : "light";
}
