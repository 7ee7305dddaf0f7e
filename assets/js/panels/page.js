// The explorer's page: where each part stands, the tools for the picture, and the tabs.

import { h, setAttribute, setText, uniqueId } from "../dom/dom.js";
import { copyText, saveFile } from "../dom/sharing.js";
import { icon } from "../dom/icons.js";
import { isPasted } from "../words/signs.js";

const TABS = [
  ["tree", "Tree"],
  ["outline", "Outline"],
];

export class Page {
  /** @param {import("../explorer.js").Explorer} explorer */
  constructor(root, explorer) {
    this.explorer = explorer;
    this.id = uniqueId("view");
    this.shown = "tree";
    const { story, canvas, outline, legend, timeline, inspector, answers, costs } = explorer;
    this.tools = this.makeTools(canvas);
    this.panels = { tree: canvas.frame, outline: outline.element };
    root.replaceChildren(
      h("div", { class: "esp-top" }, story.element, this.makeSharing()),
      h(
        "div",
        { class: "esp-body" },
        h(
          "div",
          { class: "esp-main" },
          h("div", { class: "esp-bar-top" }, this.makeTabs(), this.tools),
          legend.element,
          h(
            "div",
            { class: "esp-views" },
            Object.entries(this.panels).map(([name, panel]) => this.wrap(name, panel)),
          ),
          timeline.element,
        ),
        h("div", { class: "esp-side" }, inspector.element),
      ),
      h("div", { class: "esp-sums" }, answers.element, costs.element),
    );
    this.showTab("tree");
  }

  // Tabs ------------------------------------------------------------------------------------

  makeTabs() {
    this.tabs = TABS.map(([name, title]) =>
      h("button", {
        type: "button",
        role: "tab",
        class: "esp-tab",
        id: `${this.id}-tab-${name}`,
        "aria-controls": `${this.id}-${name}`,
        text: title,
        on: { click: () => this.showTab(name), keydown: (event) => this.tabKeys(event) },
      }),
    );
    return h("div", { class: "esp-tabs", role: "tablist", "aria-label": "Views of the tree" }, this.tabs);
  }

  wrap(name, panel) {
    return h(
      "div",
      { role: "tabpanel", id: `${this.id}-${name}`, "aria-labelledby": `${this.id}-tab-${name}`, class: "esp-view" },
      panel,
    );
  }

  tabKeys(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (TABS.findIndex(([name]) => name === this.shown) + by + TABS.length) % TABS.length;
    this.showTab(TABS[next][0]);
    this.tabs[next].focus();
  }

  showTab(name) {
    this.shown = name;
    TABS.forEach(([tab], index) => {
      const chosen = tab === name;
      setAttribute(this.tabs[index], "aria-selected", chosen);
      this.tabs[index].tabIndex = chosen ? 0 : -1;
      this.panels[tab].parentElement.hidden = !chosen;
    });
    this.tools.hidden = name !== "tree";
    if (this.explorer.page) this.explorer.refreshNow();
  }

  shows(name) {
    return this.shown === name;
  }

  // Tools for the picture -------------------------------------------------------------------

  makeTools(canvas) {
    const tool = (label, picture, handler, attributes = {}) =>
      h(
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
    return h(
      "div",
      { class: "esp-tools" },
      this.moves,
      tool("Zoom in", "plus", () => canvas.zoom(1.3)),
      tool("Zoom out", "minus", () => canvas.zoom(1 / 1.3)),
      tool("Fit the tree", "fit", () => canvas.fit()),
      this.follow,
    );
  }

  updateCamera(canvas) {
    setAttribute(this.follow, "aria-pressed", canvas.follow);
    this.moves.hidden = !canvas.overflowing;
  }

  // Sharing ---------------------------------------------------------------------------------

  makeSharing() {
    this.copied = h("span", { class: "esp-copied", role: "status" });
    this.copy = h(
      "button",
      { type: "button", class: "esp-button", on: { click: () => this.copyLink() } },
      icon("link"),
      "Copy link",
    );
    this.save = h(
      "button",
      { type: "button", class: "esp-button", on: { click: () => this.saveTrace() } },
      icon("save"),
      "Download trace",
    );
    this.help = h("button", {
      type: "button",
      class: "esp-button esp-icon-button",
      "aria-label": "Keyboard shortcuts",
      title: "Keyboard shortcuts (?)",
      text: "?",
      on: { click: () => this.explorer.keys.showHelp() },
    });
    return h("div", { class: "esp-sharing" }, this.copy, this.save, this.help, this.copied);
  }

  async copyLink() {
    const done = await copyText(this.explorer.link());
    setText(this.copied, done ? "Link copied." : "The browser did not allow copying.");
    clearTimeout(this.forget);
    this.forget = setTimeout(() => setText(this.copied, ""), 4000);
  }

  saveTrace() {
    const { log } = this.explorer;
    const name = log.run.replace(/[^\w-]/g, "").slice(0, 40) || "run";
    saveFile(`espalier-${name}.jsonl`, this.explorer.trace());
  }

  update({ log, tree }) {
    this.copy.disabled = !tree.started || isPasted(tree.started);
    this.copy.title = isPasted(tree.started) ? "A pasted text has no recipe; its trace can be downloaded." : "";
    this.save.disabled = log.length === 0;
    this.save.title = log.complete ? "" : "The trace as far as it has arrived";
  }
}
