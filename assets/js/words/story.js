// The run told in plain language: one sentence or two for each segment of the log. Pure.

import { MAY_SPARE, sparesNumbers } from "./countdown.js";
import { doubted, UNDECIDED_MEANING } from "./doubts.js";
import { endingsWords, repeatWords, stepLimit } from "./endings.js";
import { answerWords } from "./plain_maths.js";
import { list, plural, readable, score, shorten } from "./format.js";
import { isPasted, allocationSentence, isStreamStrategy } from "./annotations.js";
import { parentOf, ROOT, Tree } from "../log/tree.js";

const STATUS = {
  cancelled: "The run was stopped.",
  failed: "The run failed.",
  out_of_budget: "The run reached its limit.",
};
/** The message of a run that a person stopped. */
const STOPPED = "Stopped by request.";
/** What is said of the last moment of a run that has no end. */
export const CUT_OFF = "Here the run was cut off.";
/** What is said of a run whose solver does not go on from its own text. */
const APPROXIMATED =
  "The steps are an approximation: the solver's server does not continue an answer, so each was asked for in a turn of its own.";
const MOST_QUOTED = 110;
export const METHODS = { majority: "by majority vote", weighted: "by weighted vote", best: "by the best score" };
const MOST_REASONS = 2;
const MOST_WARNINGS = 2;

/**
 * What happened in one segment, up to the cursor.
 *
 * @param {Object[]} events - the whole log.
 * @param {import("../log/rounds.js").Segment} segment
 * @param {number} cursor
 * @param {Object} labels - `{strategies: {name: title}}`.
 */
export function tell(events, segment, cursor, labels = {}) {
  const slice = events.slice(segment.from, Math.min(segment.cursor, cursor));
  if (segment.kind === "start") return tellStart(slice, labels);
  if (segment.kind === "end") return tellEnd(slice, events.slice(0, cursor));
  if (isStreamStrategy(events[0]?.strategy)) return tellPiece(slice, segment.round);
  return tellRound(slice, segment.round, settled(events, segment, cursor), events[0]);
}

/**
 * The story so far: every segment that is over at the cursor, in order.
 *
 * @param {boolean} [interrupted] - the log was cut off at the cursor.
 * @returns {{cursor: number, sentence: string}[]}
 */
export function tellAll(events, segments, cursor, labels, interrupted = false) {
  const last = segments.at(-1);
  const told = segments
    .filter((segment) => settled(events, segment, cursor) || (interrupted && segment === last))
    .map((segment) => ({ cursor: segment.cursor, sentence: toldOnce(events, segment, cursor, labels, last) }));
  return withoutRepetition(told).concat(interrupted ? { cursor, sentence: CUT_OFF } : []);
}

/** Rounds of which the same is to be said are told in one: "Rounds 1 to 22, each: 1 step written." */
function withoutRepetition(told) {
  const kept = [];
  for (const { cursor, sentence } of told) {
    const [, round, rest] = /^Round (\d+): (.*)$/s.exec(sentence) ?? [];
    const last = kept.at(-1);
    if (round && last?.rest === rest) {
      last.sentence = `Rounds ${last.first} to ${round}, each: ${rest}`;
      last.cursor = cursor;
    } else kept.push({ cursor, sentence, first: round, rest: rest ?? null });
  }
  return kept.map(({ cursor, sentence }) => ({ cursor, sentence }));
}

/** Sentences of segments that are over: a long log is not read again for every moment. */
const TOLD = new WeakMap();

function toldOnce(events, segment, cursor, labels, last) {
  const over = segment !== last && cursor >= segment.cursor;
  if (over && TOLD.has(segment)) return TOLD.get(segment);
  const sentence = withWarnings(events, segment, cursor, labels);
  if (over) TOLD.set(segment, sentence);
  return sentence;
}

/** What happened in one segment, and what went otherwise than planned in it. */
export function withWarnings(events, segment, cursor, labels) {
  const slice = events.slice(segment.from, Math.min(segment.cursor, cursor));
  const warned = slice.filter((event) => event.kind === "warned");
  const told = warned.slice(0, MOST_WARNINGS).map(({ message }) => ` Warning: ${shorten(message, 300)}`);
  const more = warned.length > MOST_WARNINGS ? ` And ${plural(warned.length - MOST_WARNINGS, "more warning")}.` : "";
  return tell(events, segment, cursor, labels) + told.join("") + more;
}

