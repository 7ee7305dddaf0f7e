// Views of the same thing, one of them in front, with their tabs.

import { h, setAttribute, uniqueId } from "../dom/dom.js";

export class Views {
  /**
   * @param {{name: string, title: string, element: HTMLElement}[]} views - the first is in front.
   * @param {string} label - what they are, for screen readers.
   * @param {(name: string) => void} onShow - a person brought one to the front.
   */
  constructor(views, label, onShow) {
    this.onShow = onShow;
    this.id = uniqueId("view");
    this.views = views.map((view) => ({ ...view, tab: this.makeTab(view), tabpanel: this.makeTabpanel(view) }));
    this.tablist = h(
      "div",
      { class: "esp-tabs", role: "tablist", "aria-label": label },
      this.views.map(({ tab }) => tab),
    );
    this.element = h(
      "div",
      { class: "esp-views" },
      this.views.map(({ tabpanel }) => tabpanel),
    );
    this.bring(views[0].name);
  }

  makeTab({ name, title }) {
    return h("button", {
      type: "button",
      role: "tab",
      class: "esp-tab",
      id: `${this.id}-tab-${name}`,
      "aria-controls": `${this.id}-${name}`,
      text: title,
      on: { click: () => this.show(name), keydown: (event) => this.key(event) },
    });
  }

  makeTabpanel({ name, element }) {
    return h(
      "div",
      { role: "tabpanel", id: `${this.id}-${name}`, "aria-labelledby": `${this.id}-tab-${name}`, class: "esp-view" },
      element,
    );
  }

  key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const { length } = this.views;
    const next = this.views[(this.views.findIndex(({ name }) => name === this.shown) + by + length) % length];
    this.show(next.name);
    next.tab.focus();
  }

  tabOf(name) {
    return this.views.find((view) => view.name === name).tab;
  }

  /** What a view stands in. */
  panelOf(name) {
    return this.views.find((view) => view.name === name).tabpanel;
  }

  show(name) {
    this.bring(name);
    this.onShow(name);
  }

  bring(shown) {
    this.shown = shown;
    for (const { name, tab, tabpanel } of this.views) {
      setAttribute(tab, "aria-selected", name === shown);
      tab.tabIndex = name === shown ? 0 : -1;
      tabpanel.hidden = name !== shown;
    }
  }
}
