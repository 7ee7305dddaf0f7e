// Verify: where a score is low. Each verifier has a threshold of its own, or a person chooses one for all.

import { shown } from "./numbers.js";

/** Index of the first step that scores below the threshold; -1: none does. */
export const firstBelow = (scores, threshold) => scores.findIndex((score) => score !== null && score < threshold);

/**
 * The first error by threshold: above each score `above`, up to the next one, it is step `step`.
 * @returns {{ step: number, above: number }[]} the lowest first; empty where nothing is scored.
 */
export function firstErrors(scores) {
  const found = [];
  scores.forEach((score, step) => {
    if (score !== null && (!found.length || score < found.at(-1).above)) found.push({ step, above: score });
  });
  return found.reverse();
}

/** The same in words: "none up to 0.12, step 3 above it, step 1 above 0.40". */
export function firstErrorWords(scores) {
  const found = firstErrors(scores);
  if (!found.length) return "no score";
  const [lowest, ...higher] = found;
  const words = [`none up to ${shown(lowest.above)}`, `step ${lowest.step + 1} above it`];
  return [...words, ...higher.map(({ step, above }) => `step ${step + 1} above ${shown(above)}`)].join(", ");
}

/**
 * The chooser: a box to tick, a slider, and what they come to.
 * @param {HTMLElement} field
 * @param {() => void} changed - is called when another threshold holds.
 * @returns {{ of: (own: number) => number }} the threshold that holds in place of a verifier's own.
 */
export function thresholdChooser(field, changed) {
  const [box, slider, told] = ["[type=checkbox]", "[type=range]", "output"].map((part) => field.querySelector(part));
  const chosen = () => Number(slider.value) / 100;
  const tell = () => {
    told.textContent = box.checked
      ? `Every step that scores below ${chosen().toFixed(2)} is marked ✗.`
      : "Every step that scores below its verifier's own threshold is marked ✗.";
    slider.setAttribute("aria-valuetext", chosen().toFixed(2));
  };
  slider.addEventListener("input", () => {
    box.checked = true;
    tell();
    changed();
  });
  box.addEventListener("change", () => {
    tell();
    changed();
  });
  tell();
  return { of: (own) => (box.checked ? chosen() : own) };
}
