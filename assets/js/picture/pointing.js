// Rings around the nodes that are being spoken of, over the picture and in its place.

import { fill, h } from "../dom/dom.js";

const EDGE = 4;

export class Pointing {
  /** @param {import("./canvas.js").TreeCanvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.shown = "";
    this.element = h("div", { class: "esp-pointing", "aria-hidden": "true" });
    canvas.frame.append(this.element);
  }

  /**
   * Point at these nodes, and at no others; those that are not to be seen are left out.
   *
   * @param {{id: string, label: string}[]} points
   * @param {boolean} [reveal] - bring them into sight, the first one for sure.
   */
  show(points, reveal = false) {
    const shown = JSON.stringify(points);
    if (shown === this.shown) return;
    this.shown = shown;
    fill(
      this.element,
      points.map(({ id, label }) =>
        h("span", { class: "esp-ring", "data-node": id }, label && h("span", { class: "esp-ring-label", text: label })),
      ),
    );
    if (reveal) for (const { id } of [...points].reverse()) this.canvas.reveal(id);
    this.follow();
  }

  /** What a ring says is read whole, at the picture's edges, too. */
  keepInside(label, x) {
    if (!label) return;
    const half = label.offsetWidth / 2 + EDGE;
    const shift = Math.max(0, half - x) - Math.max(0, x + half - this.canvas.size.width);
    label.style.translate = shift ? `${Math.round(shift)}px` : "";
  }

  /** The nodes move with the camera, and as the tree grows. */
  follow() {
    for (const ring of this.element.children) {
      const place = this.canvas.positionOf(ring.dataset.node);
      ring.hidden = !place;
      if (!place) continue;
      ring.style.transform = `translate(${Math.round(place.x)}px, ${Math.round(place.y)}px)`;
      this.keepInside(ring.firstElementChild, place.x);
    }
  }
}
