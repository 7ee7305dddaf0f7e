// Pictures of one page take turns, and words of one size are measured once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, sizeKeyOf } from "../../assets/js/picture/word_box.js";
import { Turns } from "../../assets/js/picture/turns.js";

test("in each frame one picture has its turn, the one that waits longest", () => {
  const turns = new Turns();
  const had = [];
  for (let frame = 1; frame <= 6; frame += 1)
    for (const picture of ["a", "b", "c"]) if (turns.take(picture, frame)) had.push(`${frame}${picture}`);
  assert.deepEqual(had, ["1a", "2b", "3c", "4a", "5b", "6c"]);
});

test("nobody waits for a picture that has nothing to place any more", () => {
  const turns = new Turns();
  assert.ok(turns.take("a", 1));
  assert.ok(!turns.take("b", 1));
  assert.ok(!turns.take("c", 1));
  turns.leave("b");
  assert.ok(turns.take("c", 2));
});

const FIT = { width: 156, letter: 6 };
const said = (fields) => ({
  ...{ text: "18 + 11 = 29", brief: "18 + 11 = 29", answer: null, share: 0.25, figures: "0.25", counted: "(12)", duplicates: 0 },
  ...{ named: { figures: "value 0.25", counted: "12 visits" }, tone: "kept", mark: "", verdict: "", open: false },
  ...fields,
});
const counted = (visits, value) =>
  said({ share: value, figures: `${value}`, counted: `(${visits})`, named: { figures: `value ${value}`, counted: `${visits} visits` } });

test("a number that counts on changes how words look, and not how large they are", () => {
  for (const kind of ["card", "line"]) {
    assert.notEqual(keyOf(kind, counted(12, 0.25), FIT), keyOf(kind, counted(13, 0.75), FIT));
    assert.equal(sizeKeyOf(kind, counted(12, 0.25), FIT), sizeKeyOf(kind, counted(13, 0.75), FIT));
    assert.notEqual(sizeKeyOf(kind, counted(99, 0.25), FIT), sizeKeyOf(kind, counted(100, 0.25), FIT));
  }
});
