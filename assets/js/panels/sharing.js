// What can be taken away: the recipe as a link, the run as files. And help.

import { h, setText } from "../dom/dom.js";
import { copyText } from "../dom/sharing.js";
import { icon } from "../dom/icons.js";
import { isPasted } from "../words/annotations.js";
import { SaveMenu } from "../taking/menu.js";

const SAID_MS = 4000;
const LINK_TITLE = "The link runs this search again, with the same result, and shows this moment and this step of it.";

export class Sharing {
  /** @param {{actions: import("./list.js").Actions}} given */
  constructor({ actions }) {
    this.actions = actions;
    this.said = h("span", { class: "esp-copied", role: "status" });
    this.copy = h(
      "button",
      { type: "button", class: "esp-button", on: { click: () => this.copyLink() } },
      icon("link"),
      "Copy link",
    );
    this.menu = new SaveMenu((kind) => this.save(kind));
    this.present = h(
      "button",
      {
        ...{ type: "button", class: "esp-button esp-icon-button", "aria-label": "Present" },
        ...{ title: "Present: large, for a lecture hall (Shift+P)", on: { click: () => actions.present() } },
      },
      icon("present"),
    );
    this.group = h(
      "button",
      {
        ...{ type: "button", class: "esp-button", title: "Class: others follow this page by a short code" },
        ...{ "aria-label": "Class", on: { click: () => actions.attending.toggleLobby() } },
      },
      icon("group"),
      "Class",
    );
    const help = h("button", {
      type: "button",
      class: "esp-button esp-icon-button",
      "aria-label": "Keyboard shortcuts",
      title: "Keyboard shortcuts (?)",
      text: "?",
      on: { click: () => actions.showHelp() },
    });
    this.element = h("div", { class: "esp-sharing" }, this.copy, this.menu.element, actions.attending && this.group, this.present, help, this.said);
  }

  update({ log, tree }) {
    this.copy.hidden = this.actions.alone;
    this.group.disabled = Boolean(this.actions.attending?.role);
    this.copy.disabled = !tree.started || isPasted(tree.started);
    this.copy.title = isPasted(tree.started) ? "A pasted text has no recipe; its trace can be saved." : LINK_TITLE;
    this.menu.button.disabled = this.present.disabled = !tree.root;
    this.menu.button.title = log.complete ? "" : "The run as far as it has arrived";
  }

  async copyLink() {
    const done = await copyText(this.actions.link());
    this.say(done ? "Link copied." : "The browser did not allow copying.");
  }

  async save(kind) {
    try {
      await this.actions.save(kind);
    } catch (error) {
      console.warn(error);
      this.say(`Not saved: ${error.message}`);
    }
  }

  say(text) {
    setText(this.said, text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => setText(this.said, ""), SAID_MS);
  }

  dispose() {
    clearTimeout(this.timer);
  }
}
