// The menu of what can be taken away. It opens below its button, is walked with the arrow keys, and
// closes when something is chosen, with Escape, or when the focus goes elsewhere.

import { h, setAttribute, uniqueId } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const ENTRIES = [
  { kind: "html", label: "Page (HTML)", about: "opens anywhere, without a network" },
  { kind: "png", label: "Picture (PNG)", about: "the view on show" },
  { kind: "svg", label: "Drawing (SVG)", about: "the view on show, sharp at any size" },
  { kind: "jsonl", label: "Trace (JSONL)", about: "everything that happened" },
];

export class SaveMenu {
  /** @param {(kind: string) => void} choose */
  constructor(choose) {
    const id = uniqueId("save");
    this.button = h(
      "button",
      {
        ...{ type: "button", class: "esp-button", "aria-haspopup": "menu", "aria-expanded": false, "aria-controls": id },
        on: { click: () => (this.isOpen ? this.close() : this.open()), keydown: (event) => this.buttonKey(event) },
      },
      icon("save"),
      "Save",
    );
    this.items = ENTRIES.map(({ kind, label, about }) =>
      h(
        "button",
        {
          ...{ type: "button", role: "menuitem", class: "esp-menu-item", tabindex: "-1", "data-kind": kind },
          on: { click: () => this.choose(kind, choose) },
        },
        h("span", { text: label }),
        h("span", { class: "esp-quiet", text: about }),
      ),
    );
    this.list = h(
      "div",
      { ...{ role: "menu", class: "esp-menu", id, "aria-label": "Save", hidden: true }, on: { keydown: (event) => this.key(event) } },
      this.items,
    );
    this.element = h(
      "div",
      { class: "esp-menu-place", on: { focusout: (event) => this.left(event) } },
      this.button,
      this.list,
    );
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open() {
    this.list.hidden = false;
    setAttribute(this.button, "aria-expanded", true);
    this.items[0].focus();
  }

  close() {
    this.list.hidden = true;
    setAttribute(this.button, "aria-expanded", false);
  }

  choose(kind, chosen) {
    this.close();
    this.button.focus();
    chosen(kind);
  }

  /** A click on nothing takes the focus nowhere: that leaves the menu, too. */
  left({ relatedTarget }) {
    if (!this.element.contains(relatedTarget)) this.close();
  }

  buttonKey(event) {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    this.open();
  }

  key(event) {
    const at = this.items.indexOf(document.activeElement);
    const last = this.items.length - 1;
    const to = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to !== undefined) this.items[to].focus();
    else if (event.key === "Escape") {
      this.close();
      this.button.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
