// What went otherwise than planned while the run went on: told quietly, below the story.

import { fill, h } from "../dom/dom.js";
import { plural, shorten } from "../words/format.js";
import { tellPage } from "../dom/standing.js";
import { times } from "../words/annotations.js";

const MOST_SHOWN = 3;
const MOST_TEXT = 300;

/** The different messages, the newest first, each with how often it came. */
export function gathered(warnings) {
  const counts = new Map();
  for (let i = warnings.length - 1; i >= 0; i -= 1) {
    const { message } = warnings[i];
    counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return [...counts];
}

export class Warnings {
  constructor() {
    this.element = h("ul", { class: "esp-warnings", "aria-label": "Warnings", hidden: true });
    this.drawn = "";
  }

  update({ warnings, started }) {
    const key = `${started?.run}|${warnings.length}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const found = gathered(warnings);
    const more = found.length - MOST_SHOWN;
    this.element.hidden = !found.length;
    tellPage(this.element, { warnings: !this.element.hidden });
    fill(
      this.element,
      found
        .slice(0, MOST_SHOWN)
        .map(([message, count]) =>
          h("li", { text: shorten(message, MOST_TEXT) + (count > 1 ? ` (${times(count)})` : "") }),
        ),
      more > 0 && h("li", { text: `${plural(more, "more warning")} in the story so far.` }),
    );
  }
}
