// What is said of the steps that the solver is writing right now.

import { plural } from "./format.js";

/**
 * "Writing 16 steps, 184 tokens so far"; "" where nothing is being written.
 * @param {import("../log/writing.js").Writing} writing
 */
export function writingSentence({ role, tokens }) {
  if (!tokens.size) return "";
  let all = 0;
  for (const count of tokens.values()) all += count;
  const what = plural(tokens.size, role === "rollout" ? "look-ahead step" : "step");
  return `Writing ${what}${all ? `, ${plural(all, "token")} so far` : "…"}`;
}

/** Beside the mark; a solver that does not count says nothing. */
export const tokensLabel = (count) => (count ? plural(count, "token") : "");

/** "being written, 12 tokens": for the ear, and in words. */
export const writingWords = (count) => (count ? `being written, ${plural(count, "token")}` : "being written");
