import assert from "node:assert/strict";
import { test } from "node:test";
import { aggregateArithmetic, sizeNote } from "../../assets/js/words/words.js";
import { beamLog } from "./synthetic.mjs";
import { Tree } from "../../assets/js/log/tree.js";

const pair = (solver, verifier) => ({ solver: { parameters: solver }, verifier: { parameters: verifier } });

test("a verifier that is larger than its solver is said", () => {
  assert.equal(
    sizeNote(pair(1_100_000, 5_170_000)),
    "The verifier is 4.7 times as large as the solver: its cost counts.",
  );
  for (const fair of [pair(5, 1), pair(100, 101), pair(null, 5), pair(5, null), pair(0, 5), undefined])
    assert.equal(sizeNote(fair), "");
});

test("an outcome verifier's score is the whole solution's, whatever the aggregate", () => {
  const tree = Tree.fromEvents(beamLog());
  const node = [...tree.nodes.values()].find((one) => one.depth === 2 && one.aggregate !== null);
  assert.match(aggregateArithmetic(tree, node), /^last of /);
  tree.started = { ...tree.started, verifier: { ...tree.started.verifier, scores: "solutions" } };
  assert.match(aggregateArithmetic(tree, node), /^score of the whole solution = \d/);
});
