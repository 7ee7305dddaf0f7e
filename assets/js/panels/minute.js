// The first minute's words over the picture: what there is to see, and what three terms mean.

import { h, setAttribute, setText } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { alsoOf, placesOf, TERMS } from "../minute/script.js";

export class MinutePanel {
  /** @param {{actions: import("./list.js").Actions}} given */
  constructor({ actions }) {
    this.actions = actions;
    this.said = h("p", { class: "esp-minute-said", "aria-live": "polite" });
    // Until its run is here it stands as it will stand then: nothing below must jump.
    const due = actions.openingDue();
    this.terms = new Map(TERMS.map((term, index) => [term.name, this.makeTerm(term, due && index === 0)]));
    this.list = h("ul", { class: "esp-minute-terms" }, [...this.terms.values()]);
    this.now = h("button", { type: "button", class: "esp-button esp-primary", text: "Now you", on: { click: () => this.handOver() } });
    this.skip = h("button", {
      type: "button",
      class: "esp-button",
      title: "Show the whole search (Esc)",
      text: "Skip",
      hidden: !due,
      on: { click: actions.skipOpening },
    });
    this.again = h(
      "button",
      {
        ...{ type: "button", class: "esp-button esp-icon-button", "aria-label": "Play again", title: "Play again", hidden: due },
        on: { click: actions.playOpening },
      },
      icon("play"),
    );
    this.close = h(
      "button",
      { type: "button", class: "esp-button esp-icon-button esp-minute-close", "aria-label": "Close the introduction", on: { click: () => this.dismiss() } },
      icon("close"),
    );
    this.element = h(
      "section",
      {
        ...{ class: "esp-minute", "aria-label": "Introduction", hidden: !actions.openingExpected() },
        ...{ "data-opening": "true", "data-playing": due },
      },
      this.said,
      this.list,
      h("div", { class: "esp-minute-buttons" }, this.now, this.skip, this.again, this.close),
    );
    const point = () => this.actions.point(this.told?.points ?? []);
    this.said.addEventListener("pointerenter", point);
    this.said.addEventListener("pointerleave", () => this.actions.point([]));
  }

  /** A sentence that shows, while it is pointed at or focused, where in the picture it is true. */
  makeTerm({ name, says }, current) {
    const show = () => this.tree && this.actions.point(placesOf(name, this.tree));
    const hide = () => this.actions.point(this.told?.playing ? this.told.points : []);
    return h(
      "li",
      { class: "esp-minute-term", "data-current": current },
      h(
        "button",
        { type: "button", class: "esp-minute-show", on: { pointerenter: show, focus: show, click: show, pointerleave: hide, blur: hide } },
        h("b", { text: `A ${name}` }),
        h("span", { class: "esp-minute-says", text: ` ${says}` }),
        h("span", { class: "esp-minute-says esp-minute-also" }),
      ),
    );
  }

  update({ tree, minute, selected }) {
    const gone = !minute || tree.started?.run === this.dismissed;
    const news = !gone && minute.sentence !== (this.told?.sentence ?? "");
    // Whoever has selected a step looks there.
    if (selected || (gone && this.told)) this.actions.point([]);
    else if (gone) {
      // What others point at stays.
    } else if (news || minute.playing) this.actions.point(minute.points, !minute.playing);
    this.told = gone ? null : minute;
    this.tree = tree;
    this.element.hidden = gone;
    if (gone) return;
    const { sentence, term, playing, opening } = minute;
    setText(this.said, sentence);
    this.said.hidden = !sentence;
    this.list.hidden = !opening;
    for (const [name, entry] of this.terms) {
      setAttribute(entry, "data-current", name === term);
      setText(entry.querySelector(".esp-minute-also"), ` ${alsoOf(name, tree)}`);
    }
    setAttribute(this.element, "data-playing", playing);
    setAttribute(this.element, "data-opening", opening);
    this.skip.hidden = !playing;
    this.again.hidden = playing || !opening;
    // A class's pupil is where the teacher is.
    this.now.hidden = !minute.invites || this.actions.attending?.role === "pupil";
  }

  /** The person takes over: nothing more is said of this run. */
  handOver() {
    this.dismiss();
    this.actions.nowYou();
  }

  dismiss() {
    this.dismissed = this.tree?.started?.run;
    this.actions.skipOpening();
    this.actions.point([]);
    this.element.hidden = true;
  }

  reset() {
    this.dismissed = null;
    this.told = null;
    this.actions.point([]);
  }
}
