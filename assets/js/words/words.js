// What a node is and why it was kept or cut, in plain words. Pure: numbers come from the log.

import { scoreBeside, list, plural, score, shorten, signed } from "./format.js";
import { isFold, ROLLOUT } from "../log/visible.js";
import { MAY_SPARE, sparesNumbers } from "./countdown.js";
import { doubtPhrase, UNDECIDED_MEANING } from "./doubts.js";
import { Endings, endingSentences, repeatedWords, unfinishedWords } from "./endings.js";
import { plainMaths } from "./plain_maths.js";
import { writingWords } from "./writing_words.js";
import { isStream, piecesOf, annotationPhrases } from "./annotations.js";
import { ROOT } from "../log/tree.js";

const STATE_WORDS = {
  frontier: "just written, not scored yet",
  candidate: "scored, waiting for the decision",
  kept: "kept",
  rollout: "written to see where the step before it leads",
};
/** Of a run that was cut off, nothing is still to come. */
const CUT_OFF_WORDS = {
  frontier: "written, and not scored: the run was cut off",
  candidate: "scored, and not decided on: the run was cut off",
};

/** The answer beside a finished solution's mark. */
export function answerLabel(node) {
  return node.answer === null ? "no answer" : shorten(plainMaths(node.answer).replace(/\s+/g, " "), 22);
}

/** The state in a few words, with its reason where the log gives one. */
export function stateWords(tree, node) {
  const repeats = repeatedWords(node);
  return stateAlone(tree, node) + (repeats ? `; it ${repeats}` : "");
}

function stateAlone(tree, node) {
  if (node.state === "completed") return completedWords(tree, node);
  if (node.state === "merged") return `a duplicate of ${shortName(tree, tree.nodes.get(node.merged_into))}`;
  const ending = unfinishedWords(tree, node);
  if (node.state !== "pruned") return openWords(tree, node) + (ending ? `; ${ending}` : "");
  if (ending) return `pruned: ${ending}`;
  const { cutoff } = tree.decisionOf(node);
  if (cutoff === undefined || cutoff === null || node.margin === null) return "pruned";
  if (node.margin === 0) return `pruned: level with the cut ${score(cutoff)}, and ties go by order`;
  return `pruned: ${node.margin < 0 ? "below" : "above"} the cut ${scoreBeside(cutoff, node.aggregate)}`;
}

function completedWords(tree, node) {
  const cut = node.ended === "length" ? `; ${unfinishedWords(tree, node)}` : "";
  const found = node.answer === null ? "a finished solution without an answer" : `answer ${answerLabel(node)}`;
  return `${node.id === tree.chosen ? "chosen: " : ""}${found}${cut}`;
}

/** What a step waits for; in a run that was cut off it waits for nothing. */
const openWords = (tree, { state }) => (tree.interrupted && CUT_OFF_WORDS[state]) || STATE_WORDS[state];

/** "Step 3, branch 2 of 4"; in a stream, "Piece 7 of 31, step 3". */
export function shortName(tree, node) {
  if (!node || node.id === ROOT) return "The problem";
  if (isStream(tree)) return `${pieceName(tree, node)}, step ${node.depth}`;
  // Rollouts only look ahead: they are counted scoreBeside from the steps of the search.
  const siblings = tree.nodes.get(node.parent).children.filter((id) => tree.nodes.get(id).role === node.role);
  const kind = node.role === ROLLOUT ? "Look-ahead step" : "Step";
  return `${kind} ${node.depth}, branch ${siblings.indexOf(node.id) + 1} of ${siblings.length}`;
}

/** "Piece 7 of 31": the place of a node in the order of writing. */
export function pieceName(tree, node) {
  const pieces = piecesOf(tree);
  return `Piece ${pieces.indexOf(node.id) + 1} of ${pieces.length}`;
}

