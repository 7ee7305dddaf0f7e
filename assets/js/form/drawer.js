// The drawer: a labelled region over the page's right side. Escape closes it; the focus goes in with
// it and comes back.

import { h } from "../dom/dom.js";

const COVERING = 0.6;
const IN_COMPOSER = "#composer";

export class Drawer {
  /** @param {HTMLElement} element - Gradio's column; what is in it stays Gradio's. */
  constructor(element) {
    this.element = element;
    this.onChange = () => {};
    this.close = this.close.bind(this);
    const title = h("h2", { id: "drawer-title", text: "All settings", tabindex: "-1" });
    this.title = title;
    const button = h("button", { type: "button", class: "drawer-close", id: "close-drawer", "aria-label": "Close the settings", text: "×" });
    button.addEventListener("click", this.close);
    element.prepend(h("div", { class: "drawer-head" }, title, button));
    element.setAttribute("role", "dialog");
    element.setAttribute("aria-labelledby", "drawer-title");
    element.inert = true;
    element.addEventListener("keydown", (event) => this.key(event));
    // Run brings the tree into view: where the drawer hides it, it goes.
    document.getElementById("run")?.addEventListener("click", () => {
      if (element.offsetWidth > COVERING * innerWidth) this.close();
    });
  }

  get isOpen() {
    return this.element.classList.contains("open");
  }

  /** Open it, at this control if one is named; one of the composer needs no drawer. */
  open(control) {
    const target = control === null ? null : document.getElementById(control);
    if (target?.closest(IN_COMPOSER)) return focusIn(target);
    if (!this.isOpen) {
      this.before = document.activeElement;
      this.element.inert = false;
      this.element.classList.add("open");
      this.onChange(true);
    }
    if (!target) return this.title.focus();
    unfold(target, this.element);
    focusIn(target);
    target.scrollIntoView({ block: "center" });
  }

  close() {
    if (!this.isOpen) return;
    this.element.classList.remove("open");
    this.element.inert = true;
    this.onChange(false);
    const home = this.before?.isConnected ? this.before : document.getElementById("open-drawer");
    home?.focus();
  }

  key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }
}

/** The chosen radio button of a group, its first otherwise; the field where there is none. */
function focusIn(control) {
  const field = control.querySelector("input:checked") ?? control.querySelector("input, textarea, select, button");
  field?.focus();
}

/** Gradio keeps what is in a closed accordion, unseen: open those around the control. */
function unfold(control, within) {
  for (let at = control; at && at !== within; at = at.parentElement) {
    const head = at.querySelector(":scope > .label-wrap");
    if (head && !head.classList.contains("open")) head.click();
  }
}
