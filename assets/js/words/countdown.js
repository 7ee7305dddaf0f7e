// What has to be known of a Countdown to see that a short solution is one. Pure.

/** Said of a right answer that looks as if something was forgotten. */
export const MAY_SPARE = "a Countdown may leave numbers unused";

/**
 * Whether a solution of a Countdown uses fewer numbers than are given. Two numbers make one in each
 * step, and a step more says the answer; so all of them take as many steps as there are numbers.
 *
 * @param {{family: ?string, level: ?number}} problem - `level` is how many numbers are given.
 * @param {string} node - id of the solution's last step: its depth is the number of its steps.
 */
export function sparesNumbers(problem, node) {
  return problem?.family === "countdown" && node.split(".").length < problem.level;
}
