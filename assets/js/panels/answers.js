// The answers, each with its votes under every method side by side, and whether it is right.

import { count, plural, score, shorten } from "../words/format.js";
import { fill, h } from "../dom/dom.js";
import { bar } from "./bars.js";
import { doubtPhrase, UNDECIDED_MARK, UNDECIDED_MEANING } from "../words/doubts.js";
import { longText, termed } from "./blocks.js";
import { answerWords, plainMaths } from "../words/plain_maths.js";
import { votersSentence } from "../words/voters.js";
import { writeMaths } from "../dom/maths.js";
import { symbolPicture } from "../picture/shapes.js";

const METHODS = [
  ["majority", "Majority", "one vote each"],
  ["weighted", "Weighted", "sum of scores"],
  ["best", "Best", "highest score"],
];
const MOST_ROWS = 40;
const MOST_LETTERS = 40;

/**
 * All answers found so far, with their votes by method. Before the run has voted, the counts are
 * those of the finished paths so far.
 *
 * @returns {{group: number, answer: string, votes: Object, solutions: number, node: string,
 *   right: ?boolean, undecided: boolean, doubt: string}[]} best first by the method that counts.
 */
export function answerRows(tree) {
  const rows = new Map();
  for (const node of tree.nodes.values()) {
    if (node.state !== "completed" || node.group === null) continue;
    if (!rows.has(node.group)) {
      rows.set(node.group, {
        group: node.group,
        answer: node.answer,
        votes: {},
        solutions: 0,
        node: node.id,
        best: -1,
        right: null,
        undecided: false,
        doubt: doubtPhrase(tree, node.group),
      });
    }
    const row = rows.get(node.group);
    row.solutions += 1;
    row.right ??= node.right;
    row.undecided ||= node.right_undecided;
    if ((node.aggregate ?? 0) > row.best) Object.assign(row, { best: node.aggregate ?? 0, node: node.id });
  }
  for (const [method, { tally }] of tree.votes) {
    for (const [group, , votes] of tally) if (rows.has(group)) rows.get(group).votes[method] = votes;
  }
  const method = tree.finished?.method ?? "weighted";
  return [...rows.values()].sort(
    (a, b) => (b.votes[method] ?? -1) - (a.votes[method] ?? -1) || b.solutions - a.solutions,
  );
}

export class Answers {
  /** @param {{palette: Object, actions: import("./list.js").Actions}} given */
  constructor({ palette, actions }) {
    this.palette = palette;
    this.actions = actions;
    this.body = h("div", { class: "esp-scroll" });
    this.element = h(
      "section",
      { class: "esp-panel esp-answers", "aria-label": "Answers", tabindex: "0" },
      h("h2", { class: "esp-heading", text: "Answers" }),
      this.body,
    );
  }

  update({ tree }) {
    const rows = answerRows(tree);
    const key = JSON.stringify([rows, tree.chosen, tree.started.run, tree.votes.size, tree.interrupted]);
    if (key === this.drawn) return;
    this.drawn = key;
    if (!rows.length)
      fill(
        this.body,
        h("p", {
          class: "esp-quiet",
          text:
            tree.finished || tree.interrupted ? "No path reached an answer." : "No path has reached an answer yet.",
        }),
      );
    else fill(this.body, this.table(tree, rows), this.footnote(tree, rows));
  }

  footnote(tree, rows) {
    const hidden = rows.length > MOST_ROWS ? ` ${plural(rows.length - MOST_ROWS, "more answer is", "more answers are")} not listed.` : "";
    const text = tree.votes.size
      ? "The same solutions, judged by three methods. ★ marks each method's winner."
      : `${plural(
          rows.reduce((sum, row) => sum + row.solutions, 0),
          "solution",
        )} ${tree.interrupted ? "when the run was cut off, before the vote." : "so far; the votes are counted at the end."}`;
    const doubts = rows.some((row) => row.doubt)
      ? " Answers that could not be compared vote apart, though they may be equal."
      : "";
    const voters = votersSentence(tree);
    return h("p", { class: "esp-quiet", text: [text + doubts + hidden, voters].filter(Boolean).join(" ") });
  }

