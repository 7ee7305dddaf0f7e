// What a person says of a report's mistakes: kept, turned into rows, and undone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, Judged, linesOf, rowOf } from "../../assets/js/verify/labelling.js";
import { rowWords } from "../../assets/js/verify/report.js";

const MISTAKE = { id: "a", problem: "1 + 1?", steps: ["2", "3"], scores: [0.9, 0.8], labels: [1, 0], step: 1, label: 0, family: null, category: null };

test("each judgement can be taken back, the latest first", () => {
  const judged = new Judged();
  judged.set("x", "unclear");
  judged.set("x", "label wrong");
  judged.set("y", "verifier wrong");
  assert.equal(judged.undo(), "y");
  assert.deepEqual(judged.labels, { x: "label wrong" });
  assert.equal(judged.undo(), "x");
  assert.deepEqual(judged.labels, { x: "unclear" });
  const kept = new Judged(JSON.parse(JSON.stringify(judged)));
  assert.equal(kept.undo(), "x");
  assert.equal(kept.undo(), null);
  assert.deepEqual(kept.labels, {});
});

test("saying the same again takes it back", () => {
  const judged = new Judged();
  judged.set("x", "unclear");
  judged.set("x", "unclear");
  assert.deepEqual(judged.labels, {});
});

test("only the label that was judged changes", () => {
  assert.deepEqual(rowOf(MISTAKE, "mine", "verifier wrong").labels, [1, 0]);
  assert.deepEqual(rowOf(MISTAKE, "mine", "label wrong").labels, [1, 1]);
  assert.deepEqual(rowOf(MISTAKE, "mine", "unclear").labels, [1, null]);
  assert.deepEqual(MISTAKE.labels, [1, 0]);
  assert.deepEqual(rowOf({ ...MISTAKE, labels: [], step: null }, "mine", "label wrong").answer_right, true);
});

test("what was not judged, or is not whole, makes no row", () => {
  const cards = { mine: { anchor: "card-1", mistakes: [MISTAKE, null, MISTAKE] } };
  const lines = linesOf(cards, { "card-1/0": "unclear", "card-1/1": "unclear" });
  assert.equal(lines.split("\n").length, 2);
  assert.equal(JSON.parse(lines).id, "a (mine)");
});

test("the next that is not judged is looked for to the end, and then from the beginning", () => {
  const places = ["a", "b", "c", "d"];
  const open = new Set(["a", "c"]);
  const wanted = (each) => open.has(each);
  assert.deepEqual(places.map((each) => ahead(places, each, wanted)), [2, 1, -2, -3]);
  assert.equal(ahead(places, "b", () => false), 0);
});

test("what a threshold gives is told without what nobody knows", () => {
  assert.equal(rowWords(["threshold", "F1", "kept"], ["0.3", "78.0", "–"]), "F1 78.0 %");
});
