// What rings say keeps clear of the names of the levels.

import assert from "node:assert/strict";
import { test } from "node:test";
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
