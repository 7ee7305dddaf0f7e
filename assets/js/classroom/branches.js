// What a class is asked: which branches there are below a step, at which moment nobody has judged them
// yet, and, once it is revealed, what the verifier thought and what came of each. Pure.

import { parentOf, ROOT } from "../log/tree.js";

/** As many as the server takes, and as there are letters that one tells apart. */
const MOST_OPTIONS = 12;
const LETTERS = "ABCDEFGHIJKL";
const HANDS = { kept: "a person kept it", pruned: "a person cut it", edited: "a person wrote it" };

/**
 * What can be asked at a step.
 *
 * @param {Object[]} events
 * @param {string} node
 * @returns {?{options: string[], cursor: ?number}} the branches, and how many events there are before the
 *   first of them is judged; null there: they are judged one by one. Null: there is nothing to choose from.
 */
export function askable(events, node) {
  const duplicates = new Set(events.filter(({ kind }) => kind === "merged").map(({ id }) => id));
  const texts = new Set();
  const options = [];
  for (const [index, event] of events.entries()) {
    if (event.kind === "sampled" && event.role !== "rollout" && event.id !== ROOT && parentOf(event.id) === node) {
      // A step that is written twice is one branch.
      if (!duplicates.has(event.id) && !texts.has(event.text.trim())) options.push(event.id);
      texts.add(event.text.trim());
    } else if (options.length > 1 && judges(event, options)) return { options: options.slice(0, MOST_OPTIONS), cursor: index };
  }
  return options.length > 1 ? { options: options.slice(0, MOST_OPTIONS), cursor: null } : null;
}

function judges(event, options) {
  if (event.kind === "decided") return [...(event.kept ?? []), ...(event.pruned ?? [])].some(([id]) => options.includes(id));
  return ["scored", "completed"].includes(event.kind) && options.includes(event.id);
}

/** Which option this node is, or stands below; -1: none. */
export const optionOf = (options, id) => options.findIndex((option) => id === option || String(id).startsWith(`${option}.`));

/**
 * A step that repeats an option is that option.
 *
 * @param {import("../log/tree.js").Tree} tree - as it is on show.
 * @returns {Map<string, number>} the place of the option, by id.
 */
export function twinsOf(tree, options) {
  const twins = new Map();
  const parent = tree.nodes.get(options[0])?.parent;
  const places = new Map(options.map((id, place) => [tree.nodes.get(id)?.text.trim(), place]));
  for (const id of tree.nodes.get(parent)?.children ?? []) {
    const place = places.get(tree.nodes.get(id).text.trim());
    if (place !== undefined && !options.includes(id)) twins.set(id, place);
  }
  return twins;
}

/**
 * @typedef {Object} Branch
 * @property {string} id
 * @property {string} letter
 * @property {string} text
 * @property {?number} count - how many chose it.
 * @property {?number} score - what the verifier gave it.
 * @property {boolean} best - the verifier thinks most of it.
 * @property {?boolean} right - whether a right answer came of it; null: no answer did, or nobody knows.
 * @property {boolean} answered - some answer came of it.
 * @property {boolean} cut - the search cut it.
 * @property {string} hand - what a person did to it, in words; "": nothing.
 */

/**
 * @param {import("../log/tree.js").Tree} whole - the run as far as it has come.
 * @param {string[]} options
 * @param {?number[]} counts - null: not revealed.
 * @returns {Branch[]}
 */
export function branchesOf(whole, options, counts) {
  const nodes = options.map((id) => whole.nodes.get(id));
  const scores = nodes.map((node) => node?.aggregate ?? null);
  const most = Math.max(...scores.filter((score) => score !== null));
  const ends = counts ? endsOf(whole, options) : options.map(() => []);
  return options.map((id, place) => {
    const rights = ends[place].map(({ right }) => right);
    return {
      id,
      letter: LETTERS[place],
      text: nodes[place]?.text ?? "",
      count: counts?.[place] ?? null,
      score: scores[place],
      best: scores[place] !== null && scores[place] === most,
      right: rights.includes(true) ? true : rights.includes(false) && !rights.includes(null) ? false : null,
      answered: rights.length > 0,
      cut: nodes[place]?.state === "pruned",
      hand: counts ? handOn(whole, nodes[place]) : "",
    };
  });
}

/** What was decided by hand is no choice of the search's. */
function handOn({ notes }, node) {
  if (!node) return "";
  const acts = notes.filter(({ id, action }) => id === node.id && HANDS[action]).map(({ action }) => HANDS[action]);
  return acts.at(-1) ?? (node.by ? "a person wrote it" : "");
}

/** The solutions that ended below each option; what a duplicate would have become counts for it too. */
function endsOf(whole, options) {
  const ends = options.map(() => []);
  for (const node of whole.nodes.values()) {
    if (node.state !== "completed" || node.answer === null) continue;
    const place = optionOf(options, node.id);
    if (place >= 0) ends[place].push(node);
  }
  return ends;
}

/** What became of a branch, in words. */
export function truthOf({ right, answered, cut }) {
  if (right === true) return "✓ a right answer came of it";
  if (right === false) return "✗ only wrong answers came of it";
  if (answered) return "? whether its answers are right is not known";
  return cut ? "– cut: nobody knows what would have come of it" : "– no answer came of it";
}

/** What was chosen, in a sentence or two: for those who do not see it. */
export function spokenOutcome(branches) {
  const chosen = branches.reduce((sum, { count }) => sum + count, 0);
  const told = branches.map(
    ({ letter, count, score, best, hand, ...rest }) =>
      `${letter}: ${count}${best ? `, the verifier's choice, ${score.toFixed(2)}` : ""}${hand && `, ${hand}`}, ${truthOf(rest).slice(2)}`,
  );
  return `Revealed. ${chosen} chose. ${told.join(". ")}.`;
}
