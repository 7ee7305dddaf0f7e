// A menu. It opens below its button, is walked with the arrow keys, and closes when something is
// chosen, with Escape, or when the focus goes elsewhere.

import { fill, h, setAttribute, uniqueId } from "./dom.js";

export class Menu {
  /**
   * @param {string} name - what it is, for screen readers.
   * @param {(Node|string)[]} face - what stands on its button.
   * @param {() => {attributes: Object, parts: Node[], choose: () => void}[]} entries - asked for
   *   whenever it opens.
   */
  constructor(name, face, entries) {
    const id = uniqueId("menu");
    this.entries = entries;
    this.items = [];
    this.button = h(
      "button",
      {
        ...{ type: "button", class: "esp-button", "aria-haspopup": "menu", "aria-expanded": false, "aria-controls": id },
        on: { click: () => (this.isOpen ? this.close() : this.open()), keydown: (event) => this.buttonKey(event) },
      },
      ...face,
    );
    this.list = h("div", {
      ...{ role: "menu", class: "esp-menu", id, "aria-label": name, hidden: true },
      on: { keydown: (event) => this.key(event) },
    });
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
    this.items = this.entries().map(({ attributes, parts, choose }) =>
      h(
        "button",
        {
          ...{ type: "button", role: "menuitem", class: "esp-menu-item", tabindex: "-1", ...attributes },
          on: { click: () => this.choose(choose) },
        },
        ...parts,
      ),
    );
    fill(this.list, this.items);
    this.list.hidden = false;
    setAttribute(this.button, "aria-expanded", true);
    this.items[0].focus();
  }

  close() {
    this.list.hidden = true;
    setAttribute(this.button, "aria-expanded", false);
  }

  choose(chosen) {
    this.close();
    this.button.focus();
    chosen();
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
