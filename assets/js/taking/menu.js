// The menu of what can be taken away.

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { Menu } from "../dom/menu.js";

const ENTRIES = [
  { kind: "html", label: "Page (HTML)", about: "opens anywhere, without a network" },
  { kind: "png", label: "Picture (PNG)", about: "the view on show" },
  { kind: "svg", label: "Drawing (SVG)", about: "the view on show, sharp at any size" },
  { kind: "jsonl", label: "Trace (JSONL)", about: "everything that happened" },
];

export class SaveMenu extends Menu {
  /** @param {(kind: string) => void} choose */
  constructor(choose) {
    super("Save", [icon("save"), "Save"], () =>
      ENTRIES.map(({ kind, label, about }) => ({
        attributes: { "data-kind": kind },
        parts: [h("span", { text: label }), h("span", { class: "esp-quiet", text: about })],
        choose: () => choose(kind),
      })),
    );
  }
}
