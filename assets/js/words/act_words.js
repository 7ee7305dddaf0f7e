// What a person did to a run, in words; and what can be done to a step. Pure.

import { ROOT } from "../log/tree.js";
import { inWords, readable, shorten } from "./format.js";

const MOST_LETTERS = 48;
/** Rules of cuts that can be taken back: `_WEIGHED` of `search_core/steer/refusals.py`. */
const WEIGHED = new Set(["top_k", "best_of_subtree", "softmax_share", "resampled_away", "run_ended", "cut_by_hand"]);
const STREAM = "single_stream";

/**
 * “Ada kept “18 + 9 = 27””.
 *
 * @param {Object} note - a `noted` event.
 * @param {import("../log/tree.js").Tree} tree
 * @param {Object} labels - `{strategies: {name: title}, options: {strategy: {option: {label}}}}`.
 * @param {boolean} mine - whether it was done in this tab.
 */
export function actWords(note, tree, labels = {}, mine = false) {
  const who = note.author || (mine ? "You" : "A person");
  if (note.action === "changed") return `${who} ${changedWords(note.changed ?? {}, tree.started, labels)}`;
  const there = said(tree, note);
  if (note.action === "kept") return `${who} kept ${there}`;
  if (note.action === "pruned") return `${who} cut ${there}`;
  if (note.action === "grown") return `${who} grew ${note.count} more after ${there}`;
  if (note.action === "edited") return `${who} edited a step: ${quoted(note.text)}`;
  if (note.action === "injected") return `${who} wrote a step after ${there}: ${quoted(note.text)}`;
  const strategy = tree.started.strategy;
  return `${who} went on from ${there} with ${labels.strategies?.[strategy] ?? strategy}`;
}

/** What If grows nothing but what a search with other options is missing. */
function changedWords(changed, { strategy }, labels) {
  const known = labels.options?.[strategy] ?? {};
  const set = Object.entries(changed).map(([name, value]) => `${known[name]?.label ?? readable(name)} to ${inWords(value)}`);
  return set.length ? `set ${set.join(", ")}, and had just the missing steps grown` : "had just the missing steps grown";
}

/** The run that was there before anybody acted, and the one that the last act was done to; "" for none. */
export const untouched = (tree) => tree.notes[0]?.of ?? "";
export const before = (tree) => tree.notes.at(-1)?.of ?? "";

/**
 * What makes sense at a node, the order as the buttons stand. The server has the last word.
 *
 * @returns {("keep"|"cut"|"grow"|"edit"|"write"|"go_on")[]}
 */
export function possibleActs(tree, node) {
  if (node.role === "rollout" || node.state === "merged") return [];
  const rule = tree.decisionOf(node)?.rule ?? "";
  const first = node.id === ROOT;
  const given = rule === "went_on_by_hand";
  const whole = node.ended === "step";
  const going = whole && (first || rule === "run_ended" || hasNext(tree, node));
  const stream = tree.started.strategy === STREAM;
  const open = node.state === "frontier" || node.state === "candidate";
  const can = {
    keep: !first && (open || (node.state === "pruned" && WEIGHED.has(rule))) && (whole || rule === "cut_by_hand"),
    cut: !first && !given && (open || node.state === "kept" || node.state === "completed"),
    grow: going,
    edit: !first && !given && !goesByLikelihood(tree),
    write: going && !goesByLikelihood(tree),
  };
  const names = stream ? [] : Object.keys(can).filter((name) => can[name]);
  return whole ? [...names, "go_on"] : names;
}

/** Of a step that a person wrote there is no log-probability. */
function goesByLikelihood({ started }) {
  return started.strategy === "mcts" && started.options.selection !== "uct";
}

function hasNext(tree, node) {
  return node.children.some((id) => tree.nodes.get(id).role === "step");
}

function said(tree, note) {
  const { id } = note;
  if (id === ROOT) return "the problem";
  // The words that stand there now are not those that it was done to.
  const later = tree.notes.slice(tree.notes.indexOf(note) + 1);
  if (later.some((other) => other.action === "edited" && other.id === id)) return "the step that was edited later";
  const node = tree.nodes.get(id);
  return node ? quoted(node.text) : stepById(id);
}

/** "step 2, branch 3", of a step that the tree does not have yet: its place, counted from 1. */
export function stepById(id) {
  const parts = id.split(".");
  return `step ${parts.length}, branch ${Number(parts.at(-1)) + 1}`;
}

const quoted = (text) => `“${shorten(text.replace(/\s+/g, " ").trim(), MOST_LETTERS)}”`;
