import assert from "node:assert/strict";
import { test } from "node:test";
import { crossing } from "../../assets/js/picture/crossing.js";

const word = (id, left, top) => ({ id, left, top, width: 60, height: 20 });
const mark = (id, x, y) => ({ id, x, y, radius: 6 });

test("of two words that cross, the first one is shown", () => {
  assert.deepEqual(crossing([word("0", 0, 0), word("1", 40, 10), word("2", 0, 20)], []), new Set(["1"]));
  assert.deepEqual(crossing([word("1", 40, 10), word("0", 0, 0)], []), new Set(["0"]));
});

test("what is away hides nothing else", () => {
  const row = [word("0", 0, 0), word("1", 40, 0), word("2", 80, 0)];
  assert.deepEqual(crossing(row, []), new Set(["1"]));
});

test("a word is away while a mark that is not its own lies on it", () => {
  assert.deepEqual(crossing([word("0", 0, 0)], [mark("1", 30, 10)]), new Set(["0"]));
  assert.deepEqual(crossing([word("0", 0, 0)], [mark("0", 30, 10)]), new Set());
  assert.deepEqual(crossing([word("0", 0, 0)], [mark("1", 66, 10), mark("2", 30, 26)]), new Set());
});
