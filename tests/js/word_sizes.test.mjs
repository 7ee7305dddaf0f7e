// Which words are measured: only those that may have room, and each size once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { placeWords } from "../../assets/js/picture/placing.js";
import { Ruler } from "../../assets/js/picture/ruler.js";
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

// Letters of 6 pixels: a canvas, and a page that sets one box of each kind as a style sheet would.
const CANVAS = { font: "", measureText: (text) => ({ width: 6 * text.length }) };
const begun = (font = "12px sans-serif") => {
  const ruler = new Ruler({ ...CANVAS });
  ruler.begin({ font, lineHeight: "16px" }, "abcd", 24);
  return ruler;
};

test("words of one line are as large as their letters say, once two others of their kind were measured", () => {
  const ruler = begun();
  const box = (text) => ({ width: Math.max(60, 16 + 6 * text.length), height: 42.5 });
  const texts = ["3 + 4 = 7", "3 + 4 = 7, left 9", "10 + 11 = 21, left 9 12"];
  ruler.learn("card", texts[0], box(texts[0]));
  assert.equal(ruler.size("card", texts[1], 220), null, "one of a kind says nothing of another");
  ruler.learn("card", texts[1], box(texts[1]));
  for (const text of texts) assert.deepEqual(ruler.size("card", text, 220), { room: Infinity, width: box(text).width, height: 43 });
  assert.equal(ruler.size("card", "1 + 1", 220), null, "what stands below a short text may be wider than it");
  ruler.learn("card", "1 + 1", box("1 + 1"));
  ruler.learn("card", "1", box("1"));
  assert.equal(ruler.size("card", "1 +", 220).width, 60);
  assert.equal(ruler.size("line", texts[0], 220), null, "another kind has another size");
});

test("words of several lines break where a page breaks them, and what may be broken otherwise is measured", () => {
  const ruler = begun();
  for (const text of ["3 + 4 = 7", "3 + 4 = 7, left 9"]) ruler.learn("card", text, { width: 16 + 6 * text.length, height: 27 });
  const height = (text, room) => ruler.size("card", text, room)?.height ?? null;
  assert.equal(height("10 + 11 = 21, left 9 12", 16 + 84), 43);
  assert.equal(height("10 + 11 = 21, left 9 12", 16 + 57), 59);
  assert.equal(height("one two three four five six seven eight", 16 + 36), 59, "a card has three lines at most");
  for (const text of ["10 + 11 = 21, left-over 9 12", "10 + 111111111111 = 21 and", "10 + 11 = 21 left 9 12"]) assert.equal(height(text, 16 + 72), null, text);
});

test("what a page sets otherwise than a canvas is always measured", () => {
  const ruler = begun();
  for (const text of ["\\(x^2\\) is 4", "$$x$$ is 4", "two  spaces", " before", "３ + 4", "🎉 done"]) {
    ruler.learn("line", text, { width: 6 * text.length, height: 16 });
    ruler.learn("line", `${text}!!`, { width: 6 * text.length + 12, height: 16 });
    assert.equal(ruler.size("line", text, 220), null, text);
  }
  const other = new Ruler({ ...CANVAS });
  other.begin({ font: "12px sans-serif", lineHeight: "16px" }, "abcd", 25);
  for (const text of ["abcdef", "abcdefgh"]) other.learn("line", text, { width: 7 * text.length, height: 16 });
  assert.equal(other.size("line", "abcdefg", 220), null, "this page's letters are wider than the canvas's");
  assert.equal(new Ruler(null).size("line", "abc", 220), null);
});
