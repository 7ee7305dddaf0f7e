// Rollouts of a lesson's step: the share, its interval, and what that says of the verifier.

import assert from "node:assert/strict";
import { test } from "node:test";

import { saidOf, shareOf } from "../../assets/js/lessons/rollouts.js";

const rights = (count, all = 8) => Array.from({ length: all }, (_, place) => ({ right: place < count, steps: ["17 + 1 = 18"] }));

test("a share has Wilson's interval, as the evaluation has it", () => {
  // Of `share_with_interval(2, 2)`, and of (5, 7).
  const whole = shareOf(2, 2);
  assert.deepEqual([whole.value, whole.low.toFixed(4), whole.high.toFixed(4)], [1, "0.3424", "1.0000"]);
  const part = shareOf(5, 7);
  assert.deepEqual([part.low.toFixed(4), part.high.toFixed(4)], ["0.3589", "0.9178"]);
  assert.equal(shareOf(0, 2).low, 0);
});

test("the verifier is called wrong only outside of the interval", () => {
  assert.match(saidOf(rights(5, 7), 0.33).score, /0\.33, too low\.$/);
  assert.match(saidOf(rights(0, 20), 0.57).score, /0\.57, too high\.$/);
  assert.match(saidOf(rights(0, 2), 0.57).score, /0\.57: it may be right\.$/);
});
