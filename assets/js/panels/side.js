// The side: the story, the selected step, the answers and the cost, one of them in front. Beside the
// picture where there is room; on a narrow page a sheet from below, opened by its tabs.

import { h, setAttribute } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { Views } from "./views.js";

const STORY = "chronicle";
const STEP = "inspector";

export class Side {
  /**
   * @param {{name: string, title: string, element: HTMLElement}[]} panels - the first is in front.
   * @param {() => void} onShow - a person brought another one to the front.
   */
  constructor(panels, onShow) {
    this.views = new Views(panels, "Beside the tree", (name) => {
      this.setOpen(this.shown !== name || !this.open);
      this.shown = name;
      onShow();
    });
    this.shown = this.views.shown;
    this.close = h(
      "button",
      { type: "button", class: "esp-side-close", "aria-label": "Close the panel", on: { click: () => this.setOpen(false) } },
      icon("close"),
    );
    this.element = h("div", { class: "esp-side" }, h("div", { class: "esp-side-bar" }, this.views.tablist, this.close), this.views.element);
    this.selected = null;
    /** What is selected, whether or not the moment on show has it. */
    this.wanted = null;
    /** The node that was acted on: selected once more in the run that comes of it, it leaves the sheet down. */
    this.acted = null;
    this.setOpen(false);
  }

  /** Whether the sheet is up; beside the picture it always is. */
  setOpen(open) {
    this.open = open;
    setAttribute(this.element, "data-open", open);
  }

  /**
   * Another node is selected: it comes to the front, and goes when it is let go of. A sheet stays down
   * where a person did not select it now: they are led, or a step comes back as the cursor moves.
   *
   * @param {?string} selected - as the moment on show has it.
   * @param {?string} [wanted] - whether or not it has.
   * @param {boolean} [led]
   */
  follow(selected, wanted = selected, led = false) {
    const quiet = led || wanted === this.wanted;
    this.wanted = wanted;
    if (selected === this.selected) return;
    this.selected = selected;
    if (selected !== null) {
      this.bring(STEP, !quiet && selected !== this.acted);
      this.acted = null;
    } else if (this.shown === STEP) this.bring(STORY, false);
  }

  /** What turned out to be a duplicate is shown as its original from now on: nobody selected that. */
  rename(selected, original) {
    if (this.selected === selected) this.selected = original;
  }

  /** What comes of an act is seen in the picture: it gets the sheet's room. */
  makeRoom(node) {
    const inside = this.views.element.contains(document.activeElement);
    this.acted = node;
    this.setOpen(false);
    // Beside the picture it stays, and so does the focus.
    if (inside && !this.views.element.offsetParent) this.views.tabOf(this.shown).focus();
  }

  bring(name, open) {
    this.shown = name;
    this.views.bring(name);
    this.setOpen(open);
  }
}
