// The gist of a step: what a card in the picture says of a text that is too long for it. Pure.
//
// A step that ends in an equation is about that equation; any other begins with what it does. So
// the gist is the last equation, or else the first clause, without the marks of its typesetting.

import { splitMaths } from "../dom/maths.js";

/** Characters of a gist: what three lines hold. */
const LONGEST = 96;
/** And of what stands where there is little room. */
const BRIEF = 30;
/** Characters from which a comma may end a clause; before, the clause would say nothing. */
const FROM_COMMA = 28;
const MOST_READ = 20000;
const MOST_EQUATION = 72;
const MOST_KEPT = { texts: 4000, letters: 2000 };
const GISTS = new Map();
const BRIEFS = new Map();

const FENCE = /^[ \t]*(```|~~~)[^\n]*\n([\s\S]*?)(?:^[ \t]*\1[ \t]*$|$(?![\s\S]))/gm;
/** "## Step 2:", "**Step 2.**", "Step 2 -": the level's name says so already. */
const NUMBERED = /^(?:step|schritt|étape|paso)\s*\d+\s*[:.)–—-]\s*/i;
const TABLE_RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;
const IN_TABLE = /^\s*\|.*\|\s*$/;
/** The end of a sentence, not the point in a number; in any script that has such marks. */
const SENTENCE = /[.!?…](?=\s|$)|[。！？؟۔]|\S(?=\n)/u;
const CLAUSE = /[;:؛](?=\s|$)|\s[–—]\s/u;
const COMMA = /[,،、](?=\s|$)/u;
/** An equation in plain letters: "3 * 4 = 12", "x = 5", "1,200 ÷ 4 = 300". */
const PLAIN_EQUATION =
  /[\p{L}\d.,%$€£()[\]^*/+−×÷·√ -]*[\p{L}\d)%\]]\s*=\s*[-−]?[$€£]?[\p{L}\d(][\p{L}\d.,%()^*/+−×÷·-]*(?:\s*[*/+−×÷·-]\s*[\d(][\d.,)]*)*/gu;

/**
 * The gist of a text.
 *
 * @param {string} text - what the solver wrote; maths between the usual delimiters.
 * @param {number} [most] - characters that there is room for, as people count them.
 * @returns {{text: string, whole: boolean}} maths is still between its delimiters; `whole`: nothing
 *   was left out.
 */
export function gist(text, most = LONGEST) {
  return remembered(GISTS, `${most}|${text}`, () => gistOf(text, most));
}

function gistOf(text, most) {
  const read = text.slice(0, MOST_READ);
  const lines = linesOf(read).map((line) => line.replace(/\s+/g, " "));
  const flat = lines.join(" ").trim();
  if (lengthOf(flat) <= most && read.length === text.length) return { text: flat, whole: true };
  const equation = lastFormula(flat, most) ?? lastEquation(lines, most);
  if (equation) return { text: equation, whole: false };
  return { text: firstClause(lines.join("\n").trim(), most), whole: false };
}

/** The gist in a few words, also of a text that is not long: its last equation, or its beginning. */
export function brief(text) {
  return remembered(BRIEFS, text, () => briefOf(text));
}

function briefOf(text) {
  const lines = linesOf(text.slice(0, MOST_READ)).map((line) => line.replace(/\s+/g, " "));
  return lastFormula(lines.join(" "), BRIEF) ?? lastEquation(lines, BRIEF) ?? gist(text, BRIEF).text;
}

/** A picture that moves asks for the same texts again and again. */
function remembered(known, key, make) {
  if (key.length > MOST_KEPT.letters) return make();
  let made = known.get(key);
  if (made === undefined) {
    if (known.size >= MOST_KEPT.texts) known.clear();
    known.set(key, (made = make()));
  }
  return made;
}

/** The lines that say something, without Markdown's marks. */
function linesOf(text) {
  const prose = [];
  const cells = [];
  const code = [];
  const without = text.replace(/\r\n?/g, "\n").replace(FENCE, (_, mark, inside) => {
    code.push(...inside.split("\n"));
    return "\n";
  });
  for (const line of without.split("\n")) {
    if (!line.trim() || TABLE_RULE.test(line)) continue;
    const bare = unmarked(line);
    if (bare) (IN_TABLE.test(line) ? cells : prose).push(bare);
  }
  if (prose.length) return prose;
  if (cells.length) return cells.slice(0, 1);
  const told = code.map((line) => line.trim()).filter(Boolean);
  return [told.find((line) => !/^(#|\/\/|import |from )/.test(line)) ?? told[0] ?? ""];
}

/** A line without bullets, headings, quotes, emphasis, cells and links. Maths is left as it is. */
function unmarked(line) {
  const bare = line
    .replace(/^\s*(?:>\s*)*/, "")
    .replace(/^#{1,6}\s+/, "")
    .replace(/^(?:[-*+•]|\d{1,3}[.)])\s+/, "")
    .replace(/^\[[ xX]\]\s+/, "");
  const cells = IN_TABLE.test(bare) ? bare.trim().slice(1, -1).split("|").map((cell) => cell.trim()).filter(Boolean).join(" · ") : bare;
  const plain = splitMaths(cells)
    .map((part) => (part.maths ? wrapped(part) : unstressed(part.text)))
    .join("");
  return plain.replace(NUMBERED, "").trim();
}

function unstressed(text) {
  return text
    .replace(/!?\[([^\][]{0,400})\]\([^)\s]{0,2000}\)/g, "$1")
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, "$2")
    .replace(/(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])/g, "$1")
    .replace(/\*\*|__|`/g, "");
}

