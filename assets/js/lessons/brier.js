// How far beliefs are from what was true: the Brier score (Brier 1950, Verification of forecasts
// expressed in terms of probability). Pure.

/** How sure one can say one is: the belief in the option that was picked; null: the same in all. */
export const SURE = [
  { name: "guess", label: "A guess", belief: null },
  { name: "fairly", label: "Fairly sure", belief: 0.75 },
  { name: "certain", label: "Certain", belief: 1 },
];

/** What somebody gets who says fifty-fifty to everything. */
export const COIN = 0.25;

/**
 * Beliefs of one who picked an option: the rest is shared out among the others.
 *
 * @param {string[]} options
 * @param {string} picked
 * @param {string} sure - a name of `SURE`.
 * @returns {Map<string, number>} 0 to 1, in sum 1.
 */
export function beliefsOf(options, picked, sure) {
  const belief = SURE.find(({ name }) => name === sure)?.belief ?? 1 / options.length;
  const rest = (1 - belief) / (options.length - 1);
  return new Map(options.map((option) => [option, option === picked ? belief : rest]));
}

/**
 * The mean of the squared distances; 0 is perfect, 1 is sure of the wrong thing throughout.
 *
 * @param {Map<string, number>} beliefs - that an option is the right one.
 * @param {string} right
 */
export function brier(beliefs, right) {
  const gaps = [...beliefs].map(([option, belief]) => (belief - (option === right ? 1 : 0)) ** 2);
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

/**
 * The score of all that was answered, yours beside the verifier's on the very same questions.
 *
 * @param {{question: Object, answer: {picked: string, sure: string}}[]} answered
 * @returns {?{you: number, verifier: number, rows: {you: number, verifier: number}[]}} null: nothing is.
 */
export function compared(answered) {
  const rows = answered
    .filter(({ question }) => Object.keys(question.scores).length)
    .map(({ question, answer }) => {
      const options = question.options.map(({ id }) => id);
      return {
        you: brier(beliefsOf(options, answer.picked, answer.sure), question.right),
        verifier: brier(new Map(Object.entries(question.scores)), question.right),
      };
    });
  if (!rows.length) return null;
  const mean = (who) => rows.reduce((sum, row) => sum + row[who], 0) / rows.length;
  return { you: mean("you"), verifier: mean("verifier"), rows };
}
