// The question of a class: its branches to choose from; once it is revealed, how many chose each,
// beside what the verifier thought and what came of it.

import { fill, h, setAttribute } from "../dom/dom.js";
import { shorten } from "../words/format.js";
import { spokenOutcome, truthOf } from "../classroom/branches.js";
import { writeMaths } from "../dom/maths.js";

const MOST_LETTERS = 160;

export class ClassQuestion {
  /**
   * @param {import("../attending.js").Attending} attending
   * @param {(text: string) => void} speak - to those who do not see it.
   */
  constructor(attending, speak) {
    Object.assign(this, { attending, speak });
    this.element = h("div", { class: "esp-class-question", role: "group", "aria-label": "Question", tabindex: "0", hidden: true });
    this.drawn = "";
  }

  update() {
    const { attending } = this;
    const { question, role, session } = attending;
    const branches = question ? attending.branches() : [];
    const shown = branches.length > 0 && (role === "pupil" || Boolean(question.counts));
    this.element.hidden = !shown;
    const key = shown ? JSON.stringify([role, question, branches]) : "";
    if (key !== this.drawn) {
      this.drawn = key;
      if (shown) this.draw(question, branches, role);
    }
    if (shown) this.mark(session.chosen, branches, question);
  }

  draw(question, branches, role) {
    this.said = null;
    const ask = h("p", { class: "esp-class-ask", text: question.counts ? "What the class chose" : "Which branch would you keep?" });
    if (question.counts) {
      const most = Math.max(1, ...question.counts);
      fill(this.element, ask, h("ul", { class: "esp-class-rows" }, branches.map((branch) => row(branch, most))));
      this.speak(spokenOutcome(branches));
      return;
    }
    this.buttons = branches.map(({ letter, text }, place) =>
      h(
        "button",
        { type: "button", class: "esp-class-option", "aria-pressed": false, disabled: role !== "pupil", on: { click: () => this.attending.choose(place), ...pointing(this.attending, place) } },
        h("span", { class: "esp-class-letter", text: letter }),
        words(text),
      ),
    );
    this.hint = h("p", { class: "esp-quiet" });
    fill(this.element, ask, this.hint, h("div", { class: "esp-class-options", role: "group", "aria-label": "Branches" }, this.buttons));
    this.speak(`The teacher asks: which branch would you keep? ${branches.length} branches.`);
  }

  /** Which one is chosen. */
  mark(chosen, branches, question) {
    if (question.counts) {
      for (const [place, item] of [...this.element.querySelectorAll("li")].entries()) setAttribute(item, "data-mine", place === chosen);
      return;
    }
    for (const [place, button] of this.buttons.entries()) setAttribute(button, "aria-pressed", place === chosen);
    const said = chosen === null ? `Tap one of the ${branches.length} here, or in the tree.` : `You chose ${branches[chosen].letter}. Until it is revealed you may choose another.`;
    if (said === this.said) return;
    this.said = this.hint.textContent = said;
    if (chosen !== null) this.speak(said);
  }
}

/** What is pointed at, or has the focus, is ringed in the picture. */
function pointing(attending, place) {
  const here = () => attending.point(place);
  const gone = () => attending.point();
  return { pointerenter: here, pointerleave: gone, focus: here, blur: gone };
}

/** A bar by its length and its number; who thought so, and what is true, in words and signs. */
function row(branch, most) {
  const { letter, text, count, score, best, right, hand } = branch;
  return h(
    "li",
    { "data-best": best, "data-right": right === null ? "unknown" : right },
    h("span", { class: "esp-class-letter", text: letter }),
    words(text),
    h(
      "span",
      { class: "esp-class-bar-line" },
      h("span", { class: "esp-class-histogram", style: { "--part": String(count / most) }, "aria-hidden": "true" }),
      h("b", { text: String(count) }),
      h("span", { class: "esp-class-mine", text: "you" }),
    ),
    h(
      "span",
      { class: "esp-class-outcome" },
      score !== null && h("span", { class: "esp-class-verifier", text: `${best ? "★ verifier's choice" : "verifier"} ${score.toFixed(2)}` }),
      hand && h("span", { class: "esp-class-hand", text: `✎ ${hand}` }),
      h("span", { class: "esp-class-truth", text: truthOf(branch) }),
    ),
  );
}

function words(text) {
  const element = h("span", { class: "esp-class-words", dir: "auto" });
  writeMaths(element, shorten(text, MOST_LETTERS));
  return element;
}