/** In a card a formula stands in its line, also one that had a line of its own. */
const wrapped = ({ text }) => `\\(${text.trim()}\\)`;

function lastFormula(flat, most) {
  const formulas = splitMaths(flat).filter((part) => part.maths && part.text.includes("="));
  const fitting = formulas.filter(({ text }) => plainLength(text) <= Math.min(most, MOST_EQUATION));
  return fitting.length ? wrapped(fitting.at(-1)) : null;
}

function lastEquation(lines, most) {
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    if (lines[i].length > 2000 || lines[i].includes("\\(")) continue;
    const found = [...lines[i].matchAll(PLAIN_EQUATION)].map(([all]) => tidied(all)).filter((all) => /\d/.test(all));
    const fitting = found.filter((equation) => lengthOf(equation) <= Math.min(most, MOST_EQUATION));
    if (fitting.length) return fitting.at(-1);
  }
  return null;
}

/** An equation without the words before it. */
function tidied(equation) {
  const [left, ...right] = equation.split("=");
  const terms = left.trim().split(/\s+/);
  let first = terms.length - 1;
  while (first > 0 && isTerm(terms[first - 1])) first -= 1;
  return `${terms.slice(first).join(" ")} =${right.join("=")}`.replace(/[\s.,]+$/, "");
}

const isTerm = (word) => /^[-−+*/×÷·()[\]^]+$/.test(word) || /\d/.test(word) || /^[\p{L}]$/u.test(word);

/** The first clause: up to the end of a line or a sentence, or of a part of one where that is long. */
function firstClause(said, most) {
  const flat = said.replaceAll("\n", " ");
  const masked = masks(said);
  const ends = [SENTENCE, CLAUSE].map((mark) => endOf(masked, mark, 8)).filter((end) => end !== null && end <= most);
  const end = ends.length ? Math.min(...ends) : endOf(masked, COMMA, FROM_COMMA);
  if (end !== null && end <= most) return flat.slice(0, end).replace(/[\s,;:،؛–—]+$/u, "");
  return cut(flat, most);
}

/** The text with its formulas blotted out: no clause ends inside one. */
const masks = (flat) =>
  splitMaths(flat)
    .map((part) => (part.maths ? "x".repeat(wrapped(part).length) : part.text))
    .join("");

function endOf(text, mark, from) {
  const found = text.slice(from).search(mark);
  return found < 0 ? null : from + found + 1;
}

/** At most so many characters as people count them, cut between words and outside formulas. */
function cut(text, most) {
  let shown = "";
  for (const part of splitMaths(text)) {
    const piece = part.maths ? wrapped(part) : part.text;
    if (lengthOf(shown) + lengthOf(piece) <= most) {
      shown += piece;
      continue;
    }
    if (part.maths) break;
    // Only so much is looked at: a text can be very long.
    const letters = graphemes(piece.slice(0, 20 * most)).slice(0, most - lengthOf(shown));
    const words = letters.join("");
    const space = words.lastIndexOf(" ");
    shown += space > words.length / 2 ? words.slice(0, space) : words;
    break;
  }
  return `${shown.trimEnd()}…`;
}

/** About how many letters a formula takes once it is set. */
const plainLength = (formula) => formula.replace(/\\[a-zA-Z]+\s?/g, "x").replace(/[{}^_ ]/g, "").length;

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const graphemes = (text) => Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
/** Letters that each stand for themselves. */
const PLAIN = /^[ -~]*$/;
/** Characters as people count them, as far as it matters: a text much too long is not counted. */
const lengthOf = (text) =>
  text.length > 40 * LONGEST || PLAIN.test(text) ? text.length : graphemes(text).length;
