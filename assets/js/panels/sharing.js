// What can be taken away: the recipe as a link, and the trace as a file. And help.

import { h, setText } from "../dom/dom.js";
import { copyText, saveFile } from "../dom/sharing.js";
import { icon } from "../dom/icons.js";
import { isPasted } from "../words/annotations.js";

const SAID_MS = 4000;

export class Sharing {
  /** @param {{actions: import("./list.js").Actions}} given */
  constructor({ actions }) {
    this.actions = actions;
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
    const help = h("button", {
      type: "button",
      class: "esp-button esp-icon-button",
      "aria-label": "Keyboard shortcuts",
      title: "Keyboard shortcuts (?)",
      text: "?",
      on: { click: () => actions.showHelp() },
    });
    this.element = h("div", { class: "esp-sharing" }, this.copy, this.save, help, this.copied);
  }

  update({ log, tree }) {
    this.run = log.run;
    this.copy.disabled = !tree.started || isPasted(tree.started);
    this.copy.title = isPasted(tree.started) ? "A pasted text has no recipe; its trace can be downloaded." : "";
    this.save.disabled = log.length === 0;
    this.save.title = log.complete ? "" : "The trace as far as it has arrived";
  }

  async copyLink() {
    const done = await copyText(this.actions.link());
    setText(this.copied, done ? "Link copied." : "The browser did not allow copying.");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => setText(this.copied, ""), SAID_MS);
  }

  saveTrace() {
    const name = this.run.replace(/[^\w-]/g, "").slice(0, 40) || "run";
    saveFile(`espalier-${name}.jsonl`, this.actions.trace());
  }

  dispose() {
    clearTimeout(this.timer);
  }
}
