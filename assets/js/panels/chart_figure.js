// One chart: its heading, Plotly's picture, the sentence that says the same, and two ways to keep it.

import { h, setText, uniqueId } from "../dom/dom.js";

/** No tool bar: what it has to offer stands below, where it can be found by keyboard. */
const CONFIG = { displayModeBar: false, displaylogo: false, responsive: false };
const SAVED_WIDTH = 960;
const SAVED_SCALE = 2;
const TITLE_ROOM = 44;

export class ChartFigure {
  /** @param {{name: string, title: string}} chart */
  constructor({ name, title }) {
    this.name = name;
    this.title = title;
    const caption = uniqueId("chart-caption");
    this.plot = h("div", { class: "esp-chart-plot", role: "img", "aria-label": title, "aria-describedby": caption });
    this.caption = h("figcaption", { class: "esp-quiet", id: caption });
    const save = (format) =>
      h("button", {
        type: "button",
        class: "esp-link",
        text: format.toUpperCase(),
        "aria-label": `Save “${title}” as ${format.toUpperCase()}`,
        on: { click: () => this.save(format) },
      });
    this.saving = h("span", { class: "esp-chart-saving", hidden: true }, "Save as ", save("png"), " ", save("svg"));
    this.element = h(
      "figure",
      { class: "esp-chart", "data-chart": name },
      h("div", { class: "esp-chart-head" }, h("h2", { class: "esp-chart-title", text: title }), this.saving),
      this.plot,
      this.caption,
    );
  }

  /** @param {{figure: string, caption: string}} chart - plotly's JSON, and the same in words. */
  async draw(plotly, { figure, caption }, run) {
    this.plotly = plotly;
    this.run = run;
    setText(this.caption, caption);
    if (figure === this.drawn) return;
    const { data, layout } = JSON.parse(figure);
    await plotly.react(this.plot, data, layout, CONFIG);
    this.drawn = figure;
    this.saving.hidden = false;
  }

  resize() {
    if (this.drawn && this.plot.offsetParent) this.plotly.Plots.resize(this.plot);
  }

  /** On the ground that it stands on here, under its title: a picture for elsewhere. */
  save(format) {
    const { data, layout } = JSON.parse(this.drawn);
    const ground = getComputedStyle(this.plot).getPropertyValue("--esp-background").trim();
    const height = layout.height + TITLE_ROOM;
    const titled = {
      ...layout,
      ...{ width: SAVED_WIDTH, height, paper_bgcolor: ground, plot_bgcolor: ground },
      margin: { ...layout.margin, t: (layout.margin?.t ?? 0) + TITLE_ROOM },
      title: { text: this.title, x: 0.01, xanchor: "left", y: 1, yanchor: "top", yref: "container", pad: { t: 12, l: 8 } },
    };
    const filename = `espalier-${this.run.replace(/[^\w-]/g, "").slice(0, 40)}-${this.name}`;
    const size = { width: SAVED_WIDTH, height, scale: format === "png" ? SAVED_SCALE : 1 };
    return this.plotly.downloadImage({ data, layout: titled, config: CONFIG }, { format, filename, ...size });
  }

  dispose() {
    if (this.drawn) this.plotly.purge(this.plot);
    this.element.remove();
  }
}
