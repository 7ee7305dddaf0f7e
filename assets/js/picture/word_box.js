// One step's words as an element of the layer over the canvas: a card, a line, or the problem.

import { h, setText } from "../dom/dom.js";
import { answerMaths, plainMaths } from "../words/plain_maths.js";
import { writeMaths } from "../dom/maths.js";

/**
 * @typedef {import("../words/step_words.js").StepWords & {tone: string, mark: string, verdict: string}}
 *   Said - with how it is said: `tone` "chosen", "kept", "cut" or "plain", the sign of right or
 *   wrong beside an answer, and the same in a word.
 */

/** About how wide a letter is, in pixels, and how many of a card's letters its lines' ends cost. */
const LETTER = 5.7;
/** Pixels of a card from which there is room for its score in digits, alone or beside a count. */
const DIGITS_FROM = { alone: 64, beside: 96 };
/** Pixels of a line from which there is room for a count; with less the stack of marks says it. */
const COUNT_FROM = 96;
const CARD = { padding: 18, lines: 3, filled: 0.84 };

/** The gist, or where it does not fit the gist in a few words. */
export function textFor(kind, said, width) {
  if (kind === "problem") return said.text;
  const room = kind === "line" ? width : CARD.lines * (width - CARD.padding) * CARD.filled;
  return plainMaths(said.text).length * LETTER <= room ? said.text : said.brief;
}

/** What two elements have to share to look the same. */
export const keyOf = (kind, said, width) =>
  [
    ...[kind, textFor(kind, said, width), said.answer, said.share, said.figures, said.counted],
    ...[said.tone, said.mark, said.duplicates, said.open],
  ].join("\u0001");

/**
 * Build a step's words.
 *
 * @param {"card"|"line"|"problem"} kind
 * @param {Said} said
 * @param {number} width - pixels that there are.
 * @param {() => void} [onTypeset] - its maths has been set late, and its size may be another one.
 * @returns {HTMLElement}
 */
export function wordBox(kind, said, width, onTypeset) {
  const box = h("li", { class: "esp-word", "data-kind": kind, "data-tone": said.tone });
  box.append(h("span", { class: "esp-sr" }));
  const words = h("span", { class: "esp-word-row" });
  if (said.answer !== null) words.append(answer(said, onTypeset));
  const text = textFor(kind, said, width);
  if (text) {
    const written = h("span", { class: "esp-word-text" });
    writeMaths(written, text, onTypeset);
    words.append(written);
  }
  const again = said.duplicates ? count(said.duplicates + 1, said.open) : null;
  if (kind === "line" && again && width >= COUNT_FROM) words.append(again);
  if (kind === "line" && said.counted) words.append(h("span", { class: "esp-word-figures", text: said.counted }));
  box.append(words);
  if (said.share !== null || (kind === "card" && again)) box.append(score(said, kind, width, kind === "card" && again));
  return box;
}

/** How often the same was written, and the way to open it. */
const count = (times, open) =>
  h(
    "button",
    {
      type: "button",
      class: "esp-word-count",
      "data-open": "duplicates",
      "aria-expanded": open,
      "aria-label": `Written ${times} times, word for word: ${open ? "fold" : "show"} the duplicates`,
      title: `Written ${times} times, word for word. Press to ${open ? "fold the duplicates into it" : "see each"}.`,
    },
    h("span", { text: `×${times}` }),
  );

/** The name that a screen reader says before the words. */
export const nameBox = (box, name) => setText(box.firstChild, `${name}: `);

function answer({ answer, mark, verdict }, onTypeset) {
  const text = h("bdi", {});
  writeMaths(text, answerMaths(answer.replace(/\s+/g, " ")), onTypeset);
  return h(
    "span",
    { class: "esp-word-answer" },
    text,
    mark && h("span", { class: "esp-word-mark", "aria-hidden": "true", text: ` ${mark}` }),
    verdict && h("span", { class: "esp-sr", text: `, ${verdict}` }),
  );
}

/** A place on the way from 0 to 1; the digits stand beside it where there is room. */
function score({ share, figures, counted }, kind, width, again) {
  const part = share === null ? 0 : Math.max(0, Math.min(1, share));
  const bar = h("span", { class: "esp-word-bar", "aria-hidden": "true" }, h("span", { style: { width: `${100 * part}%` } }));
  const seen = kind === "card" && width >= (again || counted ? DIGITS_FROM.beside : DIGITS_FROM.alone);
  const digits = h("span", { class: seen ? "esp-word-figures" : "esp-sr", text: ` ${figures}` });
  const more = kind === "card" && counted && h("span", { class: "esp-word-figures", text: counted });
  return h("span", { class: "esp-word-score" }, share !== null && bar, share !== null && digits, more, again);
}
