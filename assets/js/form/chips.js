// The line of chips: what is set, what of it was changed since the run on show, and the way back.

import { fill, h, setAttribute, setText } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { tellPage } from "../dom/standing.js";

/** Of texts that were changed a chip has no room to say how. */
const TEXTS = ["problem", "reference", "system-prompt"];

export class Chips {
  /**
   * @param {HTMLElement} element - the line.
   * @param {{open: (control: ?string) => void, back: () => void}} actions
   */
  constructor(element, { open, back }) {
    this.open = open;
    this.list = h("ul", { class: "chip-list", "aria-label": "What is set", tabindex: "-1" });
    this.back = h("button", { type: "button", class: "chip chip-back", hidden: true, on: { click: back } });
    this.back.append(icon("undo"), h("span", { text: "Back to the run on show" }));
    this.back.title = "Set everything as it was for the run on show";
    this.back.setAttribute("aria-label", "Back to the run on show");
    this.all = h("button", {
      type: "button",
      class: "chip chip-all",
      id: "open-drawer",
      "aria-expanded": "false",
      "aria-controls": "drawer",
      on: { click: () => open(null) },
    });
    this.more = h("b", { class: "chip-more" });
    this.all.append(icon("settings"), h("span", { text: "All settings" }), this.more);
    // Who walks on by keyboard sees those that have no room, too; afterwards the first ones stand there again.
    this.list.addEventListener("focusout", () => (this.list.scrollTop = 0));
    new ResizeObserver(() => this.countHidden()).observe(this.list);
    fill(element, this.list, this.back, this.all);
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Settings");
    this.drawn = "";
  }

  setOpen(open) {
    setAttribute(this.all, "aria-expanded", open);
  }

  /** @param {import("./settings.js").Setting[]} settings */
  update(settings) {
    const drawn = JSON.stringify(settings);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = document.activeElement?.closest?.(".chip")?.dataset.control;
    // What was changed comes first: a narrow line shows its beginning.
    const ordered = [...settings].sort((one, other) => Number(other.was !== null) - Number(one.was !== null));
    fill(this.list, ordered.map((setting) => h("li", {}, this.chip(setting))));
    if (focused) this.list.querySelector(`[data-control="${focused}"]`)?.focus();
    tellPage(this.list, { "own-problem": settings.some(({ control, was }) => control === "problem" && was !== null) });
    this.back.hidden = !settings.some(({ was, lasts }) => was !== null && !lasts);
    this.countHidden();
  }

  /** Chips that have no room stand in lines below, which nobody sees: it is said how many they are. */
  countHidden() {
    const shown = [...this.list.children].filter((item) => item.offsetParent);
    const hidden = shown.filter((item) => item.offsetTop > shown[0].offsetTop).length;
    setText(this.more, hidden ? `+${hidden}` : "");
    this.all.title = hidden ? `${hidden} more than there is room for` : "";
  }

  chip({ control, name, term, value, was }) {
    const changed = was !== null;
    const text = changed && TEXTS.includes(control);
    return h(
      "button",
      {
        type: "button",
        class: changed ? "chip chip-changed" : "chip",
        "data-control": control,
        "data-term": term,
        title: changed ? `${name}: ${value}. It is ${was} in the run on show.` : term ? null : `${name}: ${value}`,
        on: { click: () => this.open(control) },
      },
      h("span", { text: `${name} ` }),
      h("b", { text: text ? "changed" : value }),
      changed && !text && h("span", { class: "chip-was", text: ` was ${was}` }),
    );
  }
}