/** "Step 3, branch 2 of 4, score 0.62, pruned: below the cut 0.71": a node for the ear. */
export function nodeName(tree, node) {
  if (node.id === ROOT) return `The problem${tree.interrupted ? ", run cut off" : ""}: ${shorten(node.text, 120)}`;
  const scored = node.score === null ? "not scored" : `score ${score(node.score)}`;
  const told = [shortName(tree, node), scored, stateWords(tree, node), gradeWords(node), doubtPhrase(tree, node.group)];
  return [...told.filter((words) => words), ...annotationPhrases(tree, node)].join(", ");
}

function gradeWords(node) {
  if (node.right_undecided) return UNDECIDED_MEANING;
  return node.right === null ? "" : node.right ? "right" : "wrong";
}

/** A folded group for the ear. */
function foldName(fold) {
  const best = fold.best === null ? "" : `, best ${score(fold.best)}`;
  return `${plural(fold.members.length, "step")} folded away${best}`;
}

/** The name of anything that can be selected. */
export function nameOf(tree, visible, id) {
  if (visible.writing.has(id)) return `${writingName(tree, visible, id)}, ${writingWords(visible.writing.get(id))}`;
  if (isFold(id)) return foldName(visible.fold(id));
  const duplicates = visible.duplicatesOf(id);
  return nodeName(tree, tree.nodes.get(id)) + (duplicates ? `, written ${duplicates + 1} times` : "");
}

/** "Step 3, branch 2 of 4" of a step that is not there yet. */
export function writingName(tree, visible, id) {
  const ahead = visible.role === ROLLOUT;
  const siblings = visible
    .children(visible.parent(id))
    .filter((other) => visible.writing.has(other) || (tree.nodes.get(other)?.role === ROLLOUT) === ahead)
    .filter((other) => !isFold(other));
  const kind = ahead ? "Look-ahead step" : "Step";
  return `${kind} ${id.split(".").length}, branch ${siblings.indexOf(id) + 1} of ${siblings.length}`;
}

/** The sentences that say why a node is where it is. */
export function whySentences(tree, node) {
  return [...stateSentences(tree, node), ...endingSentences(tree, node)];
}

function stateSentences(tree, node) {
  if (tree.interrupted && node.state === "frontier")
    return ["The solver wrote this step. The run was cut off before the verifier scored it."];
  if (tree.interrupted && node.state === "candidate")
    return ["The verifier scored this step. The run was cut off before the strategy decided."];
  if (node.state === "frontier") return ["The solver has just written this step. The verifier has not scored it yet."];
  if (node.state === "candidate") return ["The verifier has scored this step. The strategy has not decided yet."];
  if (node.state === "merged")
    return ["This path says word for word the same as another one, so only that one is continued."];
  if (node.state === "completed") return completedSentences(tree, node);
  if (node.state === "rollout")
    return ["The search wrote this step only to see where the one before it leads. It does not go on from here."];
  const decision = tree.decisionOf(node);
  if (!decision) return [];
  return [decision.why, ...beamSentences(tree, decision), ...placeSentences(tree, decision, node)];
}

/** Of problems whose steps are checked, too, such as Countdown. */
const BY_OTHER_RULES = "It names the right answer, but its steps do not lead to it by the rules of the problem: wrong.";
const namesTheAnswer = ({ started: { problem } }, { answer }) => answer !== null && problem.answer !== null && answer.trim() === problem.answer?.trim();

function completedSentences(tree, node) {
  const sentences = [
    node.answer === null
      ? "The path ended, but no answer could be read from it, so it has no vote."
      : `The path ended here with the answer ${answerLabel(node)}.`,
  ];
  if (node.id === tree.chosen) sentences.push("The search chose this solution.");
  const doubt = doubtPhrase(tree, node.group);
  if (doubt) sentences.push(`Its answer ${doubt}: whether they are equal is not known, so they vote apart.`);
  if (node.right_undecided) sentences.push(`It ${UNDECIDED_MEANING}: whether it is right is not known.`);
  if (node.right !== null)
    sentences.push(node.right ? "It agrees with the reference: right." : namesTheAnswer(tree, node) ? BY_OTHER_RULES : "It disagrees with the reference: wrong.");
  if (node.right && !isStream(tree) && sparesNumbers(tree.started.problem, node.id))
    sentences.push(`It leaves numbers over, and may: ${MAY_SPARE}.`);
  return sentences;
}

