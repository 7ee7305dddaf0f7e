// What the list of this visit's runs says of each: enough to tell two of them apart. Pure.

import { count, flops, inWords, plural, readable, shorten } from "./format.js";
import { isPasted } from "./annotations.js";
import { isRecorded } from "../log/recipe.js";
import { plainMaths } from "./plain_maths.js";

const ENDS = { cancelled: "stopped", failed: "failed", out_of_budget: "limit reached" };

/** How a run ended that was not completed, in a word: "stopped". */
export const endOf = (status) => ENDS[status] ?? status;
const MOST_PROBLEM = 80;
const MOST_ANSWER = 22;
const MOST_SETTINGS = 4;

/**
 * @typedef {Object} VisitedRun
 * @property {string} id
 * @property {string} made - the strategy, how many solutions it may try, and whether it is an example.
 * @property {string} kind - the strategy and how many solutions it may try.
 * @property {string} of - the run that a person acted on so that this one came of it; "" for none.
 * @property {string} outcome - what came of it: "27, wrong", "stopped".
 * @property {string} problem - its beginning.
 * @property {Object<string, string>} settings - what it was run with, as the form calls it.
 * @property {string} cost - "" where nothing was computed.
 */

/**
 * @param {import("../log/log.js").EventLog} log - of a run that has begun.
 * @param {Object} labels - `{strategies: {name: title}, options: {strategy: {option: {label, default}}}}`.
 * @returns {VisitedRun}
 */
export function visitedRun(log, labels) {
  const [started] = log.events;
  return {
    id: log.run,
    made: [kindOf(log, labels), isRecorded(log.run) && "recorded", steered(log)].filter(Boolean).join(", "),
    of: notesOf(log).at(-1)?.of ?? "",
    kind: kindOf(log, labels),
    outcome: outcomeOf(log),
    problem: shorten(plainMaths(started.problem.text).replace(/\s+/g, " ").trim(), MOST_PROBLEM),
    settings: isPasted(started) ? {} : settingsOf(started, labels),
    cost: costOf(log.events),
  };
}

/** What a person did to it stands at the beginning of its log. */
function notesOf({ events }) {
  const after = events.findIndex(({ kind }, at) => at > 0 && kind !== "noted");
  return events.slice(1, after < 0 ? events.length : after).filter(({ kind }) => kind === "noted");
}

function steered(log) {
  const { length } = notesOf(log);
  return length ? `steered by ${plural(length, "act")}` : "";
}

function settingsOf({ strategy, options, sampling, solver, verifier, seed }, labels) {
  const known = labels?.options?.[strategy] ?? {};
  const named = Object.entries(options).map(([name, value]) => [known[name]?.label ?? readable(name), value]);
  const sampled = Object.entries(sampling).map(([name, value]) => [readable(name), value]);
  const said = [...named, ...sampled, ["Seed", seed]].map(([name, value]) => [name, inWords(value)]);
  return { ...Object.fromEntries(said), Solver: solver?.name ?? "", Verifier: verifier?.name ?? "" };
}

/**
 * What tells each run from those of the same strategy, N and problem: the settings in which it differs
 * from any of them, "Beam width M 2, Seed 8"; "" where there is no other.
 *
 * @param {VisitedRun[]} runs
 * @returns {string[]} for each run.
 */
export function apart(runs) {
  return runs.map((run) => {
    const others = runs.filter((other) => other !== run && other.kind === run.kind && other.problem === run.problem);
    const settings = Object.entries(run.settings ?? {});
    const told = settings.filter(([name, value]) => others.some(({ settings }) => (settings?.[name] ?? value) !== value));
    const more = told.length > MOST_SETTINGS ? [`${told.length - MOST_SETTINGS} more`] : [];
    return [...told.slice(0, MOST_SETTINGS).map(([name, value]) => `${name} ${value}`), ...more].join(", ");
  });
}

function kindOf({ events: [started] }, labels) {
  if (isPasted(started)) return "Pasted text";
  const title = labels?.strategies?.[started.strategy] ?? readable(started.strategy);
  const { n } = started.options;
  return [title, n > 1 && `N ${count(n)}`].filter(Boolean).join(", ");
}

function outcomeOf(log) {
  if (!log.complete) return log.interrupted ? "cut off" : "running";
  const { status, chosen, answer } = log.events.at(-1);
  if (status !== "completed") return ENDS[status] ?? "finished";
  if (answer === null || answer === undefined) return "no answer";
  return [shorten(plainMaths(answer).replace(/\s+/g, " ").trim(), MOST_ANSWER), gradeOf(log.events, chosen)]
    .filter(Boolean)
    .join(", ");
}

function gradeOf(events, chosen) {
  const graded = events.filter(({ kind }) => kind === "graded").at(-1);
  if (graded?.right?.includes(chosen)) return "right";
  return graded?.wrong?.includes(chosen) ? "wrong" : "";
}

function costOf(events) {
  const spent = events.filter(({ kind }) => kind === "spent");
  const sum = (name) => spent.reduce((total, event) => total + (event[name] ?? 0), 0);
  const [tokens, work] = [sum("generated"), sum("solver_flops") + sum("verifier_flops")];
  return [tokens && plural(tokens, "token"), work && flops(work)].filter(Boolean).join(", ");
}
