// The charts: Gradio draws them; here is their place among the views of the tree.

import { h } from "../dom/dom.js";

export class Charts {
  /** @param {{charts: {id: string, draw: () => void}}} given */
  constructor({ charts }) {
    this.charts = charts;
    this.element = h("div", { class: "esp-charts", tabindex: "0", role: "region", "aria-label": "Charts" });
    this.drawn = "";
  }

  /** Called while the view is in front. */
  update({ log }) {
    const made = document.getElementById(this.charts.id);
    if (made && made.parentElement !== this.element) this.element.append(made);
    const key = `${log.run}|${log.complete}`;
    if (key === this.drawn) return;
    this.drawn = key;
    this.charts.draw();
  }
}
