// The story line at the top: what happened in this round, the run's status, and the round counter.
// It also feeds the page's one polite live region, with at most one sentence per round.

import { fill, h, setAttribute, setText } from "../dom/dom.js";
import { plainMaths } from "../words/plain_maths.js";
import { RunsMenu } from "./runs_menu.js";
import { storyTerms } from "../words/terms.js";
import { statusOf, timeLeft } from "../words/run_words.js";
import { CUT_OFF, settled, tell, withWarnings } from "../words/story.js";
import { Warnings } from "./warnings.js";
import { writeMaths } from "../dom/maths.js";
import { writingSentence } from "../words/writing_words.js";

const ANNOUNCE_AFTER_MS = 500;
/** A word of more letters than this has the room of what says what the number beside it counts, on a phone. */
const LONG = 8;

const WENT_WRONG = new Set(["failed", "out_of_budget", "cancelled"]);

/** A run was refused: whoever started it takes what stands below for its result. */
const BEFORE = "This is still the run before. ";

export class StoryLine {
  /** @param {{labels: Object, actions: import("./list.js").Actions}} given */
  constructor({ labels, actions }) {
    this.labels = labels;
    this.actions = actions;
    this.status = h("span", { class: "esp-status" });
    this.text = h("p", { class: "esp-story-text" });
    this.counter = h("span", { class: "esp-counter" });
    this.writing = h("span", { class: "esp-writing" });
    this.left = h("span", { class: "esp-left" });
    this.notice = h("p", { class: "esp-notice", role: "status", hidden: true });
    this.again = h("a", { class: "esp-button esp-again", text: "Run it again", hidden: true });
    this.runs = new RunsMenu(actions);
    this.warnings = new Warnings();
    this.region = h("div", { class: "esp-sr", "aria-live": "polite", "aria-atomic": "true" });
    this.element = h(
      "div",
      { class: "esp-story" },
      h(
        "div",
        { class: "esp-story-head" },
        h("div", { class: "esp-standing" }, this.status, this.runs.element),
        h("div", { class: "esp-progress" }, this.counter, this.writing, this.left),
      ),
      this.text,
      this.notice,
      this.again,
      this.warnings.element,
      this.region,
    );
    this.announced = "";
  }

  update({ log, rounds, cursor, tree, notice, writing, behind, promised, visited, refused }) {
    const index = rounds.indexAt(cursor);
    const segment = rounds.segments[index];
    const sentence = segment ? tell(log.events, segment, cursor, this.labels) : "Waiting for the run to begin…";
    this.write(`${refused ? BEFORE : ""}${sentence}${tree.interrupted ? ` ${CUT_OFF}` : ""}`);
    // What went wrong is read to its end, and on a phone how any run ended; of a round, the story has the rest.
    setAttribute(this.text, "data-whole", tree.interrupted || WENT_WRONG.has(tree.finished?.status));
    setAttribute(this.text, "data-end", segment?.kind === "end");
    setText(this.counter, counter(segment, rounds, log));
    setText(this.left, log.live ? timeLeft(promised, tree.cost.generated, log.events.at(-1)?.t ?? 0) : "");
    const { word, kind } = statusOf(log, behind);
    setText(this.status, word);
    setAttribute(this.status, "data-kind", kind);
    setAttribute(this.status, "data-long", word.length > LONG);
    setText(this.notice, notice);
    this.notice.hidden = !notice;
    this.offerAgain(log);
    this.runs.update(visited, log.run);
    this.warnings.update(tree);
    if (segment && tree.interrupted)
      this.announce(`${log.run}|cut off`, () => `${withWarnings(log.events, segment, cursor, this.labels)} ${CUT_OFF}`);
    else if (segment && settled(log.events, segment, cursor))
      this.announce(`${log.run}|${index}`, () => withWarnings(log.events, segment, cursor, this.labels));
    this.recount({ writing });
  }

  /**
   * A sentence with the maths of its answers, and its terms marked. These are no tab stops: legend
   * and inspector have the same ones.
   */
  write(sentence) {
    if (sentence === this.written) return;
    this.written = sentence;
    fill(
      this.text,
      storyTerms(sentence).map(({ text, term }) => {
        const part = h("span", term ? { class: "esp-term", "data-term": term } : {});
        writeMaths(part, text);
        return part;
      }),
    );
  }

  /** A run that was cut off can be run again, by its recipe; a pasted text has none. */
  offerAgain(log) {
    const link = log.interrupted ? this.actions.link() : "";
    this.again.hidden = !link;
    if (link) setAttribute(this.again, "href", link);
  }

  /** What is being written stands beside the round, where the line below it does not move. */
  recount({ writing }) {
    setText(this.writing, writingSentence(writing));
  }

  /** Say a round's sentence once, and only if it still stands a moment later. */
  announce(key, sentence) {
    if (key === this.waiting || key === this.announced) return;
    this.waiting = key;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.announced = key;
      this.waiting = null;
      this.region.textContent = plainMaths(sentence());
    }, ANNOUNCE_AFTER_MS);
  }

  dispose() {
    clearTimeout(this.timer);
  }
}

function counter(segment, rounds, log) {
  if (!segment) return "";
  const of = log.complete ? ` of ${rounds.last}` : "";
  if (segment.kind === "start") return log.complete ? `Start · ${rounds.last} rounds` : "Start";
  if (segment.kind === "end") return `After round ${rounds.last}`;
  return `Round ${segment.round}${of}`;
}
