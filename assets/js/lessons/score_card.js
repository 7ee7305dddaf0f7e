// How good one's predictions were, beside the verifier's and the truth's.

import { COIN, compared } from "./brier.js";
import { h } from "../dom/dom.js";

/**
 * @param {{question: Object, answer: {picked: string, sure: string}}[]} answered
 * @param {{lesson: number}[]} asked - all questions that count.
 * @param {?{lesson: number, page: number}} open - the first question that has no answer yet.
 * @param {() => void} goBack - to that one.
 * @returns {HTMLElement}
 */
export function scoreCard(answered, asked, open, goBack) {
  const score = compared(answered);
  const back = h("button", { type: "button", class: "esp-button", text: `Answer one${score ? " more" : ""}: lesson ${open?.lesson}, page ${open?.page}`, on: { click: goBack } });
  if (!score)
    return h("div", { class: "learn-score" }, h("p", { text: `${whatCounts(asked)}. You have answered none of them yet, so there is nothing to compare.` }), open && back);
  const rows = [
    ["You", score.you],
    ["The verifier", score.verifier],
    ["Fifty-fifty every time", COIN],
    ["The truth", 0],
  ];
  const winner = Math.abs(score.you - score.verifier) < 0.005 ? "You and the verifier are as good as each other." : "";
  const better = score.you < score.verifier ? "You judged better than the verifier." : "The verifier judged better than you.";
  return h(
    "div",
    { class: "learn-score" },
    h("p", { class: "learn-score-said", text: winner || better }),
    h(
      "table",
      { class: "learn-bars" },
      h("caption", { text: captionOf(score.rows.length, asked) }),
      h("tbody", {}, rows.map(scoreRow)),
    ),
    open && back,
  );
}

/** Which questions are counted, and how many of them were answered. */
export function captionOf(count, asked) {
  return (
    "Brier score: shorter is better. " +
    `${whatCounts(asked)}; you have answered ${count} of them, and your first answer counts.`
  );
}

function whatCounts(asked) {
  const lessons = [...new Set(asked.map(({ lesson }) => lesson))];
  const where = lessons.length > 1 ? `lessons ${lessons.slice(0, -1).join(", ")} and ${lessons.at(-1)}` : `lesson ${lessons[0]}`;
  return `${asked.length} questions, in ${where}, ask how sure you are`;
}

function scoreRow([who, value]) {
  return h(
    "tr",
    {},
    h("th", { scope: "row", text: who }),
    h(
      "td",
      {},
      h(
        "div",
        { class: "learn-measured", "aria-hidden": "true" },
        h("span", { class: "learn-measured-bar", style: { width: `${100 * Math.min(1, value)}%` } }),
      ),
    ),
    h("td", { class: "learn-measured-value", text: value.toFixed(2) }),
  );
}
