import assert from "node:assert/strict";
import { test } from "node:test";
import { Pointer } from "../../assets/js/picture/pointer.js";

/** A pointer over an element that stands at (100, 50), and the gestures that it made. */
function stage() {
  const handlers = {};
  const element = {
    addEventListener: (event, handler) => (handlers[event] = handler),
    setPointerCapture: () => {},
    getBoundingClientRect: () => ({ left: 100, top: 50 }),
  };
  globalThis.document = { activeElement: null };
  globalThis.WheelEvent = { DOM_DELTA_LINE: 1 };
  const made = [];
  const note = (name) => (...values) => made.push([name, ...values]);
  const gestures = Object.fromEntries(["hover", "leave", "pick", "pan", "zoom"].map((name) => [name, note(name)]));
  const pointer = new Pointer(element, gestures);
  const at = (event, clientX, clientY, more = {}) =>
    handlers[event]({ clientX, clientY, button: 0, pointerId: 1, pointerType: "mouse", ...more });
  return { element, pointer, made, at, handlers };
}

test("a click picks where it was let go, a small tremor included", () => {
  const { made, at } = stage();
  at("pointerdown", 110, 60);
  at("pointermove", 112, 60);
  at("pointerup", 112, 60);
  assert.deepEqual(made, [["pick", 12, 10]]);
});

test("a drag pans and picks nothing, also when it comes back to where it began", () => {
  const { made, at, pointer } = stage();
  at("pointerdown", 110, 60);
  at("pointermove", 120, 60);
  assert.equal(pointer.dragging, true);
  at("pointermove", 110, 60);
  at("pointerup", 110, 60);
  assert.deepEqual(made, [
    ["pan", 10, 0],
    ["pan", -10, 0],
  ]);
  assert.equal(pointer.dragging, false);
  // The next click is a click again.
  at("pointerdown", 110, 60);
  at("pointerup", 110, 60);
  assert.deepEqual(made.at(-1), ["pick", 10, 10]);
});

test("two fingers zoom about their middle, and each pans half", () => {
  const { made, at } = stage();
  at("pointerdown", 120, 60);
  at("pointerdown", 140, 60, { pointerId: 2 });
  at("pointermove", 160, 60, { pointerId: 2 });
  assert.deepEqual(made, [
    ["zoom", 2, 40, 10],
    ["pan", 10, 0],
  ]);
  at("pointerup", 160, 60, { pointerId: 2 });
  at("pointerup", 120, 60);
  assert.equal(made.length, 2);
});

test("two fingers that tap pick once, where the last one was", () => {
  const { made, at } = stage();
  at("pointerdown", 120, 60);
  at("pointerdown", 140, 60, { pointerId: 2 });
  at("pointerup", 140, 60, { pointerId: 2 });
  assert.deepEqual(made, []);
  at("pointerup", 120, 60);
  assert.deepEqual(made, [["pick", 20, 10]]);
});

test("a mouse hovers, a finger does not, and another button is nobody's", () => {
  const { made, at, handlers } = stage();
  at("pointermove", 105, 55);
  at("pointermove", 105, 55, { pointerType: "touch" });
  at("pointerdown", 105, 55, { button: 2 });
  at("pointerup", 105, 55, { button: 2 });
  handlers.pointerleave();
  assert.deepEqual(made, [["hover", 5, 5], ["leave"]]);
});

test("a gesture that the browser takes over is over", () => {
  const { made, at, pointer } = stage();
  at("pointerdown", 110, 60);
  at("pointercancel", 110, 60);
  at("pointerup", 110, 60);
  assert.deepEqual([made, pointer.down.size], [[], 0]);
});

test("the wheel scrolls the page, unless Ctrl is held or the picture has the focus", () => {
  const { made, element, handlers } = stage();
  let prevented = 0;
  const wheel = (more) =>
    handlers.wheel({ clientX: 100, clientY: 50, deltaY: 100, deltaMode: 0, preventDefault: () => (prevented += 1), ...more });
  wheel({});
  assert.deepEqual([made.length, prevented], [0, 0]);
  wheel({ ctrlKey: true });
  wheel({ metaKey: true });
  globalThis.document.activeElement = element;
  wheel({});
  assert.deepEqual([made.length, prevented], [3, 3]);
  const [[name, factor]] = made;
  assert.equal(name, "zoom");
  assert.ok(factor < 1 && factor > 0.8);
  wheel({ deltaY: -100 });
  assert.ok(made.at(-1)[1] > 1);
  wheel({ deltaY: 1, deltaMode: 1 });
  assert.ok(Math.abs(made.at(-1)[1] - Math.exp(-16 * 0.0016)) < 1e-9);
});

test("what a tap brought up is not pressed by the same tap", () => {
  const { element, at, handlers } = stage();
  const done = [];
  element.focus = () => done.push("focus");
  const lift = (cancelable) => handlers.touchend({ cancelable, preventDefault: () => done.push("prevented") });
  at("pointerdown", 110, 60, { pointerType: "touch" });
  at("pointerup", 110, 60, { pointerType: "touch" });
  lift(true);
  assert.deepEqual(done, ["prevented", "focus"]);
  // A drag is no tap, and what scrolls the page cannot be held back.
  at("pointerdown", 110, 60, { pointerType: "touch" });
  at("pointermove", 150, 60, { pointerType: "touch" });
  at("pointerup", 150, 60, { pointerType: "touch" });
  lift(true);
  lift(false);
  assert.equal(done.length, 2);
});
