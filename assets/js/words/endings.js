// How paths ended that did not end with an answer, and what repeats itself, in plain words. Pure.
// `search_core/picture/endings.py` says the same in texts.

import { count, plural } from "./format.js";
import { isStream } from "./annotations.js";

// Of a step that was not written to its end by no fault of its length.
const GIVEN_UP = {
  aborted: "given up before it ended",
  filtered: "stopped by a content filter before it ended",
  unknown: "nobody said how it ended",
};
/** What the rules of a cut say where the step itself does not. */
const BY_RULE = {
  too_long: "cut off at the limit of one step",
  given_up: GIVEN_UP.aborted,
  run_ended: "not finished when the run ended",
};
const LABELS = { length: "cut off", aborted: "given up", filtered: "content filter", unknown: "end unknown" };
const REPEATS = {
  step: "repeats an earlier step of its path",
  phrase: "repeats itself over and over",
};

/** "repeats itself over and over"; "" where it does not. */
export const repeatedWords = (node) => REPEATS[node.repeats] ?? "";

/** The same in a word or two, beside a mark. */
export function endingLabel(node) {
  return [LABELS[node.ended], node.repeats && "repeats"].filter(Boolean).join(", ");
}

/** Sentences that say it, for whoever asks why. */
export function endingSentences(tree, node) {
  const sentences = [];
  if (node.ended === "length") sentences.push(`The step was cut off at ${limitWords(tree, node)}${thinkingWords(node)}.`);
  if (node.repeats === "step") sentences.push("The solver repeats itself here: an earlier step of this path says the same.");
  if (node.repeats === "phrase") sentences.push("The solver repeats itself here: the step ends with one phrase over and over.");
  return sentences;
}

/** What a path stopped by that did not end; "" of any other. */
export function unfinishedWords(tree, node) {
  if (GIVEN_UP[node.ended]) return GIVEN_UP[node.ended];
  if (node.ended === "length") return `cut off at ${limitWords(tree, node)}${thinkingWords(node)}`;
  if (node.state === "completed") return node.answer === null ? "ended without an answer" : "";
  const rule = node.state === "pruned" ? tree.decisionOf(node)?.rule : null;
  if (rule === "out_of_steps")
    return isStream(tree)
      ? "not finished when its pieces ran out"
      : `not finished after ${plural(node.depth, "step")}, the most that were allowed`;
  return BY_RULE[rule] ?? "";
}

/** Counts of how paths ended, step by step: see `endingsWords`. */
export class Endings {
  constructor(tree) {
    this.tree = tree;
    this.counts = new Map();
    this.looped = 0;
  }

  add(node) {
    if (node.parent === null) return;
    if (node.repeats) this.looped += 1;
    if (node.role !== "step" || (node.state !== "completed" && node.children.length)) return;
    const words = unfinishedWords(this.tree, node);
    if (words) this.counts.set(words, (this.counts.get(words) ?? 0) + 1);
  }

  get words() {
    const said = [...this.counts].sort((a, b) => b[1] - a[1]).map(([words, paths]) => `${plural(paths, "path")} ${words}`);
    if (this.looped) said.push(repeatWords(this.looped));
    return said.join("; ");
  }
}

/** "2 paths cut off at …; 1 path ended without an answer; 3 steps repeat what was said"; or "". */
export function endingsWords(tree) {
  const endings = new Endings(tree);
  for (const node of tree.nodes.values()) endings.add(node);
  return endings.words;
}

export const repeatWords = (steps) => `${plural(steps, "step")} ${steps === 1 ? "repeats" : "repeat"} what was said`;

const thinkingWords = ({ thought }) => (thought === "open" ? ", while it was still thinking" : "");

/** Which limit a step ran into; one without a token had no room left in the model's context. */
function limitWords(tree, node) {
  if (!node.tokens && !node.text) return "the end of the model's context";
  return stepLimit(tree.started);
}

/** "the limit of one step, 96 tokens". */
export function stepLimit(header) {
  const most = header?.sampling?.max_step_tokens;
  return `the limit of one step${Number.isInteger(most) ? `, ${count(most)} tokens` : ""}`;
}
