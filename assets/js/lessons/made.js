// How what a page shows was made: in one plain sentence, and then the command that makes it anew.

import { h } from "../dom/dom.js";

/** @param {{problems: number, data: string, command: string}} measured */
export function countedFrom({ problems, data, command }) {
  const anew = data.startsWith("assets/models/") ? "trains the model and counts them anew" : "counts them anew";
  return said(`Nobody typed these numbers in: they were counted on ${problems} problems, and stand in the file ${data}. This command ${anew}:`, command);
}

/**
 * @param {string} trace - the name of a run.
 * @param {Object[]} events - its log.
 */
export function playedFrom(trace, [{ solver }]) {
  const size = (solver.parameters / 1e6).toFixed(1);
  return said(
    `Nobody drew this: ${solver.name}, a model with ${size} million parameters, wrote all of it once, and the page plays that back. This command has it write the same again:`,
    `python -m search_core lessons record ${trace}`,
  );
}

const said = (sentence, command) => [`${sentence} `, h("code", { text: command })];
