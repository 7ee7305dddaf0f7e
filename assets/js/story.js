// The run told in plain language: one sentence or two for each stop of the timeline. Pure.

import { list, plural, score, shorten, words } from "./format.js";

const STATUS = {
  cancelled: "The run was stopped.",
  failed: "The run failed.",
  out_of_budget: "The run reached its limit.",
};
const METHODS = { majority: "by majority vote", weighted: "by weighted vote", best: "by the best score" };
const MOST_COURSES = 2;

/**
 * What happened in one stop, up to the cursor.
 *
 * @param {Object[]} events - the whole log.
 * @param {import("./rounds.js").Stop} stop
 * @param {number} cursor
 * @param {Object} labels - `{strategies: {name: title}}`.
 */
export function tell(events, stop, cursor, labels = {}) {
  const slice = events.slice(stop.from, Math.min(stop.cursor, cursor));
  if (stop.kind === "start") return tellStart(slice, labels);
  if (stop.kind === "end") return tellEnd(slice);
  return tellRound(slice, stop.round);
}

/**
 * The story so far: every stop that is over at the cursor, in order.
 *
 * @returns {{cursor: number, sentence: string}[]}
 */
export function tellAll(events, stops, cursor, labels) {
  return stops
    .filter((stop) => stop.from < cursor && settled(events, stop, cursor))
    .map((stop) => ({ cursor: stop.cursor, sentence: tell(events, stop, cursor, labels) }));
}

function tellStart(slice, labels) {
  const header = slice.find((event) => event.kind === "started");
  if (!header) return "Waiting for the first step.";
  const title = labels.strategies?.[header.strategy] ?? words(header.strategy);
  const budget = header.options.n ? ` with a budget of ${plural(header.options.n, "solution")}` : "";
  return `${title} sets out${budget} on: ${shorten(header.problem.text.replace(/\s+/g, " "), 140)}`;
}

function tellRound(slice, round) {
  const facts = collect(slice);
  const told = [`Round ${round}: ${plural(facts.written, "step")} written`];
  if (!facts.settled) return `${told[0]}${facts.scored ? `, ${facts.scored} scored` : ""}…`;
  if (facts.scored) told.push("scored");
  let text = `${list(told)}.`;
  if (facts.kept || facts.pruned) text += ` ${fate(facts)}`;
  if (facts.merged) text += ` ${facts.merged === 1 ? "1 duplicate was" : `${facts.merged} duplicates were`} merged.`;
  if (facts.answers.length) text += ` ${answers(facts.answers)}`;
  for (const why of facts.courses.slice(-MOST_COURSES)) text += ` ${shorten(why, 300)}`;
  return text;
}

function collect(slice) {
  const facts = { written: 0, scored: 0, kept: 0, pruned: 0, merged: 0, settled: false };
  Object.assign(facts, { cuts: [], answers: [], courses: [] });
  for (const event of slice) {
    if (event.kind === "sampled") facts.written += 1;
    else if (event.kind === "scored") facts.scored += 1;
    else if (event.kind === "merged") facts.merged += 1;
    else if (event.kind === "completed") facts.answers.push(event.answer ?? null);
    else if (event.kind === "decided") {
      facts.kept += event.kept?.length ?? 0;
      facts.pruned += event.pruned?.length ?? 0;
      // Without nodes, a decision is about the search itself: to stop, or how it goes on.
      if (!event.kept?.length && !event.pruned?.length) facts.courses.push(event.why);
      if (event.cutoff !== undefined && event.kept?.length && event.pruned?.length) facts.cuts.push(event.cutoff);
    }
    if (["decided", "completed", "merged"].includes(event.kind)) facts.settled = true;
  }
  return facts;
}

function fate({ kept, pruned, cuts }) {
  if (!pruned) return `${kept === 1 ? "1 path goes" : `${kept} paths go`} on; nothing is cut.`;
  if (!kept) return `${pruned === 1 ? "1 path stops" : `${pruned} paths stop`} here.`;
  let cut = "";
  if (cuts.length === 1) cut = `; the cut was ${score(cuts[0])}`;
  else if (cuts.length) cut = `; the cuts lay from ${score(Math.min(...cuts))} to ${score(Math.max(...cuts))}`;
  return `The search kept ${kept} and pruned ${pruned}${cut}.`;
}

function answers(found) {
  const known = [...new Set(found.filter((answer) => answer !== null))];
  const paths = found.length === 1 ? "1 path reached its end" : `${found.length} paths reached their end`;
  if (!known.length) return `${paths} without an answer.`;
  const shown = known.slice(0, 4).map((answer) => shorten(answer, 24));
  const more = known.length > 4 ? " and others" : "";
  return `${paths}: ${more ? shown.join(", ") + more : list(shown)}.`;
}

function tellEnd(slice) {
  const finished = slice.find((event) => event.kind === "finished");
  if (!finished) return "The solutions are being judged…";
  const opening = STATUS[finished.status] ? `${STATUS[finished.status]} ` : "";
  if (!finished.chosen) return `${opening}${finished.message || "No path reached an answer."}`;
  const graded = slice.find((event) => event.kind === "graded");
  const tally = slice.find((event) => event.kind === "voted" && event.method === finished.method)?.tally ?? [];
  const all = tally.reduce((sum, entry) => sum + entry[3], 0);
  const share =
    all === 1 ? ", the only solution" : all ? `, given by ${tally[0][3]} of ${plural(all, "solution")}` : "";
  const verdict = !graded ? "" : graded.right?.includes(finished.chosen) ? " That is right." : " That is wrong.";
  return `${opening}The answer is ${shorten(finished.answer ?? "not known", 60)}, chosen ${METHODS[finished.method]}${share}.${verdict}`;
}

/** Whether a stop has been decided, so that its sentence will not change any more. */
export function settled(events, stop, cursor) {
  if (cursor < stop.cursor) return false;
  const last = events[stop.cursor - 1]?.kind;
  return (
    stop.kind === "start" ||
    last === "finished" ||
    last === "decided" ||
    last === "completed" ||
    events.length > stop.cursor
  );
}
