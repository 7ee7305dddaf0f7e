import assert from "node:assert/strict";
import { test } from "node:test";
import { crossing } from "../../assets/js/picture/crossing.js";
import { withoutMistaken } from "../../assets/js/picture/spots.js";

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

test("where the chosen answer has no room for its words, no other answer stands near its mark", () => {
  const answer = (id, x, y, rank = 1) => ({ id, depth: 2, x, y, radius: 9, inner: false, rank, bare: false, brief: true, scored: true });
  const spots = [answer("0", 200, 100, 0.5), answer("1", 150, 100), answer("2", 320, 100), { ...answer("3", 180, 60, 2), brief: false }];
  const word = (id, left, top, kind = "line") => ({ id, kind, left, top, width: 34, height: 16 });
  const words = [word("0", 188, 118, "bar"), word("1", 160, 92), word("2", 330, 92), word("3", 170, 66)];
  assert.deepEqual(withoutMistaken(words, spots).map(({ id }) => id), ["0", "2", "3"]);
  const told = [word("0", 183, 114), ...words.slice(1)];
  assert.deepEqual(withoutMistaken(told, spots), told, "its own is there");
});
