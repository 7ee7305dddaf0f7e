// The opening's script: what is told at which moment of a log, and for how long. Pure.

import { clearly } from "./claims.js";

/** The three words without which the picture says nothing, in the order in which they are told. */
export const TERMS = [
  { name: "step", says: "is one line of a solution. A small language model, the solver, writes it." },
  { name: "verifier", says: "reads the steps and scores each from 0 to 1: how likely they lead to the right answer." },
  { name: "strategy", says: "decides what is written, what is kept and cut, and which answer wins." },
];

/** What is true of a strategy that the three words do not lead one to expect. */
const ALSO = { best_of_n: "Here nothing is cut: all attempts vote." };

/** What is to be added to a term's sentence for this search; "": nothing. */
export const alsoOf = (name, tree) => (name === "strategy" && ALSO[tree?.started?.strategy]) || "";

const GROWING_MS = { step: 4000, verifier: 3000, strategy: 2500 };
const MOST_POINTS = 6;
/** Time to read the last sentence of the three. */
const READING_MS = 1800;

/**
 * @typedef {Object} Scene
 * @property {string} term - what is told meanwhile.
 * @property {number} from - the cursor at its beginning.
 * @property {number} to - and at its end.
 * @property {number} ms - how long it lasts.
 * @property {number} rest - how long its end stands.
 */

/**
 * Steps are told of while the first ones are written, the verifier while they are scored, and the
 * strategy while the search decides and goes on to its end.
 *
 * @param {Object[]} events - a whole log.
 * @returns {Scene[]}
 */
export function scriptOf(events) {
  const first = events.findIndex(({ kind }) => kind === "sampled");
  const scored = events.findIndex(({ kind }) => kind === "scored");
  if (first < 0 || scored < first) return [];
  let judged = scored;
  while (events[judged]?.kind === "scored") judged += 1;
  const cursors = [first, scored, judged, events.length];
  return TERMS.map(({ name }, place) => ({
    term: name,
    from: cursors[place],
    to: cursors[place + 1],
    ms: GROWING_MS[name],
    rest: READING_MS,
  }));
}

/**
 * Where the picture shows what a term means.
 *
 * @param {string} term
 * @param {import("../log/tree.js").Tree} tree
 * @returns {import("./claims.js").Point[]}
 */
export function placesOf(term, tree) {
  const steps = [...tree.nodes.values()].filter((node) => node.parent !== null);
  if (term === "step") return steps.slice(0, 1).map(({ id }) => ({ id, label: "" }));
  if (term === "verifier")
    return steps.filter((node) => node.score !== null).slice(-1).map(({ id, score }) => ({ id, ...clearly(score.toFixed(2)) }));
  if (tree.chosen) return [{ id: tree.chosen, label: "" }];
  const last = tree.decisions.at(-1);
  return [...(last?.kept ?? []), ...(last?.pruned ?? [])].slice(0, MOST_POINTS).map(([id]) => ({ id, label: "" }));
}