function tellStart(slice, labels) {
  const header = slice.find((event) => event.kind === "started");
  if (!header) return "Waiting for the first step.";
  if (isPasted(header)) return `A pasted text, piece by piece, on: ${shorten(header.problem.text.replace(/\s+/g, " "), 140)}`;
  const title = labels.strategies?.[header.strategy] ?? readable(header.strategy);
  const budget = header.options.n ? ` with a budget of ${plural(header.options.n, "solution")}` : "";
  // A problem of no known family was somebody's own, and so was the model: it is told by its name.
  const { solver, problem } = header;
  const by = solver && !problem.family ? `, with the model ${shorten(solver.name, 80)},` : "";
  const on = `${title} sets out${budget}${by} on: ${shorten(header.problem.text.replace(/\s+/g, " "), 140)}`;
  return header.solver?.steps === "asked" ? `${on} ${APPROXIMATED}` : on;
}

function tellRound(slice, round, over, header) {
  const summary = summaryOf(slice);
  const told = [`Round ${round}: ${written(summary)} written`];
  if (!summary.settled && !over) return `${told[0]}${summary.scored ? `, ${summary.scored} scored` : ""}…`;
  if (summary.scored) told.push("scored");
  let text = `${list(told)}.`;
  // In the order in which they lessen the paths: what is the same, what is over, what is cut.
  if (summary.merged) text += ` ${summary.merged === 1 ? "1 duplicate was" : `${summary.merged} duplicates were`} merged.`;
  if (summary.answers.length) text += ` ${answers(summary.answers, summary.written + summary.ahead)}`;
  if (summary.kept || summary.pruned) text += ` ${decided(summary)}`;
  text += endingsOf(summary, header);
  for (const why of summary.reasons.slice(-MOST_REASONS)) text += ` ${shorten(why, 300)}`;
  if (summary.allocated) text += ` ${allocationSentence(summary.allocated)}`;
  if (summary.backedUp.size) text += ` ${backUp(summary)}`;
  if (summary.revised) text += ` ${revised(summary.revised)}`;
  return text;
}

/** A stream is read piece by piece: what it says, and where it goes on. */
function tellPiece(slice, round) {
  const piece = slice.find((event) => event.kind === "sampled");
  if (!piece) return `Piece ${round} is being written…`;
  const { pruned, answers: found } = summaryOf(slice);
  let text = `Piece ${round}: “${shorten(piece.text.replace(/\s+/g, " ").trim(), MOST_QUOTED)}”`;
  if (piece.after || piece.forced) text += ` ${continuation(piece)}`;
  if (found.length) text += ` ${answers(found)}`;
  if (pruned) text += ` ${pruned === 1 ? "1 end leads" : `${pruned} ends lead`} no further.`;
  return text;
}

/** Rollouts are counted apart: the search does not go on from them. */
function written({ written, ahead, parents }) {
  const steps = plural(written, "step") + (forked(written, parents) ? ` from ${plural(parents.size, "path")}` : "");
  if (!ahead) return steps;
  const rollouts = `${plural(ahead, "step")} of rollouts`;
  return written ? `${steps} and ${rollouts}` : rollouts;
}

/** Whether paths go on in several ways: otherwise "1 path goes on", and then 16 steps, reads as a mistake. */
const forked = (written, parents) => written > parents.size && !parents.has(ROOT);

function backUp({ backedUp, root }) {
  const { size } = backedUp;
  const values = size === 1 ? "The value of 1 node was backed up" : `The values of ${size} nodes were backed up`;
  if (!root) return `${values}.`;
  return `${values}; the problem now has ${plural(root.visits, "visit")}, mean value ${root.value.toFixed(2)}.`;
}

/** Where a stream goes on, and with which forced words. */
function continuation({ after, id, forced }) {
  const words = forced ? `“${shorten(forced.trim(), 24)}”` : "";
  if (!after) return `It was made to begin with ${words}.`;
  const back = `the text goes back from step ${depthOf(after)} to ${depthOf(id) > 1 ? `step ${depthOf(id) - 1}` : "the problem"}`;
  return words ? `Made to begin with ${words}, ${back}.` : `${back.charAt(0).toUpperCase()}${back.slice(1)}.`;
}

