// The tools for the picture: zoom, fit, follow, and moving it without dragging.

import { h, setAttribute } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const ZOOM = 1.3;

export class Tools {
  /** @param {import("../picture/canvas.js").TreeCanvas} canvas */
  constructor(canvas) {
    this.follow = tool("Follow the growing tree", "follow", () => canvas.setFollow(!canvas.follow), {
      "aria-pressed": "true",
    });
    this.moves = h(
      "div",
      { class: "esp-moves", role: "group", "aria-label": "Move the picture" },
      tool("Show what is left", "left", () => canvas.nudge(1, 0)),
      tool("Show what is above", "up", () => canvas.nudge(0, 1)),
      tool("Show what is below", "down", () => canvas.nudge(0, -1)),
      tool("Show what is right", "right", () => canvas.nudge(-1, 0)),
    );
    this.element = h(
      "div",
      { class: "esp-tools" },
      this.moves,
      tool("Zoom in", "plus", () => canvas.zoom(ZOOM)),
      tool("Zoom out", "minus", () => canvas.zoom(1 / ZOOM)),
      tool("Fit the tree", "fit", () => canvas.fit()),
      this.follow,
    );
  }

  /** The camera has moved: what is outside the picture can be reached, and following may be over. */
  update({ follow, overflowing }) {
    setAttribute(this.follow, "aria-pressed", follow);
    this.moves.hidden = !overflowing;
  }
}

function tool(label, picture, handler, attributes = {}) {
  return h(
    "button",
    {
      type: "button",
      class: "esp-button esp-icon-button",
      "aria-label": label,
      title: label,
      on: { click: handler },
      ...attributes,
    },
    icon(picture),
  );
}
