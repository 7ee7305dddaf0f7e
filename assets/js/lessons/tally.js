// The votes at a moment of a run: how many solutions say each answer, how well the best of them
// scored, and which answer wins. Counted from the tree, so that it grows while solutions end.

import { fill, h } from "../dom/dom.js";

/**
 * @param {import("../log/tree.js").Tree} tree
 * @returns {{answer: string, count: number, best: ?number, right: ?boolean, wins: string[]}[]} most first.
 */
export function tallyOf(tree) {
  const rows = new Map();
  for (const node of tree.nodes.values()) {
    if (node.state !== "completed" || node.answer === null) continue;
    const row = rows.get(node.group) ?? { answer: node.answer, count: 0, best: null, right: node.right, wins: [] };
    row.count += 1;
    if (node.aggregate !== null) row.best = Math.max(row.best ?? 0, node.aggregate);
    rows.set(node.group, row);
  }
  const counts = [...rows.values()].map(({ count }) => count);
  const tied = counts.filter((count) => count === Math.max(...counts)).length > 1;
  const labels = { majority: tied ? "most votes, a tie" : "most votes", best: "best score" };
  for (const [method, label] of Object.entries(labels)) {
    const chosen = tree.nodes.get(tree.votes.get(method)?.chosen);
    if (chosen) rows.get(chosen.group)?.wins.push(label);
  }
  return [...rows.values()].sort((a, b) => b.count - a.count);
}

export class Tally {
  constructor() {
    this.body = h("tbody");
    this.best = h("th", { scope: "col", text: "Best score" });
    this.element = h(
      "table",
      { class: "learn-tally" },
      h("caption", { class: "esp-sr", text: "Answers and their votes" }),
      h("thead", {}, h("tr", {}, h("th", { scope: "col", text: "Answer" }), h("th", { scope: "col", text: "Votes" }), this.best)),
      this.body,
    );
    this.shown = "";
  }

  update(tree) {
    const rows = tallyOf(tree);
    const key = JSON.stringify(rows);
    if (key === this.shown) return;
    this.shown = key;
    const most = Math.max(1, ...rows.map(({ count }) => count));
    const scored = rows.some(({ best }) => best !== null);
    this.best.hidden = !scored;
    this.element.hidden = rows.length === 0;
    fill(this.body, rows.map((row) => rowOf(row, most, scored)));
  }
}

function rowOf({ answer, count, best, right, wins }, most, scored) {
  const grade = right === null ? null : h("span", { class: "learn-grade", "data-right": right, text: right ? "✓ right" : "✗ wrong" });
  return h(
    "tr",
    { "data-wins": wins.length > 0 },
    h("th", { scope: "row" }, h("bdi", { text: answer }), grade),
    h(
      "td",
      {},
      h(
        "div",
        { class: "learn-votes" },
        h("span", { class: "learn-bar", style: { "--part": String(count / most) }, "aria-hidden": "true" }),
        h("b", { text: String(count) }),
        wins.map((label) => h("span", { class: "learn-wins", text: label })),
      ),
    ),
    scored && h("td", { class: "esp-number", text: best === null ? "" : best.toFixed(2) }),
  );
}
