// What stands at a mark of the picture: the gist of its step or its answer, its score, and what
// the method counts. Pure: texts and numbers, no places and no elements.

import { answerLabel } from "./words.js";
import { copiesLabel, forcedLabel } from "./annotations.js";
import { endingLabel } from "./endings.js";
import { brief, gist } from "./gist.js";
import { isFold } from "../log/visible.js";
import { plural, score } from "./format.js";
import { ROOT } from "../log/tree.js";
import { tokensLabel } from "./writing_words.js";

const MOST_PROBLEM = 120;
const QUESTION = /[^.!?…\n]*[?？؟](?=[^?？؟]*$)/u;
const MOST_READ = 4000;

/**
 * @typedef {Object} StepWords
 * @property {string} text - the gist, maths between its delimiters; "" where there is nothing to read.
 * @property {string} brief - the same in a few words, for where there is little room.
 * @property {?string} answer - as the solver wrote it; null: this is no solution, or has none.
 * @property {boolean} ended - it is a solution, with an answer or without.
 * @property {?number} share - what counts for it, in [0, 1]: its score, or its value.
 * @property {string} figures - the same in digits.
 * @property {string} counted - what the method counts: visits, copies, forced words.
 * @property {{figures: string, counted: string}} named - the same with what each is, where two numbers stand side by side.
 * @property {boolean} whole - nothing was left out of the text.
 */

const NOTHING = { text: "", brief: "", answer: null, ended: false, share: null, figures: "", counted: "", named: { figures: "", counted: "" }, whole: true };

/**
 * @param {import("../log/tree.js").Tree} tree
 * @param {import("../log/visible.js").Visible} visible
 * @param {string} id - of anything that is shown.
 * @returns {StepWords}
 */
export function stepWords(tree, visible, id) {
  if (isFold(id)) return foldWords(visible.fold(id));
  if (visible.writing.has(id)) return { ...NOTHING, ...both(tokensLabel(visible.writing.get(id))) };
  const node = tree.nodes.get(id);
  if (!node) return NOTHING;
  if (id === ROOT) return { ...NOTHING, ...problem(node.text) };
  const ended = node.state === "completed";
  const said = ended
    ? { ...both(node.answer === null ? answerLabel(node) : ""), whole: false }
    : withEnding(node, gistOf(node.text));
  return { ...NOTHING, ...said, answer: ended ? node.answer : null, ended, ...numbers(node) };
}

/**
 * What can be told of a step before its text is read. Of thousands that come into sight most have no room for words.
 *
 * @returns {{bare: boolean, brief: boolean, scored: boolean}} see `Spot` in placing.js.
 */
export function stepOutline(tree, visible, id) {
  const node = isFold(id) || visible.writing.has(id) || id === ROOT ? null : tree.nodes.get(id);
  if (!node) return outlineOf(stepWords(tree, visible, id));
  const ended = node.state === "completed";
  return { bare: !ended && !node.text.trim() && !endingLabel(node), brief: ended, scored: shareOf(node) !== null };
}

/** What counts for a step, in [0, 1], or null: before its text is read. */
export function stepShare(tree, visible, id) {
  const node = isFold(id) || visible.writing.has(id) ? null : tree.nodes.get(id);
  return node ? shareOf(node) : stepWords(tree, visible, id).share;
}

/** The same of words that are known. @param {StepWords} words */
export const outlineOf = ({ text, brief, answer, ended, share }) => ({
  bare: !text && answer === null,
  brief: ended || brief === "",
  scored: share !== null,
});

/** What went wrong is said first: it is never what there is no room for. */
function withEnding(node, said) {
  const label = endingLabel(node);
  if (!label) return said;
  return { ...said, text: said.text ? `${label}: ${said.text}` : label, brief: label };
}

/** Gists that were worked out already: with every step of the timeline the same texts are shown again. */
const GISTS = new Map();
const MOST_GISTS = 4000;

function gistOf(text) {
  let known = GISTS.get(text);
  if (!known) {
    if (GISTS.size > MOST_GISTS) GISTS.clear();
    GISTS.set(text, (known = { ...gist(text), brief: brief(text) }));
  }
  return known;
}

const both = (text) => ({ text, brief: text });

/** The problem, or what it asks in the end. */
function problem(text) {
  const whole = gist(text, MOST_PROBLEM);
  if (whole.whole) return { ...both(whole.text), whole: true };
  const asked = QUESTION.exec(text.slice(-MOST_READ))?.[0].trim();
  return { ...both(asked ? gist(asked, MOST_PROBLEM).text : whole.text), whole: false };
}

function foldWords(fold) {
  if (!fold) return NOTHING;
  const figures = fold.best === null ? "" : `best ${score(fold.best)}`;
  return { ...NOTHING, ...both(plural(fold.members.length, "step")), share: fold.best, figures };
}

/** What the search went by: the value of visits, a rollout's end, or the step's own score. */
function shareOf(node) {
  if (node.visits !== null) return node.value;
  return node.ahead === null ? node.score : node.aggregate;
}

const numbers = (node) => ({
  share: shareOf(node),
  figures: figuresOf(node),
  counted: countedOf(node, `(${node.visits})`),
  named: { figures: node.visits === null ? "" : `value ${figuresOf(node)}`, counted: countedOf(node, plural(node.visits, "visit")) },
});

function figuresOf(node) {
  if (node.visits !== null) return node.value.toFixed(2);
  if (node.ahead !== null) return `${node.score.toFixed(2)} → ${node.aggregate.toFixed(2)}`;
  return node.score === null ? "" : node.score.toFixed(2);
}

function countedOf(node, visits) {
  return [node.visits === null ? "" : visits, copiesLabel(node), forcedLabel(node)].filter(Boolean).join(" ");
}
