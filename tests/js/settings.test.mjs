// What the chips say is set, and what of it they mark as changed since the run on show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { filledWith, settingsOf, widthWords } from "../../assets/js/form/settings.js";

const option = (name, fields) => ({ name, label: name, control: `option-${name}`, kind: "integer", default: 16, advanced: false, choices: {}, ...fields });
const ABOUT = {
  fields: ["problem", "strategy", "score_source", "temperature", "top_p", "seed", "pair", "solver", "verifier", "answer", "n", "width"],
  embedded: "embedded",
  usual: { top_p: 1 },
  strategies: {
    beam: { title: "Beam search", verified: true, options: [option("n"), option("width", { default: 4 })] },
    best: { title: "Best-of-N", verified: true, options: [option("n")] },
  },
  sources: { verifier: "Verifier" },
  pairs: {},
  prompts: {},
  solvers: { small: "Small" },
  verifiers: { small: "Small" },
};
const BEAM = ["2 + 2?", "beam", "verifier", 1, 1, 0, "embedded", "small", "small", "", 16, 4];
const SHOWN = { problem: "1 + 1?", strategy: "best", score_source: "verifier", temperature: 1, top_p: 1, seed: 3, solver: "small", verifier: "small", answer: "", n: 8 };
const changedOf = (values) => settingsOf(values, SHOWN, ABOUT).filter(({ was }) => was !== null).map(({ control }) => control);

test("what differs from the run on show is marked", () => {
  assert.deepEqual(changedOf(BEAM), ["problem", "strategy", "option-n", "seed"]);
});

test("a beam width says what it comes to", () => {
  assert.equal(widthWords("beam_search", "beam_width", 8, 4), " (keeps 2)");
  assert.equal(widthWords("beam_search", "beam_width", "17", "4"), " (keeps 4)");
  assert.equal(widthWords("dvts", "beam_width", 4, 4), " (1 subtree)");
  assert.equal(widthWords("dvts", "beam_width", 16, 4), " (4 subtrees)");
  for (const [n, width] of [[8, 0], [8, ""], ["", 4], [2, 4], ["x", 4]]) assert.equal(widthWords("beam_search", "beam_width", n, width), "");
  assert.equal(widthWords("beam_search", "lookahead", 8, 4), "");
});

test("while the fields are being set to the run on show nothing is marked as changed", () => {
  assert.deepEqual(changedOf(filledWith(SHOWN, BEAM, ABOUT)), []);
  // Before they have said anything, too; what the run does not say stays as it is.
  assert.deepEqual(changedOf(filledWith(SHOWN, undefined, ABOUT)), []);
  assert.equal(filledWith(SHOWN, BEAM, ABOUT)[6], "embedded");
});

test("a run by models that are not offered says so at the models, which nothing can bring back", () => {
  const shown = { ...SHOWN, solver: undefined, verifier: undefined };
  const [models] = settingsOf(BEAM, shown, ABOUT, "SmolLM2 and its judge").filter(({ lasts }) => lasts);
  assert.deepEqual([models.control, models.name, models.value, models.was], ["solver", "Models", "Small", "SmolLM2 and its judge"]);
  assert.ok(settingsOf(BEAM, SHOWN, ABOUT).every(({ lasts }) => !lasts));
});
