// What came of a race, in a line above its lanes, and where each lane parts from the first. The
// server says both; that one problem proves nothing is said with it.

import { fill, h, setAttribute } from "../dom/dom.js";

export class Outcome {
  /**
   * @param {{many: () => void, moment: (parting: Object) => void}} wiring - the race on many problems
   *   is wanted; the moment at which a lane parts is.
   */
  constructor({ many, moment }) {
    Object.assign(this, { many, moment });
    this.element = h("p", { class: "race-outcome", role: "status", dir: "auto" });
    this.partings = h("div", { class: "race-partings", role: "status" });
    this.clear();
  }

  clear() {
    fill(this.element);
    fill(this.partings);
  }

  /** While the lanes still run before one's eyes, who wins is not said. */
  wait(on) {
    setAttribute(this.element, "data-waits", on);
  }

  /** @param {boolean} triable - whether the race can be run on other problems. */
  show({ outcome, partings, lanes }, triable) {
    fill(this.element, h("span", { text: outcome }), triable ? this.invitation() : null);
    fill(this.partings, partings.map((parting, index) => this.parted(parting, index + 2, lanes[0].answer !== null)));
  }

  invitation() {
    const open = (event) => {
      event.preventDefault();
      this.many();
    };
    const link = h("a", { href: "#race-trials-name", on: { click: open }, text: "On 20 problems" });
    return h("span", { class: "race-invitation" }, " One problem proves nothing: see below, ", link, ".");
  }

  parted(parting, number, answered) {
    const same = `Lane ${number} is the same as lane 1 to its end${answered ? ", and so is its answer" : ""}.`;
    const label = `Show where lane ${number} parts from lane 1`;
    return h(
      "p",
      {},
      h("span", { class: "race-diamond", "aria-hidden": "true", text: "◆" }),
      h("span", { dir: "auto", text: parting?.sentence ?? same }),
      parting && h("button", { type: "button", class: "esp-button race-moment", "aria-label": label, text: "Show", on: { click: () => this.moment(parting) } }),
    );
  }
}