  table(tree, rows) {
    const methods = METHODS.filter(([method]) => tree.votes.has(method));
    const used = tree.finished?.method;
    const head = h(
      "tr",
      { role: "row" },
      h("th", { scope: "col", role: "columnheader" }, termed("Answer")),
      methods.map(([method, title, meaning]) =>
        h(
          "th",
          { scope: "col", role: "columnheader", class: method === used ? "esp-used" : "" },
          termed(title),
          h("span", {
            class: "esp-quiet esp-th-note",
            text: method === used ? `${meaning}; this one decides` : meaning,
          }),
        ),
      ),
      h("th", { scope: "col", role: "columnheader" }, termed("Solutions")),
      rows.some(isGraded) && h("th", { scope: "col", role: "columnheader" }, termed("Reference")),
    );
    const tops = Object.fromEntries(methods.map(([method]) => [method, tree.votes.get(method).tally[0]]));
    return h(
      "table",
      // Said in words: where the table is stacked, the browser would not say it any more.
      { class: "esp-table", role: "table" },
      h("caption", { class: "esp-sr", text: "Answers and their votes by method" }),
      h("thead", { role: "rowgroup" }, head),
      h(
        "tbody",
        { role: "rowgroup" },
        rows.slice(0, MOST_ROWS).map((row) => this.row(tree, row, methods, tops)),
      ),
    );
  }

  row(tree, row, methods, tops) {
    const chosen = tree.chosen !== null && tree.nodes.get(tree.chosen).group === row.group;
    // Typeset for the eye, plain letters for the ear: what is set is not what would be read out.
    const written = h("span", { "aria-hidden": "true" });
    writeMaths(written, answerWords(row.answer, MOST_LETTERS));
    const spoken = `Answer ${shorten(plainMaths(row.answer), MOST_LETTERS)}: select its best solution`;
    const name = h(
      "button",
      {
        type: "button",
        class: "esp-link",
        on: { click: () => this.actions.select(chosen ? tree.chosen : row.node) },
      },
      written,
      h("span", { class: "esp-sr", dir: "ltr", text: spoken }),
    );
    return h(
      "tr",
      { role: "row", class: chosen ? "esp-chosen" : "" },
      h(
        "th",
        { scope: "row", role: "rowheader" },
        h(
          "div",
          { class: "esp-answer" },
          name,
          chosen &&
            h("span", { class: "esp-badge" }, symbolPicture(this.palette.states.chosen, "chosen", 16), "chosen"),
          row.doubt && h("span", { class: "esp-quiet esp-doubt", text: row.doubt }),
        ),
        plainMaths(row.answer).length > MOST_LETTERS && whole(row.answer),
      ),
      methods.map(([method, title]) => votes(row.votes[method], tops[method], { method, title }, row.group)),
      h("td", { role: "cell", "data-label": "Solutions", class: "esp-number", text: count(row.solutions) }),
      isGraded(row) && h("td", { role: "cell", "data-label": "Reference" }, this.verdict(row)),
    );
  }

  verdict({ right }) {
    if (right === null) return h("span", { text: `${UNDECIDED_MARK} ${UNDECIDED_MEANING}` });
    const { mark, label } = this.palette.grades[right ? "right" : "wrong"];
    return h("span", { class: right ? "esp-right" : "esp-wrong", text: `${mark} ${label.toLowerCase()}` });
  }
}

/** Whether it was held against the reference, or should have been. */
const isGraded = (row) => row.right !== null || row.undecided;

/** All of an answer that is cut in the table. */
function whole(answer) {
  return h(
    "details",
    { class: "esp-whole" },
    h("summary", { text: `All ${count(answer.length)} characters` }),
    longText(answer, "The whole answer"),
  );
}

function votes(value, top, { method, title }, group) {
  if (value === undefined) return h("td", { role: "cell", "data-label": title, class: "esp-quiet", text: "no vote" });
  const wins = top[0] === group;
  const text = method === "majority" ? count(value) : score(value);
  return h(
    "td",
    { role: "cell", "data-label": title },
    h(
      "div",
      { class: "esp-vote" },
      bar(top[2] > 0 ? value / top[2] : 0, wins ? "esp-wins" : ""),
      h("span", { class: "esp-number", text: `${text}${wins ? " ★" : ""}` }),
      wins && h("span", { class: "esp-sr", text: "winner" }),
    ),
  );
}
