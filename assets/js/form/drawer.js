// The drawer: a labelled region over the page's right side. Escape closes it; the focus goes in with
// it and comes back.

import { h } from "../dom/dom.js";

const TREE = "search-tree";
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
    // Run brings the tree into view: where the drawer hides some of it, it goes. Whoever looks
    // through examples keeps it, unless it hides nearly everything.
    document.getElementById("run")?.addEventListener("click", () => {
      const tree = document.getElementById(TREE)?.getBoundingClientRect();
      if (tree && tree.right > innerWidth - element.offsetWidth) this.close();
    });
    element.addEventListener("shown", () => {
      if (element.offsetWidth > COVERING * innerWidth) this.close();
    });
  }

  get isOpen() {
    return this.element.classList.contains("open");
  }

  /** Open it, at this control if one is named; one of the composer needs no drawer. */
  open(control) {
    const target = control === null ? null : document.getElementById(control);
    if (target?.closest(IN_COMPOSER)) {
      focusIn(target);
      return;
    }
    if (!this.isOpen) {
      this.before = document.activeElement;
      this.element.inert = false;
      this.element.classList.add("open");
      this.onChange(true);
    }
    if (control === null) this.title.focus();
    else if (target) show(target);
    else this.unfold(control);
  }

  /** What is in a closed accordion is not on the page: open them, and wait for the control. */
  unfold(control) {
    this.title.focus();
    const observer = new MutationObserver(() => {
      const target = document.getElementById(control);
      if (!target && this.isOpen) return;
      observer.disconnect();
      if (target) show(target);
    });
    observer.observe(this.element, { childList: true, subtree: true });
    for (const head of this.element.querySelectorAll(".label-wrap:not(.open)")) head.click();
  }

  close() {
    if (!this.isOpen) return;
    // Whoever is elsewhere, on Run, stays there.
    const inside = this.element.contains(document.activeElement);
    this.element.classList.remove("open");
    this.element.inert = true;
    this.onChange(false);
    if (inside) this.home()?.focus();
  }

  /** Where the focus came from. The chips may have been drawn anew since: then the same one's new self. */
  home() {
    if (this.before?.isConnected) return this.before;
    const control = this.before?.dataset.control;
    const chip = control && document.querySelector(`#chips [data-control="${control}"]`);
    return chip || document.getElementById("open-drawer");
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

function show(control) {
  focusIn(control);
  control.scrollIntoView({ block: "center" });
}