const revised = (count) =>
  count === 1 ? "It opens an attempt that revises an earlier one." : `They open ${count} attempts that revise earlier ones.`;

const depthOf = (id) => id.split(".").length;

/** What happened in a slice of the log, in numbers. */
function summaryOf(slice) {
  const summary = {
    ...{ written: 0, ahead: 0, scored: 0, kept: 0, pruned: 0, merged: 0, revised: 0, cut: 0, repeated: 0, late: 0, settled: false },
    ...{ keptByHand: 0, cutByHand: 0 },
    ...{ cutoffs: [], answers: [], reasons: [], allocated: null, backedUp: new Set(), root: null, parents: new Set() },
  };
  for (const event of slice) {
    if (event.kind === "sampled") countSampled(summary, event);
    else if (event.kind === "allocated") summary.allocated = event;
    else if (event.kind === "backed_up") countBackedUp(summary, event);
    else if (event.kind === "scored") summary.scored += 1;
    else if (event.kind === "merged") summary.merged += 1;
    else if (event.kind === "completed") summary.answers.push(event.answer ?? null);
    else if (event.kind === "decided") {
      summary.kept += event.kept?.length ?? 0;
      summary.pruned += event.pruned?.length ?? 0;
      if (event.rule === "kept_by_hand") summary.keptByHand += event.kept?.length ?? 0;
      if (event.rule === "cut_by_hand") summary.cutByHand += event.pruned?.length ?? 0;
      if (event.rule === "out_of_steps") summary.late += event.pruned?.length ?? 0;
      // Without nodes, a decision is about the search itself: to stop, or how it goes on.
      if (!event.kept?.length && !event.pruned?.length) summary.reasons.push(event.why);
      if (event.cutoff !== undefined && event.kept?.length && event.pruned?.length) summary.cutoffs.push(event.cutoff);
    }
    if (SETTLING.has(event.kind)) summary.settled = true;
  }
  return summary;
}

const SETTLING = new Set(["decided", "completed", "compared", "merged", "allocated", "backed_up"]);

function countSampled(summary, event) {
  if (event.ended === "length") summary.cut += 1;
  if (event.repeats) summary.repeated += 1;
  if (event.role === "rollout") summary.ahead += 1;
  else {
    summary.written += 1;
    summary.parents.add(parentOf(event.id));
  }
  if (event.after) summary.revised += 1;
}

/** The newest numbers count. */
function countBackedUp(summary, event) {
  summary.backedUp.add(event.id);
  if (event.id === ROOT) summary.root = event;
}

/** What went wrong with steps of this round, each in a sentence. */
function endingsOf({ cut, repeated, late }, header) {
  const were = (value) => (value === 1 ? "was" : "were");
  const told = [];
  if (cut) told.push(`${plural(cut, "step")} ${were(cut)} cut off at ${stepLimit(header)}.`);
  if (repeated) told.push(`${repeatWords(repeated)}.`);
  if (late) told.push(`${plural(late, "path")} ${were(late)} not finished when the steps ran out.`);
  return told.map((sentence) => ` ${sentence}`).join("");
}

function decided({ kept, pruned, cutoffs, keptByHand, cutByHand }) {
  if (!pruned) return `${kept === 1 ? "1 path goes" : `${kept} paths go`} on; nothing is cut.`;
  if (!kept) return `${pruned === 1 ? "1 path stops" : `${pruned} paths stop`} here.`;
  let cut = "";
  if (cutoffs.length === 1) cut = `; the cut was ${score(cutoffs[0])}`;
  else if (cutoffs.length) cut = `; the cuts lay from ${score(Math.min(...cutoffs))} to ${score(Math.max(...cutoffs))}`;
  const hands = [keptByHand && `${keptByHand} kept`, cutByHand && `${cutByHand} cut`].filter(Boolean);
  const by = hands.length ? ` By hand: ${hands.join(", ")}.` : "";
  return `The search kept ${kept - keptByHand} and pruned ${pruned - cutByHand}${cut}.${by}`;
}