/** How the setting that one sees goes together with how many paths are kept. */
function beamSentences(tree, { rule, why }) {
  const { n, beam_width: width } = tree.started.options;
  if (rule !== "top_k" || !Number.isInteger(n / width) || !why.includes(`keeps the ${n / width} best`)) return [];
  return [`That is N / beam width: ${n} / ${width} = ${n / width}.`];
}

function placeSentences(tree, decision, node) {
  const sentences = [];
  if (node.rank !== null) sentences.push(`Rank ${node.rank} of ${tree.rankedWith(decision)}.`);
  if (decision.cutoff === undefined || decision.cutoff === null || node.margin === null) return sentences;
  const value = scoreBeside(node.aggregate, decision.cutoff);
  const cut = scoreBeside(decision.cutoff, node.aggregate);
  if (node.margin !== 0) {
    sentences.push(`Its path scores ${value}; the cut was ${cut}, so the margin is ${signed(node.margin)}.`);
  } else if (node.state === "pruned") {
    sentences.push(`Its path scores ${value}, level with the last one kept; ties go by order.`);
  } else {
    sentences.push(`Its path scores ${value}: the lowest that was kept, and so the cut.`);
  }
  return sentences;
}

/** Whether an outcome verifier judged: finished solutions only, and each as a whole. */
export function judgesSolutions(tree) {
  return tree.started.verifier.scores === "solutions";
}

/** What must be said of a pair whose verifier is larger than its solver; "" for any other. */
export function sizeNote(started) {
  const ratio = started?.verifier.parameters / started?.solver.parameters;
  if (!Number.isFinite(ratio) || ratio < 1.05) return "";
  return `The verifier is ${ratio.toFixed(1)} times as large as the solver: its cost counts.`;
}

/**
 * The path's scores becoming one number, with the real ones: "min(0.91, 0.40) = 0.40". Where a
 * rollout's end judges, its scores belong to the path.
 */
export function aggregateArithmetic(tree, node) {
  if (node.aggregate === null) return "";
  if (judgesSolutions(tree)) return `score of the whole solution = ${score(node.aggregate)}`;
  const how = tree.started.options.aggregate ?? "last";
  const scores = tree
    .path(node.ahead ?? node.id)
    .map((step) => step.score)
    .filter((value) => value !== null);
  const result = score(node.aggregate);
  if (how === "last") return `last of (${numbers(scores)}) = ${result}`;
  if (how === "prod" && scores.length > 1) return `${scores.map(score).join(" × ")} = ${result}`;
  if (how === "mean")
    return `mean(${numbers(scores)}) = (${scores.map(score).join(" + ")}) / ${scores.length} = ${result}`;
  return `${how}(${numbers(scores)}) = ${result}`;
}

const numbers = (scores) => scores.map(score).join(", ");

/** One sentence for the whole picture. */
export function summary(tree) {
  const parts = summaryInParts(tree);
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
  }
}

/** So many steps are counted in one go. */
const AT_ONCE = 4000;

/** The same for whoever has other things to do as well: it pauses after each few thousand steps. @returns {Generator<void, string>} */
export function* summaryInParts(tree) {
  const steps = tree.nodes.size - 1;
  if (steps < 1) return "A search tree with no steps yet.";
  const tally = { pruned: 0, completed: 0 };
  const endings = new Endings(tree);
  let counted = 0;
  for (const node of tree.nodes.values()) {
    if (node.state in tally) tally[node.state] += 1;
    endings.add(node);
    counted += 1;
    if (counted % AT_ONCE === 0) yield;
  }
  const parts = [plural(steps, "step")];
  if (tally.pruned) parts.push(`${tally.pruned} pruned`);
  if (tally.completed) parts.push(plural(tally.completed, "finished solution"));
  const chosen = tree.chosen ? ` The chosen answer is ${answerLabel(tree.nodes.get(tree.chosen))}.` : "";
  const ended = endings.words;
  return `Search tree with ${list(parts)}.${ended && ` ${ended}.`}${chosen}${tree.interrupted ? " The run was cut off here." : ""}`;
}
