// The ways to the lanes where they stand one below the other, and Stop while they run: on a narrow
// screen both stay in sight.

import { fill, h, reducedMotion, setAttribute, setText } from "../dom/dom.js";

export class Ways {
  /** @param {{stop: () => void}} wiring */
  constructor({ stop }) {
    this.lanes = [];
    this.list = h("ul", {});
    this.nav = h("nav", { "aria-label": "Lanes" }, this.list);
    this.halt = h("button", { type: "button", class: "esp-button", text: "Stop", hidden: true, on: { click: stop } });
    this.element = h("div", { class: "race-ways" }, this.nav, this.halt);
  }

  /** @param {import("./lane.js").LaneView[]} lanes */
  show(lanes) {
    this.lanes = lanes;
    this.parts = lanes.map((lane) => {
      const [name, mark] = [h("span", { class: "race-way-name", dir: "auto" }), h("span", { class: "race-way-mark" })];
      const number = h("span", { class: "race-number", text: String(lane.number + 1) });
      const way = h("button", { type: "button", class: "esp-button", on: { click: () => go(lane) } }, number, name, mark);
      return { name, mark, way };
    });
    fill(this.list, this.parts.map(({ way }) => h("li", {}, way)));
  }

  /** What each lane is called, and what came out of it by the moment on show. */
  update() {
    for (const [index, { name, mark, way }] of this.parts.entries()) {
      const { name: title, right, number } = this.lanes[index];
      const [sign, word] = right === null ? ["", ""] : right ? ["✓", ", right"] : ["✗", ", wrong"];
      setText(name, title.textContent);
      setText(mark, sign);
      setAttribute(way, "aria-label", `To lane ${number + 1}: ${title.textContent}${word}`);
    }
  }

  working(on) {
    this.halt.hidden = !on;
  }
}

function go({ element }) {
  element.scrollIntoView({ block: "start", behavior: reducedMotion() ? "auto" : "smooth" });
  element.focus({ preventScroll: true });
}