/** @param {number} [ended] - steps of this round that may have been the last of their paths: where more are told, others ended before. */
function answers(found, ended = found.length) {
  const known = [...new Set(found.filter((answer) => answer !== null))];
  const reached = found.length > ended ? "have reached" : "reached";
  const paths = found.length === 1 ? "1 path reached its end" : `${found.length} paths ${reached} their end`;
  if (!known.length) return `${paths} without an answer.`;
  const shown = known.slice(0, 4).map((answer) => answerWords(answer, 24));
  const more = known.length > 4 ? " and others" : "";
  return `${paths}: ${more ? shown.join(", ") + more : list(shown)}.`;
}

function tellEnd(slice, before) {
  const finished = slice.find((event) => event.kind === "finished");
  if (!finished) return "The solutions are being judged…";
  const opening = STATUS[finished.status] ? `${STATUS[finished.status]} ` : "";
  if (!finished.chosen) return `${opening}${reasonOf(finished)}${endedBy(before)}`.trim();
  const graded = slice.find((event) => event.kind === "graded");
  const tally = slice.find((event) => event.kind === "voted" && event.method === finished.method)?.tally ?? [];
  const all = tally.reduce((sum, entry) => sum + entry[3], 0);
  const verdict = verdictOf(graded, finished, before) + outweighed(finished, tally) + doubtSentence(before);
  return `${opening}The answer is ${answerWords(finished.answer ?? "not known", 60)}${howChosen(finished, tally, all, solutionsIn(before) + solutionsIn(slice))}.${verdict}`;
}

/** Why it ended, where that says more than that it did. */
function reasonOf({ status, message }) {
  if (status === "cancelled" && message === STOPPED) return "";
  return message || "No path reached an answer.";
}

/** Why there is no answer, as far as the paths' ends say it. */
function endedBy(before) {
  if (before[0]?.kind !== "started") return "";
  const words = endingsWords(Tree.fromEvents(before));
  return words ? ` ${words}.` : "";
}

const solutionsIn = (events) => events.reduce((sum, { kind }) => sum + (kind === "completed" ? 1 : 0), 0);

/** Where there was one solution, nothing was chosen. @param {number} found - solutions, those included that do not vote. */
function howChosen({ method }, tally, all, found) {
  if (all === 1) return found > 1 ? ", from the only solution that votes" : ", from the only solution";
  const some = found > all ? " that vote" : "";
  const share = all ? `, given by ${tally[0][3]} of ${plural(all, "solution")}${some}` : "";
  return METHODS[method] ? `, chosen ${METHODS[method]}${share}` : share;
}

/** What would have been right. In Countdown the target is known to all: there the steps are wrong, not the number. */
function insteadOf(answer, problem) {
  const right = problem?.answer;
  return right && problem.family !== "countdown" && right !== answer ? `: ${answerWords(right, 24)} is right` : "";
}

function verdictOf(graded, { chosen, answer }, events) {
  if (!graded) return "";
  if (graded.undecided?.includes(chosen)) return ` It ${UNDECIDED_MEANING}.`;
  if (!graded.right?.includes(chosen)) return ` That is wrong${insteadOf(answer, events[0]?.problem)}.`;
  const spared = sparesNumbers(events[0]?.problem, chosen) && !isStreamStrategy(events[0].strategy);
  return spared ? ` That is right: ${MAY_SPARE}.` : " That is right.";
}

/** Where the answer that most solutions give has lost, what else counts. */
function outweighed({ method }, tally) {
  if (method !== "weighted") return "";
  const most = tally.reduce((largest, entry) => (entry[3] > largest[3] ? entry : largest), tally[0]);
  if (!most || most === tally[0]) return "";
  return ` More say ${answerWords(most[1] ?? "nothing", 24)}, but each votes with its score: one high score may outweigh many low ones.`;
}

function doubtSentence(events) {
  const { size } = doubted(events);
  return size ? ` ${size} answers could not all be compared with each other; those vote apart.` : "";
}

/** Whether a segment has been decided, so that its sentence will not change any more. */
export function settled(events, segment, cursor) {
  if (cursor < segment.cursor) return false;
  const last = events[segment.cursor - 1]?.kind;
  return (
    segment.kind === "start" ||
    last === "finished" ||
    SETTLING.has(last) ||
    events.length > segment.cursor
  );
}
