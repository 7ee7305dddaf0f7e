// The test before and after: how many were right, and how much was gained. Pure.

const FORMAT = "espalier-learn-test";

/** The form that is taken after the other one. */
export const otherForm = (form) => (form === "a" ? "b" : "a");

/**
 * @param {{right: number}[]} questions - of a form; `right` counts from 1.
 * @param {number[]} answers - options that were chosen, from 1.
 * @returns {number} how many are right.
 */
export const rightOf = (questions, answers) => questions.filter(({ right }, place) => right === answers[place]).length;

/**
 * What was learned of what could be learned: (after − before) / (all − before), Hake 1998,
 * "Interactive-engagement versus traditional methods", Am. J. Phys. 66, 64.
 *
 * @param {number} before - right answers before @param {number} after - and after @param {number} all
 * @returns {?number} at most 1, negative where less is known; null: all was known before.
 */
export function normalisedGain(before, after, all) {
  return before === all ? null : (after - before) / (all - before);
}

/**
 * What a teacher gets: answers and scores, and nothing about who gave them.
 *
 * @param {{first: string, before: ?number[], after: ?number[]}} taken
 * @param {Object<string, Object[]>} forms
 */
export function recordOf({ first, before, after }, forms) {
  const part = (form, answers) => answers && { form, answers, right: rightOf(forms[form], answers), of: forms[form].length };
  const parts = { before: part(first, before), after: part(otherForm(first), after) };
  const whole = parts.before && parts.after;
  const gain = whole ? normalisedGain(parts.before.right, parts.after.right, parts.before.of) : null;
  return { format: FORMAT, version: 1, ...parts, normalised_gain: gain };
}
