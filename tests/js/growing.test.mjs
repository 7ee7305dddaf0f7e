// On a phone the problem's field grows while it is written in, and Run stays under the finger.

import { test } from "node:test";
import assert from "node:assert/strict";

import { growWhileWritten } from "../../assets/js/form/growing.js";

/** A field in a page, and whether it is grown; `elsewhere` is where the focus goes. */
function written() {
  const names = new Set();
  const problem = new EventTarget();
  const field = {};
  Object.assign(problem, { classList: { add: (name) => names.add(name), remove: (name) => names.delete(name) } });
  problem.contains = (element) => element === field;
  globalThis.document = Object.assign(new EventTarget(), { activeElement: null });
  growWhileWritten(problem);
  const focus = (on) => {
    document.activeElement = on ? field : null;
    problem.dispatchEvent(new Event(on ? "focusin" : "focusout"));
  };
  return { focus, grown: () => names.has("grown"), say: (name) => document.dispatchEvent(new Event(name)) };
}

const later = () => new Promise((resolve) => setTimeout(resolve));

test("it grows while it is written in, and shrinks when the keyboard leaves it", () => {
  const { focus, grown } = written();
  assert.equal(grown(), false);
  focus(true);
  assert.equal(grown(), true);
  focus(false);
  assert.equal(grown(), false);
});

test("a press elsewhere takes the focus, and nothing moves before the click has come", async () => {
  for (const over of ["click", "pointercancel"]) {
    const { focus, grown, say } = written();
    focus(true);
    say("pointerdown");
    focus(false);
    assert.equal(grown(), true);
    say(over);
    assert.equal(grown(), true, "what the click itself does comes first");
    await later();
    assert.equal(grown(), false);
  }
});

test("a press within the field leaves it as it is", async () => {
  const { focus, grown, say } = written();
  focus(true);
  say("pointerdown");
  say("click");
  await later();
  assert.equal(grown(), true);
});
