// What rings say keeps clear of the names of the levels.

import assert from "node:assert/strict";
import { test } from "node:test";
import { standsBefore } from "../../assets/js/picture/pointing.js";

const label = { offsetWidth: 86, offsetHeight: 17 };

test("what is said of a mark below its level's name stands before it, where there is room", () => {
  assert.equal(standsBefore({ x: 320, y: 48 }, label), true);
  assert.equal(standsBefore({ x: 320, y: 90 }, label), false); // above it nothing stands
  assert.equal(standsBefore({ x: 60, y: 48 }, label), false); // the picture ends there
  assert.equal(standsBefore({ x: 320, y: 48 }, null), false); // nothing is said
});
