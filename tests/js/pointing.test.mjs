// What rings say keeps clear of the names of the levels.

import assert from "node:assert/strict";
import { test } from "node:test";
import { clearPlace } from "../../assets/js/picture/clear_place.js";
import { standsBefore } from "../../assets/js/picture/pointing.js";

const label = { offsetWidth: 86, offsetHeight: 17 };
const from = { x: 20, y: 200 };

test("what is said of a mark below its level's name stands before it, where there is room", () => {
  assert.equal(standsBefore({ x: 320, y: 48 }, label, from), true);
  assert.equal(standsBefore({ x: 320, y: 90 }, label, from), false); // above it nothing stands
  assert.equal(standsBefore({ x: 60, y: 48 }, label, from), false); // the picture ends there
  assert.equal(standsBefore({ x: 320, y: 48 }, label, { x: 20, y: 48 }), false); // the words of the step before
  assert.equal(standsBefore({ x: 320, y: 48 }, label, null), false);
  assert.equal(standsBefore({ x: 320, y: 48 }, null, from), false); // nothing is said
});

const EDGES = { left: 4, top: 22, right: 800, bottom: 500 };
const TEXTS = [
  { text: "would be kept", width: 92, height: 16 },
  { text: "kept", width: 40, height: 16 },
];
const box = (left, top, width, height) => ({ left, top, width, height });
const planOf = (words, others = []) => ({ words: new Map(Object.entries(words)), boxes: [...Object.values(words), ...others] });
const covers = (place, other) =>
  place.left + 1 < other.left + other.width && other.left + 1 < place.right && place.top + 1 < other.top + other.height && other.top + 1 < place.bottom;

test("what is said of a mark covers no words and no other mark, and is shortened before it does", () => {
  const mark = { x: 300, y: 200, id: "0" };
  const own = box(320, 184, 130, 40);
  const ownMark = box(290, 190, 20, 20);
  const free = clearPlace(mark, TEXTS, planOf({ 0: own }, [ownMark]), [], EDGES);
  assert.equal(free.text, "would be kept");
  assert.ok(!covers(free, own), "its own words are read, too");
  const near = [box(180, 160, 90, 90), box(330, 150, 60, 30), box(296, 242, 8, 8)];
  for (const plan of [planOf({ 0: own }, [ownMark, ...near]), planOf({ 0: box(320, 192, 130, 16) }, [ownMark, ...near])]) {
    const place = clearPlace(mark, TEXTS, plan, [], EDGES);
    for (const other of [...plan.words.values(), ...near]) assert.ok(!covers(place, other), JSON.stringify([place, other]));
  }
  const other = clearPlace(mark, TEXTS, planOf({ 0: own }, [ownMark]), [free], EDGES);
  assert.ok(!covers(other, box(free.left, free.top, 92, 16)), "nor what is said of another one");
});

test("where nothing is free its mark's own words are covered last, and at the edge all can be read", () => {
  const mark = { x: 300, y: 200, id: "0" };
  const everywhere = [box(0, 0, 800, 196), box(0, 204, 800, 300)];
  const own = box(320, 150, 130, 100);
  const place = clearPlace(mark, TEXTS, planOf({ 0: own }, everywhere), [], EDGES);
  assert.ok(!covers(place, own));
  const out = clearPlace({ x: -30, y: 8, id: "1" }, TEXTS, planOf({}), [], EDGES);
  assert.ok(out.left >= EDGES.left && out.top >= EDGES.top);
});
