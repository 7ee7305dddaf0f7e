// Where everything stands: the picture in the middle, and each panel in its place around it.

import { h } from "../dom/dom.js";
import { Tools } from "./tools.js";
import { Views } from "./views.js";

const PICTURE = "tree";

export class Page {
  /**
   * @param {HTMLElement} root
   * @param {import("../picture/canvas.js").TreeCanvas} canvas
   * @param {{name: string, place: string, title: ?string, panel: import("./list.js").Panel}[]} panels
   * @param {() => void} onShow - another view has come to the front.
   */
  constructor(root, canvas, panels, onShow) {
    const at = (place) => panels.filter((entry) => entry.place === place);
    const elements = (place) => at(place).map(({ panel }) => panel.element);
    this.canvas = canvas;
    this.tools = new Tools(canvas);
    const others = at("views").map(({ name, title, panel }) => ({ name, title, element: panel.element }));
    this.views = new Views([{ name: PICTURE, title: "Tree", element: canvas.frame }, ...others], (name) => {
      this.tools.element.hidden = name !== PICTURE;
      onShow();
    });
    root.replaceChildren(
      h("div", { class: "esp-top" }, elements("top")),
      h(
        "div",
        { class: "esp-body" },
        h(
          "div",
          { class: "esp-main" },
          h("div", { class: "esp-bar-top" }, this.views.tablist, this.tools.element),
          elements("above"),
          this.views.element,
          elements("below"),
        ),
        h("div", { class: "esp-side" }, elements("side")),
      ),
      h("div", { class: "esp-sums" }, elements("bottom")),
    );
  }

  /** Whether this view is in front. */
  shows(name) {
    return this.views.shown === name;
  }

  /** The picture's camera has moved. */
  updateCamera() {
    this.tools.update(this.canvas);
  }
}
