// What is said of a run as a whole: how it stands, and what became of it. Pure.

import { isRecorded } from "../log/recipe.js";

const ENDS = { completed: "Finished", cancelled: "Stopped", failed: "Failed", out_of_budget: "Limit reached" };
const INTERRUPTED = "This run was cut off before its end: its server stopped, or its file breaks off. This is what had arrived.";

/**
 * How the run stands, in a word.
 *
 * @param {import("../log/log.js").EventLog} log
 * @param {boolean} [behind] - it is shown slower than it went, and there is more to show.
 * @returns {{word: string, kind: string}}
 */
export function statusOf(log, behind = false) {
  const end = log.complete ? log.events.at(-1).status : null;
  if (behind) return { word: "Growing", kind: "live" };
  if (isRecorded(log.run)) return { word: "Recorded", kind: "recorded" };
  if (end) return { word: ENDS[end] ?? "Finished", kind: end };
  if (log.interrupted) return { word: "Interrupted", kind: "failed" };
  return log.live ? { word: "Live", kind: "live" } : { word: "Loading", kind: "waiting" };
}

/** What is wrong with the run, its way here, or its keeping; "" as a rule. */
export function noticeOf(log) {
  // What the log says of the connection says more than that the run has no end.
  const cut = log.interrupted && !log.notice ? INTERRUPTED : "";
  const lost = log.notKept
    ? `The server does not keep this run: ${log.notKept}. Save the trace if it is to last.`
    : "";
  return [log.notice, cut, lost].filter(Boolean).join(" ");
}
