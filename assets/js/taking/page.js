// A run as a page of its own. The server gives the page without a run; the run goes in here, as
// `search_core/export/html.py` would put it in. Pure.

/** Where something goes. Put together here, as this module is part of the page that has the marks. */
const mark = (name) => `@@${name}@@`;
const UNSAFE = /[<>&\u2028\u2029]/g;

/** JSON that can stand in an element of data: what means something to a browser is escaped. */
export function dataSafe(json) {
  return json.replace(UNSAFE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * @param {string} template - the page without a run.
 * @param {string} trace - the run as a trace file.
 * @param {{name: string, flops: number}[]} comparison - what other models would have cost.
 */
export function pageOf(template, trace, comparison) {
  // Functions: a dollar sign in a text means nothing then. The trace last, as it may say anything.
  return template
    .replace(mark("comparison"), () => dataSafe(JSON.stringify(comparison)))
    .replace(mark("trace"), () => dataSafe(trace));
}

/** The events of a trace file; an unfinished last line is left out. */
export function parseTrace(text) {
  return text
    .split("\n")
    .filter((line) => line)
    .map((line) => JSON.parse(line));
}
