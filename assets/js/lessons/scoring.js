// The test before and after: how many were right, and how much was gained. Pure.

const FORMAT = "espalier-learn-test";

/** What whoever does not know answers: it is never right, and nobody has to guess. */
export const UNKNOWN = 0;

/** The form that is taken after the other one. */
export const otherForm = (form) => (form === "a" ? "b" : "a");

/**
 * @param {{right: number}[]} questions - of a form; `right` counts from 1.
 * @param {number[]} answers - options that were chosen, from 1; `UNKNOWN`: "I don’t know".
 * @returns {number} how many are right.
 */
export const rightOf = (questions, answers) => questions.filter(({ right }, place) => right === answers[place]).length;

/** How many are right, how many were left as not known, and of how many. */
const countsOf = (questions, answers) => ({
  right: rightOf(questions, answers),
  unknown: answers.filter((answer) => answer === UNKNOWN).length,
  of: questions.length,
});

/**
 * Whether what was kept answers such a form: one choice a question, each of them one that it has.
 *
 * @param {Object[]} questions @param {*} answers
 */
export const answersOf = (questions, answers) =>
  Array.isArray(answers) &&
  answers.length === questions.length &&
  questions.every(({ options }, place) => Number.isInteger(answers[place]) && answers[place] >= UNKNOWN && answers[place] <= options.length);

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
  const part = (form, answers) => answers && { form, answers, ...countsOf(forms[form], answers) };
  const parts = { before: part(first, before), after: part(otherForm(first), after) };
  const whole = parts.before && parts.after;
  const gain = whole ? normalisedGain(parts.before.right, parts.after.right, parts.before.of) : null;
  return { format: FORMAT, version: 2, ...parts, normalised_gain: gain };
}
