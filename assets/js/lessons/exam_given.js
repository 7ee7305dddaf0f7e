// What a question of the test is read from: a table, or a small tree as lists within lists, which a
// screen reader walks as it is.

import { h } from "../dom/dom.js";

/**
 * @param {{table?: {columns: string[], rows: string[][]}, tree?: Object[]}} question
 * @returns {?HTMLElement}
 */
export function givenOf({ table, tree }) {
  if (table) return tableOf(table);
  return tree ? h("div", { class: "learn-exam-tree" }, stepsOf(tree)) : null;
}

function tableOf({ columns, rows }) {
  const head = h("tr", {}, columns.map((text) => h("th", { scope: "col", text })));
  const row = ([first, ...cells]) => h("tr", {}, h("th", { scope: "row", text: first }), cells.map((text) => h("td", { text })));
  return h("table", { class: "learn-exam-table" }, h("thead", {}, head), h("tbody", {}, rows.map(row)));
}

const stepsOf = (steps) => h("ul", {}, steps.map((step) => h("li", {}, stepOf(step), step.then.length > 0 && stepsOf(step.then))));

const stepOf = ({ name, score, answer }) =>
  h(
    "span",
    { class: "learn-exam-step" },
    h("b", { text: name }),
    score !== null && h("span", { text: ` ${score.toFixed(2)}` }),
    answer !== null && h("span", { class: "learn-exam-answer", text: `, answer ${answer}` }),
  );
