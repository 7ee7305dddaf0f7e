// Verify's views of one solution and of one tree: the steps, the numbers, and the map.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arithmetic, shown, signed } from "../../assets/js/verify/numbers.js";
import { edited, inserted, moved, pieces, removed, stepsOf } from "../../assets/js/verify/steps.js";
import { firstBelow, firstErrors, firstErrorWords } from "../../assets/js/verify/threshold.js";
import { direction, layout, neighbour } from "../../assets/js/verify/tree_map.js";

const texts = (steps) => steps.map(({ text }) => text).join("");

test("steps keep their ids wherever they go, and no list is changed", () => {
  const steps = stepsOf(["a", "b", "c"]);
  const ids = steps.map(({ id }) => id);
  assert.equal(new Set(ids).size, 3);
  const down = moved(steps, 0, 1);
  assert.equal(texts(down), "bac");
  assert.equal(down[1].id, ids[0]);
  assert.equal(moved(steps, 0, -1), steps);
  assert.equal(moved(steps, 2, 1), steps);
  assert.equal(texts(inserted(steps, 0, ["x", "y"])), "axybc");
  assert.equal(texts(inserted(steps, -1, ["x"])), "xabc");
  assert.equal(texts(removed(steps, 1)), "ac");
  assert.equal(edited(steps, 1, "B")[1].id, ids[1]);
  assert.equal(texts(steps), "abc");
});

test("what is pasted becomes steps: paragraphs, or lines where there is no blank one", () => {
  assert.deepEqual(pieces("a\nb\n\n  c \r\n\r\n\r\nd"), ["a\nb", "c", "d"]);
  assert.deepEqual(pieces("a\nb\n"), ["a", "b"]);
  assert.deepEqual(pieces("  "), []);
});

test("an aggregate's arithmetic is shown with its numbers", () => {
  const scores = [0.9, null, 0.5];
  assert.equal(arithmetic("last", scores, 0.5), "the last: 0.50");
  assert.equal(arithmetic("min", scores, 0.5), "min(0.90, 0.50) = 0.50");
  assert.equal(arithmetic("prod", scores, 0.45), "0.90 × 0.50 = 0.45");
  assert.equal(arithmetic("mean", scores, 0.7), "(0.90 + 0.50) ÷ 2 = 0.70");
  assert.equal(arithmetic("min", [null], undefined), "no score");
  const many = arithmetic("prod", Array(20).fill(0.9), 0.12);
  assert.match(many, /^0\.90 × 0\.90 × 0\.90 × … × 0\.90 × 0\.90 = 0\.12$/);
});

test("small numbers say something, and changes have a sign", () => {
  assert.deepEqual([0, 0.00031, 0.0042, 0.05, 0.5, 1, null].map(shown), ["0.00", "3e−4", "0.0042", "0.05", "0.50", "1.00", "–"]);
  assert.deepEqual([0.123, -0.4, 0.001, -0.001].map(signed), ["+0.12", "−0.40", "±0.00", "±0.00"]);
});

test("the first error by threshold agrees with looking at each threshold", () => {
  for (const scores of [[0.8, 0.4, 0.6, 0.12], [null, 0.5, null, 0.5], [0.2, 0.9], [null]]) {
    const known = firstErrors(scores);
    for (let percent = 0; percent <= 100; percent += 1) {
      const step = known.filter(({ above }) => percent / 100 > above).at(-1)?.step ?? -1;
      assert.equal(step, firstBelow(scores, percent / 100), `${scores} at ${percent} %`);
    }
  }
  assert.equal(firstErrorWords([0.8, 0.4, 0.6, 0.12]), "none up to 0.12, step 4 above it, step 2 above 0.40, step 1 above 0.80");
  assert.equal(firstErrorWords([null]), "no score");
});

const NODES = [
  { id: "0", parent: "root", depth: 1 },
  { id: "1", parent: "root", depth: 1 },
  { id: "0.0", parent: "0", depth: 2 },
  { id: "0.1", parent: "0", depth: 2 },
  { id: "1.0", parent: "1", depth: 2 },
];

test("on the map each leaf has a row of its own, and a parent is amid its children", () => {
  const { places, rows, columns } = layout(NODES);
  assert.deepEqual([rows, columns], [3, 2]);
  assert.deepEqual(["0.0", "0.1", "1.0"].map((id) => places[id].y), [0, 1, 2]);
  assert.equal(places["0"].y, 0.5);
  assert.equal(places["1"].x, 1);
});

test("a path of ten thousand steps is laid out", () => {
  const deep = Array.from({ length: 10_000 }, (_, at) => ({ id: `n${at}`, parent: at ? `n${at - 1}` : "root", depth: at + 1 }));
  assert.equal(layout(deep).rows, 1);
});

test("arrow keys walk along the tree and among the steps of one depth", () => {
  assert.equal(neighbour(NODES, "0", "ArrowRight"), "0.0");
  assert.equal(neighbour(NODES, "0.1", "ArrowLeft"), "0");
  assert.equal(neighbour(NODES, "0.1", "ArrowDown"), "1.0");
  assert.equal(neighbour(NODES, "1.0", "ArrowDown"), "1.0");
  assert.equal(neighbour(NODES, "0", "ArrowLeft"), "0");
  assert.equal(neighbour(NODES, "gone", "ArrowUp"), "0");
});

test("the shape says which way a score went", () => {
  const ways = [[0.1, 0.9], [0.9, 0.1], [0.5, 0.52], [null, 0.5], [0.5, null]];
  assert.deepEqual(ways.map(([was, now]) => direction({ was, now })), ["up", "down", "alike", "none", "none"]);
});
