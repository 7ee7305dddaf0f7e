// Is the verifier fooled here? The path to the selected step is edited in ways that must not change its
// score, and in ways that must; the server has each scored. What came of it stays with the step.

import { fill, h } from "../../dom/dom.js";
import { quiet, section } from "../blocks.js";
import { score, shorten } from "../../words/format.js";

const MOST_KEPT = 50;
const MOST_LETTERS = 120;
const FATES = {
  held: "held",
  lifted: "lifted, and must not be",
  lowered: "lowered, and must not be",
  noticed: "noticed",
  missed: "not noticed",
  low: "was low before",
};
const kept = new Map();

/** @param {{actions: Object, run: string}} given - `run`: its id where it is held. @returns {?HTMLElement} nothing where nobody can be asked. */
export function stressSection(tree, node, { actions, run }) {
  if (!actions.askStress || !run || node.score === null || !tree.finished) return null;
  const key = `${run}|${node.id}`;
  if (!kept.has(key)) kept.set(key, offer(run, node.id, actions));
  while (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return kept.get(key);
}

function offer(run, node, actions) {
  const state = h("div", { role: "status" });
  const begin = h("button", { type: "button", class: "esp-button", text: "Stress test this path" });
  begin.addEventListener("click", async () => {
    begin.disabled = true;
    fill(state, quiet("Editing and scoring…"));
    let reply;
    try {
      reply = await actions.askStress({ run, node });
    } catch (error) {
      console.warn(error);
      reply = { error: "The server did not answer. Try again." };
    }
    begin.disabled = false;
    fill(state, reply.error ? h("p", { text: reply.error }) : results(reply));
  });
  return section(
    "Is the verifier fooled here?",
    quiet("Edits that must not change a score, and edits that must lower it."),
    h("p", {}, begin),
    state,
  );
}

function results({ sentence, edits }) {
  return [h("p", {}, h("strong", { text: sentence })), edits.length > 0 && h("ul", { class: "esp-stress" }, edits.map(row))];
}

function row({ name, step, text, before, after, fate, fooled }) {
  return h(
    "li",
    { "data-fooled": fooled },
    h("span", { class: "esp-stress-mark", "aria-hidden": "true", text: fooled ? "✕" : fate === "low" ? "○" : "●" }),
    h(
      "span",
      { class: "esp-stress-words" },
      h("strong", { text: `${name}, step ${step + 1}: ${FATES[fate]}` }),
      h("span", { text: `${score(before)} → ${score(after)}` }),
      h("span", { class: "esp-quiet", dir: "auto", text: shorten(text.replace(/\s+/g, " "), MOST_LETTERS) }),
    ),
  );
}
