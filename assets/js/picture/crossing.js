// Which words lie on a mark or on other words while things are under way. Where everything stands at
// last nothing does: `placing.js` sees to that. On the way there some cross, and are not shown meanwhile. Pure.

/** Words and marks that merely touch are told apart. */
const TOUCH = 0.5;

/**
 * @param {{id: string, left: number, top: number, width: number, height: number}[]} words - with
 *   their boxes at this moment, in pixels; of two that cross, the earlier one is shown.
 * @param {{id: string, x: number, y: number, radius: number}[]} marks
 * @returns {Set<string>} ids of the words that are not shown.
 */
export function crossing(words, marks) {
  const away = new Set();
  const shown = [];
  for (const word of words) {
    if (shown.some((other) => meet(word, other)) || marks.some((mark) => lies(mark, word))) away.add(word.id);
    else shown.push(word);
  }
  return away;
}

const meet = (a, b) =>
  a.left < b.left + b.width - TOUCH &&
  b.left < a.left + a.width - TOUCH &&
  a.top < b.top + b.height - TOUCH &&
  b.top < a.top + a.height - TOUCH;

/** Whether a mark lies on a word that is not its own. */
const lies = ({ id, x, y, radius }, { id: own, left, top, width, height }) =>
  id !== own &&
  x + radius > left + TOUCH &&
  x - radius < left + width - TOUCH &&
  y + radius > top + TOUCH &&
  y - radius < top + height - TOUCH;
