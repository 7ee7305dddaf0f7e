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

const SURE_AFTER_S = 5;

/**
 * How long a run will go on, "about 20 s left", in steps so wide that it seldom changes; "" where
 * that is not known, or not worth saying: a run of a few seconds is over before it is read.
 *
 * @param {?number} promised - tokens that it is expected to write in all.
 * @param {number} written - those that it has written.
 * @param {number} seconds - since it began.
 */
export function timeLeft(promised, written, seconds) {
  if (!promised || !written || seconds < SURE_AFTER_S) return "";
  if (written >= promised) return "longer than expected";
  const left = (seconds * (promised - written)) / written;
  if (left < 55) return `about ${Math.max(1, Math.ceil(left / 10)) * 10} s left`;
  return `about ${Math.ceil(left / 60)} min left`;
}
