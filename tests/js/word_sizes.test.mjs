// Which words are measured: only those that may have room, and each size once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { placeWords } from "../../assets/js/picture/placing.js";
import { sizeKeyOf } from "../../assets/js/picture/word_box.js";

const SIZES_OF = { of: (_, kind, width) => ({ width: Math.min(90, width), height: kind === "card" ? 50 : 16 }) };

test("the size of a step's words is asked for only where the smallest would have room, and all of sixteen have theirs", () => {
  const spots = (apart) =>
    Array.from({ length: 16 }, (_, at) => ({ id: String(at), depth: 1, x: 200, y: 60 + apart * at, radius: 9, inner: true, rank: 2, bare: false, brief: false, scored: true }));
  for (const [apart, named] of [
    [18, 16],
    [9, 0],
  ]) {
    const asked = new Set();
    const ask = (id) => asked.add(id);
    const sizes = { of: (id, kind, width) => ask(id) && SIZES_OF.of(id, kind, width), prepare: (all) => all.forEach(([id]) => ask(id)) };
    const view = { width: 900, height: 460, vertical: false, top: 24, pitch: 200, across: apart, start: 0, last: 2 };
    const { words } = placeWords(spots(apart), view, sizes, []);
    assert.equal(words.filter(({ kind }) => kind === "line").length, named);
    assert.equal(asked.size, named);
  }
});

test("how a step is judged makes no other size of its words", () => {
  const fit = { width: 220, letter: 6 };
  const said = (more) => ({ text: "3 + 4 = 7", brief: "3 + 4 = 7", answer: null, share: 0.5, figures: "0.50", counted: "", named: { figures: "", counted: "" }, tone: "plain", mark: "", duplicates: 0, ...more });
  for (const kind of ["line", "card"]) {
    const key = (more) => sizeKeyOf(kind, said(more), fit);
    assert.equal(key({ tone: "cut", share: 0.91, figures: "0.91" }), key({}));
    assert.notEqual(key({ text: "3 + 40 = 43" }), key({}));
    assert.notEqual(key({ share: null, figures: "" }), key({}));
    assert.notEqual(key({ duplicates: 3 }), key({}));
  }
});
