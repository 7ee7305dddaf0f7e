// Where everything stands: the headline, the picture, and each panel in its place around it.

import { h } from "../dom/dom.js";
import { Side } from "./side.js";
import { Tools } from "./tools.js";
import { Views } from "./views.js";

const PICTURE = "tree";
/** Views that the legend is the key to. */
const KEYED = [PICTURE, "outline"];

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
    const views = (place) => at(place).map(({ name, title, panel }) => ({ name, title, element: panel.element }));
    this.canvas = canvas;
    this.tools = new Tools(canvas);
    this.above = h("div", { class: "esp-above" }, elements("above"));
    this.views = new Views(
      [{ name: PICTURE, title: "Tree", element: canvas.frame }, ...views("views")],
      "Views of the tree",
      (name) => {
        this.tools.element.hidden = name !== PICTURE;
        this.above.hidden = !KEYED.includes(name);
        onShow();
      },
    );
    this.side = new Side(views("side"), onShow);
    // Whoever goes by keyboard comes to the picture before all that is around it, though it stands
    // below its tabs and the key (the style sheet's `order`).
    this.views.panelOf(PICTURE).append(...elements("picture"));
    root.replaceChildren(
      h("div", { class: "esp-top" }, elements("top")),
      ...elements("between"),
      h(
        "div",
        { class: "esp-body" },
        h(
          "div",
          { class: "esp-main" },
          this.views.element,
          h("div", { class: "esp-bar-top" }, this.views.tablist, this.tools.element),
          this.above,
          elements("below"),
        ),
        elements("beside"),
        this.side.element,
      ),
      ...elements("end"),
    );
  }

  /** Bring the picture to the front. */
  showPicture() {
    if (!this.shows(PICTURE)) this.views.show(PICTURE);
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
