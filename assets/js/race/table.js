// The table of a race: what each lane found, and what that took. The server works it out.

import { count, flops, plural, seconds, shorten } from "../words/format.js";
import { endOf } from "../words/visited_words.js";
import { fill, h } from "../dom/dom.js";
import { METHODS } from "../words/story.js";

/** A heading that explains itself by the glossary. */
const term = (attributes) => h("button", { type: "button", class: "esp-term", ...attributes });
const headings = () => [
  ["Lane", ""],
  ["Answer", ""],
  [term({ "data-term": "generated", text: "Tokens" }), ""],
  [term({ "data-term": "flops", text: "Solver" }), ""],
  [term({ "data-term": "flops", text: "Verifier" }), ""],
  [term({ "data-term": "held", text: "In memory" }), ""],
  ["Seconds", "in this race, all lanes together"],
];

/** Of lanes that run through one engine. */
const WAITED =
  "Lanes run together and wait for each other, so a lane's seconds are not what it takes alone; tokens and FLOPs say what it costs.";

export class RaceTable {
  constructor() {
    this.body = h("tbody");
    this.saved = h("p", { class: "race-saved" });
    this.element = h(
      "section",
      { class: "race-table", "aria-labelledby": "race-table-name", hidden: true },
      h("h2", { id: "race-table-name", text: "What each lane found, and what that took" }),
      h(
        "div",
        { class: "race-scroll", tabindex: "0", role: "group", "aria-label": "Table of the race" },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h("tr", {}, headings().map(([name, title], index) => h("th", { scope: "col", title: title || null, "data-number": index > 1 }, name))),
          ),
          this.body,
        ),
      ),
      this.saved,
    );
  }

  clear() {
    this.element.hidden = true;
  }

  /** @param {{lanes: Object[], saved?: {written: number, read: number}}} values */
  show({ lanes, saved }) {
    this.element.hidden = false;
    // A lane that took steps over is least for that alone.
    const best = (name) => (lanes.some(({ again }) => again) ? null : Math.min(...lanes.map((row) => row[name])));
    const least = Object.fromEntries(["tokens", "held", "seconds"].map((name) => [name, best(name)]));
    fill(this.body, lanes.map((row, index) => this.row(row, index, least)));
    const told = [];
    if (saved?.written) told.push(`${plural(saved.written, "token")} written`);
    if (saved?.read) told.push(`${plural(saved.read, "token")} read by verifiers`);
    const shared = told.length ? [`Asked once for several lanes: ${told.join(", ")}. Each lane's own figures count them.`] : [];
    this.saved.textContent = [...shared, ...lanes.map(takenOver).filter(Boolean), ...(lanes.some(({ again }) => again) ? [] : [WAITED])].join(" ");
  }

  row(row, index, least) {
    // On a phone a row is a block, and each figure says itself what it is.
    const label = headings().map(([name]) => h("span", { class: "race-label" }, name));
    const number = (at, value, least_) =>
      h("td", { "data-number": true, "data-least": least_ }, label[at], h("span", { class: "esp-number", text: value }));
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, h("span", { class: "race-number", "aria-hidden": "true", text: String(index + 1) }), h("span", { dir: "auto", text: row.name })),
      h("td", { class: "race-answer" }, label[1], h("span", {}, h("span", { dir: "auto", text: answerOf(row) }), verdict(row), h("span", { class: "race-method", text: methodOf(row) }))),
      number(2, tokensOf(row), row.tokens === least.tokens),
      number(3, solverWork(row), false),
      number(4, row.verifier_flops ? flops(row.verifier_flops) : "0", false),
      number(5, plural(row.held, "token"), row.held === least.held),
      number(6, seconds(row.seconds), row.seconds === least.seconds),
    );
  }
}

/** A solver that wrote nothing worked nothing; of a foreign one it may not be known. */
function solverWork({ solver_flops: work, tokens }) {
  return work ? flops(work) : tokens ? "unknown" : "0";
}

/** What it wrote itself; of a steered run, also what it took over from the run before the act. */
export function tokensOf({ tokens, again, again_tokens: taken }) {
  return again ? `${count(tokens)} new + ${count(taken)} reused` : count(tokens);
}

/** What stands in the row of a lane that took steps over, and what does not; "": it took none. */
export function takenOver({ again, again_tokens: tokens, steps, tokens: written }, index) {
  if (!again) return "";
  const these = again < steps ? `${again} of its ${plural(steps, "step")}` : steps === 1 ? "its only step" : `all ${steps} of its steps`;
  const own = written ? "The row counts only the work that came after" : "So it made no work of its own";
  return `Lane ${index + 1} reuses ${these} (${plural(tokens, "token")}) from the run before it was steered: their work was done there. ${own}; the clock counts the reused tokens too.`;
}

function answerOf(row) {
  const answer = row.answer === null ? "none" : shorten(row.answer, 40);
  return row.status === "completed" ? answer : `${answer} (${endOf(row.status)})`;
}

/** "Answer 18, right ✓": what came out of a lane in a line. */
export function resultOf(row) {
  const { right, right_undecided: undecided, known } = row;
  if (row.status === "cancelled") return row.answer === null ? "Stopped before it had an answer" : `Stopped; answer ${shorten(row.answer, 24)} until then`;
  const said = row.answer === null ? "No answer" : `Answer ${shorten(row.answer, 24)}`;
  if (undecided || right === null || !known) return said;
  return `${said}, ${right ? "right\u00a0✓" : "wrong\u00a0✗"}`;
}

/** Which of them asks the verifier is what lanes of one strategy may differ by. */
const WAYS = { ...METHODS, majority: `${METHODS.majority}, no scores` };

/** "by majority vote": lanes may choose theirs in different ways. "": none was chosen, or there was no choice. */
export const methodOf = ({ answer, method, strategy }) => (answer === null || strategy === "greedy" ? "" : (WAYS[method] ?? ""));

function verdict({ status, right, right_undecided: undecided, known }) {
  if (status === "cancelled") return null; // what it had by then is no verdict on it
  if (undecided) return h("span", { class: "race-verdict", text: "? undecided" });
  if (right === null || !known) return null;
  return h("span", { class: "race-verdict", "data-right": right, text: right ? "✓ right" : "✗ wrong" });
}
