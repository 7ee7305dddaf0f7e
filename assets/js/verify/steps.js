// Verify: the steps of a solution as a list of { id, text }; every change gives a new list. A step
// keeps its id, by which its old score is found again wherever it was moved.

let made = 0;

const step = (text) => ({ id: `s${(made += 1)}`, text });

/** Steps of texts. */
export const stepsOf = (texts) => texts.map(step);

/** The steps that a pasted text holds: paragraphs, or lines where there is no blank one. */
export function pieces(text) {
  const plain = text.replace(/\r\n?/g, "\n").trim();
  const parts = /\n\s*\n/.test(plain) ? plain.split(/\n\s*\n/) : plain.split("\n");
  return parts.map((part) => part.trim()).filter(Boolean);
}

export const edited = (steps, at, text) =>
  steps.map((each, place) => (place === at ? { ...each, text } : each));

/** With new steps of these texts after place `at`; -1: before all. */
export const inserted = (steps, at, texts = [""]) => [
  ...steps.slice(0, at + 1),
  ...stepsOf(texts),
  ...steps.slice(at + 1),
];

export const removed = (steps, at) => steps.filter((_, place) => place !== at);

/** The step at `at` moved up (by -1) or down (by 1); the same list where there is no room. */
export function moved(steps, at, by) {
  const to = at + by;
  if (to < 0 || to >= steps.length) return steps;
  const list = [...steps];
  [list[at], list[to]] = [list[to], list[at]];
  return list;
}
