// What the list of this visit's runs says of each: enough to tell two of them apart. Pure.

import { count, flops, plural, readable, shorten } from "./format.js";
import { isPasted } from "./annotations.js";
import { isRecorded } from "../log/recipe.js";
import { plainMaths } from "./plain_maths.js";

const ENDS = { cancelled: "stopped", failed: "failed", out_of_budget: "limit reached" };
const MOST_PROBLEM = 80;
const MOST_ANSWER = 22;

/**
 * @typedef {Object} VisitedRun
 * @property {string} id
 * @property {string} made - the strategy, and how many solutions it may try.
 * @property {string} outcome - what came of it: "27, wrong", "stopped".
 * @property {string} problem - its beginning.
 * @property {string} cost - "" where nothing was computed.
 */

/**
 * @param {import("../log/log.js").EventLog} log - of a run that has begun.
 * @param {Object} labels - `{strategies: {name: title}}`.
 * @returns {VisitedRun}
 */
export function visitedRun(log, labels) {
  const [started] = log.events;
  return {
    id: log.run,
    made: madeOf(log, labels),
    outcome: outcomeOf(log),
    problem: shorten(plainMaths(started.problem.text).replace(/\s+/g, " ").trim(), MOST_PROBLEM),
    cost: costOf(log.events),
  };
}

function madeOf({ run, events: [started] }, labels) {
  if (isPasted(started)) return "Pasted text";
  const title = labels?.strategies?.[started.strategy] ?? readable(started.strategy);
  const { n } = started.options;
  return [title, n > 1 && `N ${count(n)}`, isRecorded(run) && "recorded"].filter(Boolean).join(", ");
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
