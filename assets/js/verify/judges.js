// Verify: which verifiers are asked, among them one state of a training, chosen by a slider.

import { make } from "./talk.js";

const tokens = (count) => count.toLocaleString("en");

/** What is measured of a checkpoint, in a few words. */
function measuredWords({ measured = {} }) {
  const parts = [];
  if (measured.auroc) parts.push(`ranks attempts with an AUROC of ${measured.auroc.value.toFixed(2)}`);
  if (measured.f1) parts.push(`finds first errors with an F1 of ${measured.f1.value.toFixed(0)} %`);
  return parts.join(", and ");
}

/**
 * The chooser of one view.
 * @param {HTMLElement} field - its fieldset, with inputs named "judge" and, for checkpoints, a range.
 * @param {Object} known - what the server says of each, by name.
 * @param {() => void} changed - is called when another choice was made.
 */
export function chooser(field, known, changed) {
  const slider = field.querySelector("input[type=range]");
  const said = field.querySelector("output");
  const checkpoint = () => (slider ? `checkpoint-${slider.value}` : null);
  const chosen = () =>
    [...field.querySelectorAll("[name$=judge]:checked")].map(({ value }) => (value === "checkpoint" ? checkpoint() : value));
  const tell = () => {
    if (!slider) return;
    const found = known[checkpoint()] ?? {};
    const measured = measuredWords(found);
    // Its layers had learned before: otherwise so good a start beside "early" reads as a mistake.
    said.textContent = `Checkpoint ${slider.value} of ${slider.max}: the layers of Small, and a score head that has learned from ${tokens(found.tokens ?? 0)} tokens.${measured ? ` It ${measured}.` : ""}`;
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  slider?.addEventListener("input", () => {
    tell();
    const box = field.querySelector("[value=checkpoint]");
    if (!box.checked) box.checked = true;
    changed();
  });
  field.addEventListener("change", ({ target }) => target !== slider && changed());
  tell();
  return { chosen, title: (name) => known[name]?.title ?? name };
}

/** One verifier's score as a mark, a number and, where it was another, what it was. */
export function scoreMark(title, { now, was, low, first }) {
  const sign = now === null ? "–" : low ? "✗" : "✓";
  const state = now === null ? "none" : low ? "low" : "ok";
  const word = first ? "first error" : "";
  return make(
    "span",
    { class: "score", "data-state": state },
    make("b", { text: title }),
    make("span", { class: "number", text: `${sign} ${now === null ? "not scored" : now.text}` }),
    was ? make("span", { class: "was", text: was }) : null,
    word ? make("span", { class: "first", text: word }) : null,
  );
}

const HOLDS = "holds: the step is true, follows from those before it, and the answer can still be reached.";
const VERDICTS = new Map([
  [true, ["ok", "✓ holds", `✓ ${HOLDS}`]],
  [false, ["low", "✗ does not hold", `✗ does not hold: it is false, it does not follow, or the answer cannot be reached any more. ✓ ${HOLDS}`]],
  [null, ["none", "– cannot be read by the checker", "No verdict: the step is not written as the checker reads steps, or follows one that is not."]],
]);

/** What the checker says of a step, as state, words and their meaning; null: it cannot read it. */
export function verdictOf(holds) {
  const [state, words, meaning] = VERDICTS.get(holds);
  return { state, words, meaning };
}

/** How steps are written that the checker reads and the verifiers learnt from, with an example. */
export function formWords({ says, problem, steps }) {
  return [
    make("b", { text: "Not every step is written as the embedded verifiers learnt them: of one that is not, their scores say nothing. " }),
    "What the checker can read, and they were trained on: ",
    `${says} For “${problem}”: `,
    ...steps.flatMap((step, place) => [place ? " / " : "", make("code", { text: step })]),
  ];
}
