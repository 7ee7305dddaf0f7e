// One step's words as an element of the layer over the canvas: a card, a line, or the problem.

import { h, setText } from "../dom/dom.js";
import { answerMaths, plainMaths } from "../words/plain_maths.js";
import { writeMaths } from "../dom/maths.js";

/**
 * @typedef {import("../words/step_words.js").StepWords & {tone: string, mark: string, verdict: string}}
 *   Said - with how it is said: `tone` "chosen", "kept", "cut" or "plain", the sign of right or
 *   wrong beside an answer, and the same in a word.
 */

/** What a card's border and the ends of its lines cost. */
const CARD = { padding: 16, lines: 3, filled: 0.86 };
/** A line has no second one to go on in: letters are a tenth wider in some words than in others. */
const LINE_FILLED = 0.9;
/** Pixels that the shortest bar and the gaps beside it take, and a count of duplicates. */
const BAR = 28;
const COUNT = 40;
const GAP = 6;
const LETTERS = new Map();
const MOST_KEPT = 4000;
/** Digits are a little smaller than letters, and those of an answer larger and bold. */
const SMALL = 0.95;
const LARGE = 1.25;

/**
 * @typedef {{width: number, letter: number}} Fit - the pixels that there are, and about how many of
 *   them a letter takes.
 */

/** How many letters a text has once its maths is set. Asked for again with every room that words may have. */
function lettersOf(text) {
  let letters = LETTERS.get(text);
  if (letters === undefined) {
    if (LETTERS.size > MOST_KEPT) LETTERS.clear();
    LETTERS.set(text, (letters = plainMaths(text).length));
  }
  return letters;
}

/** The gist, or where it does not fit, with what stands behind it, the gist in a few words. @param {Fit} fit */
function textFor(kind, said, { width, letter }) {
  if (kind === "problem") return said.text;
  const behind = (said.duplicates ? COUNT : 0) + (said.counted ? GAP + said.counted.length * letter : 0);
  const room = kind === "line" ? (width - behind) * LINE_FILLED : CARD.lines * (width - CARD.padding) * CARD.filled;
  return lettersOf(said.text) * letter <= room ? said.text : said.brief;
}

/**
 * What of the numbers there is room for: the count of duplicates, what the method counts, the digits;
 * these two with what they are, where there is room for that.
 */
function extrasFor(kind, said, fit) {
  const { width, letter } = fit;
  const { answer, named } = said;
  const line = kind === "line";
  const words = answer === null ? lettersOf(line ? textFor(kind, said, fit) : said.brief) : LARGE * (answer.length + (said.mark ? 2 : 0));
  let room = line ? width - words * letter : width - CARD.padding - BAR;
  const has = (text, pixels) => {
    if (!text || pixels > room) return false;
    room -= pixels;
    return true;
  };
  const pixelsOf = (text) => GAP + text.length * letter * SMALL;
  const first = (texts) => texts.find((text) => has(text, pixelsOf(text))) ?? "";
  const count = has(said.duplicates, COUNT);
  // Beside a number that says what it is, the other one is clear without a word.
  const spare = line ? width * (1 - LINE_FILLED) : 0;
  const counted = first(pixelsOf(named.counted) + spare <= room ? [named.counted] : [said.counted]);
  return { count, counted, digits: line ? "" : first([named.figures, said.figures]) };
}

/** What two elements have to share to look the same. @param {Fit} fit */
export const keyOf = (kind, said, fit) =>
  [
    ...[kind, textFor(kind, said, fit), said.answer, said.share, said.figures, said.counted],
    ...[said.tone, said.mark, said.duplicates, said.open, ...Object.values(extrasFor(kind, said, fit))],
  ].join("\u0001");

/**
 * What two elements have to share to be of the same size. How a step is judged changes no size: the bar is
 * as long for every score, and all digits of these numbers are as wide.
 *
 * @param {Fit} fit
 */
export const sizeKeyOf = (kind, said, fit) => {
  const { count, counted, digits } = extrasFor(kind, said, fit);
  const numbers = [count ? said.duplicates + 1 : "", counted, digits].map((number) => String(number).replace(/\d/g, "0"));
  return [kind, textFor(kind, said, fit), said.answer, said.mark, said.share === null, ...numbers].join("\u0001");
};

/** Of such a key, what it says beside its text, and the text. @returns {[string, string]} */
export function kindAndText(key) {
  const [kind, text, ...others] = key.split("\u0001");
  return [[kind, ...others].join("\u0001"), text];
}

/**
 * Build a step's words.
 *
 * @param {"card"|"line"|"problem"} kind
 * @param {Said} said
 * @param {Fit} fit
 * @param {() => void} [onTypeset] - its maths has been set late, and its size may be another one.
 * @returns {HTMLElement}
 */
export function wordBox(kind, said, fit, onTypeset) {
  const box = h("li", { class: "esp-word", "data-kind": kind, "data-tone": said.tone, "data-answer": said.answer !== null ? "" : null });
  box.append(h("span", { class: "esp-sr" }));
  const words = h("span", { class: "esp-word-row" });
  if (said.answer !== null) words.append(answer(said, onTypeset));
  const text = textFor(kind, said, fit);
  if (text) {
    const written = h("span", { class: "esp-word-text" });
    writeMaths(written, text, onTypeset);
    words.append(written);
  }
  const extras = extrasFor(kind, said, fit);
  const again = extras.count ? count(said.duplicates + 1, said.open) : null;
  const counted = extras.counted
    ? h("span", { class: "esp-word-figures", text: extras.counted, title: said.named.counted === extras.counted ? null : said.named.counted })
    : null;
  if (kind === "line") words.append(...[again, counted].filter(Boolean));
  box.append(words);
  const numbers = kind === "card" ? [counted, again].filter(Boolean) : [];
  if (said.share !== null || numbers.length) box.append(score(said, extras.digits, numbers));
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
function score({ share, figures, named }, digits, numbers) {
  if (share === null) return h("span", { class: "esp-word-score" }, numbers);
  const part = Math.max(0, Math.min(1, share));
  const bar = h("span", { class: "esp-word-bar", "aria-hidden": "true" }, h("span", { style: { width: `${100 * part}%` } }));
  const told = h("span", { class: digits ? "esp-word-figures" : "esp-sr", text: ` ${digits || named.figures || figures}` });
  return h("span", { class: "esp-word-score" }, bar, told, numbers);
}
