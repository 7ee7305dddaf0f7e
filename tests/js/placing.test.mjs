// The words in the picture, on every recorded example and on random trees: they meet no other
// words, no mark and no edge, and none is cut off at the picture's border.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { lanesOf } from "../../assets/js/picture/lanes.js";
import { paintEdges } from "../../assets/js/picture/edges.js";
import { fitCamera, markRadius, overflows, reveal, room, zoomAt } from "../../assets/js/picture/camera.js";
import { MOST_WORDS, placeWords } from "../../assets/js/picture/placing.js";
import { header } from "./synthetic.mjs";
import { Said, spotsOf, viewOf, waysOf, withoutHalf } from "../../assets/js/picture/spots.js";
import { Scene } from "../../assets/js/picture/scene.js";
import { Tree } from "../../assets/js/log/tree.js";
import { ViewState } from "../../assets/js/log/view_state.js";
import { NOTHING } from "../../assets/js/log/writing.js";
import { WordPlan } from "../../assets/js/picture/word_plan.js";

const ASSETS = new URL("../../assets/", import.meta.url);
const palette = JSON.parse(readFileSync(new URL("palette.json", ASSETS), "utf-8"));
const SIZES = [
  [358, 420],
  [390, 300],
  [720, 460],
  [885, 340],
  [900, 430],
  [1500, 760],
];
const THEME = {
  palette,
  base: palette.themes.light,
  edge: (spec) => ({ dash: [], width: spec.edge.width, casing: 0, colour: "" }),
};

/** Sizes as the browser measures them, for letters of six pixels. */
function sizesOf(said) {
  const of = (id, kind, width) => {
    const { text, brief, answer, share, figures } = said.of(id);
    const fits = kind !== "line" || 6 * text.length + 8 <= width;
    const letters = 6 * (answer ?? (fits ? text : brief)).length + 8;
    if (kind === "line") return { width: Math.min(letters, width), height: 16 };
    const least = share === null ? 0 : 6 * figures.length + 40;
    const inside = Math.max(Math.min(letters, width - 16), Math.min(least, width - 16));
    const lines = Math.min(kind === "problem" ? 6 : 3, Math.ceil(letters / inside));
    return { width: Math.min(width, inside + 16), height: 16 * lines + (share === null ? 9 : 24) };
  };
  return { of, prepare: () => {} };
}

/** A picture of a tree with its words, at rest. */
function pictureOf(tree, width, height, { zoom = 1, at = [0.5, 0.5], selected = null, seen = null, viewState = new ViewState() } = {}) {
  const visible = viewState.visible(tree, NOTHING);
  const scene = new Scene();
  const vertical = width < 600;
  scene.room = { across: room(width, height, vertical).across, vertical };
  scene.update(tree, visible, viewState.hiddenStates, false);
  let camera = fitCamera(scene.bounds, width, height, vertical);
  const item = seen && scene.items.get(seen);
  if (item && overflows(camera, scene.bounds, width, height)) camera = reveal(camera, { u: item.toU, d: item.toD }, width, height);
  if (zoom !== 1) camera = zoomAt(camera, zoom, at[0] * width, at[1] * height);
  const radiusOf = (item) =>
    item.state === "root" ? (vertical ? 11 : 35) : markRadius(camera, palette.states[item.state].size) + (item.right === null ? 0 : 5);
  const moment = { tree, visible, selected };
  const said = new Said(moment, palette.grades);
  const view = viewOf(scene, camera, { width, height });
  const spots = spotsOf(moment, scene, camera, said, radiusOf, view);
  const lanes = lanesOf(scene, spots, view);
  const ways = waysOf(scene, camera, view);
  const plan = new WordPlan(placeWords(spots, view, sizesOf(said), [...lanes.values()].filter(Boolean), ways), lanes, spots, view);
  const { marks, edges } = scene.look(camera, view);
  const items = marks.map((index) => scene.item(index).place(camera));
  const given = room(width, height, vertical, scene.bounds);
  const { uMin, uMax, dMax } = scene.bounds;
  const fits = zoom === 1 && (uMax - uMin) * camera.ku <= given.across + 1 && dMax * camera.kd <= given.along + 1;
  return { plan, words: [...plan.words.values()], items, edges: drawn(scene, camera, plan, edges), view, radiusOf, lanes, said, fits };
}

/** The points of every edge, as the canvas is told to draw it. */
function drawn(scene, camera, plan, edges) {
  const ways = [];
  let way = null;
  const to = (x, y) => {
    way.xs.push(x);
    way.ys.push(y);
  };
  const ctx = {
    moveTo(x, y) {
      ways.push((way = { xs: [x], ys: [y] }));
    },
    lineTo(x, y) {
      const [ax, ay] = [way.xs.at(-1), way.ys.at(-1)];
      for (let t = 1 / 8; t <= 1; t += 1 / 8) to(ax + (x - ax) * t, ay + (y - ay) * t);
    },
    bezierCurveTo(bx, by, cx, cy, x, y) {
      const [ax, ay] = [way.xs.at(-1), way.ys.at(-1)];
      for (let t = 1 / 16; t <= 1; t += 1 / 16) {
        const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
        to(a * ax + b * bx + c * cx + d * x, a * ay + b * by + c * cy + d * y);
      }
    },
  };
  for (const name of ["beginPath", "stroke", "setLineDash"]) ctx[name] = () => {};
  const seen = edges.filter((index) => !scene.isFaint(index));
  paintEdges(ctx, THEME, { scene, sight: { edges: seen }, camera, ghost: 0.1, plan });
  assert.ok(ways.length >= seen.length);
  return ways.map(({ xs, ys }) => ({ xs, ys, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] }));
}

const meet = (a, b) =>
  a.left < b.left + b.width - 0.01 && b.left < a.left + a.width - 0.01 && a.top < b.top + b.height - 0.01 && b.top < a.top + a.height - 0.01;
const inside = (box, [x, y]) => x > box.left + 0.01 && x < box.left + box.width - 0.01 && y > box.top + 0.01 && y < box.top + box.height - 0.01;

/** The corners of an arrow along its lane, and points between them. */
function* pointsOfLane({ from, to, across }, vertical) {
  const along = ({ x, y }) => (vertical ? y : x);
  const at = ({ x, y }) => (vertical ? x : y);
  const corners = [[along(from), at(from)], [along(from), across], [along(to), across], [along(to), at(to)]];
  for (let i = 1; i < 4; i += 1)
    for (let t = 0; t <= 1; t += 1 / 32) {
      const point = [0, 1].map((k) => corners[i - 1][k] + (corners[i][k] - corners[i - 1][k]) * t);
      yield vertical ? point.reverse() : point;
    }
}

/** What is wrong with a picture, in words; [] as it should be. */
function faultsOf({ words, edges, items, view, radiusOf, lanes, said, fits }) {
  const faults = [];
  const shown = items.filter(({ ghost }) => !ghost);
  for (const item of fits ? shown : []) {
    // With the ring of what is selected, and below the levels' names.
    const radius = item.state === "root" ? 15 : radiusOf(item) + 5;
    const { x, y } = item;
    if (x < radius || y < radius + (view.vertical ? 0 : view.top) || x > view.width - radius || y > view.height - radius)
      faults.push(`${item.id} stands out of the picture`);
  }
  for (const { id, width, room } of fits && !view.vertical ? words.filter(({ kind }) => kind !== "bar") : []) {
    const { answer, mark, duplicates } = said.of(id);
    const needed = answer === null ? 0 : 7.5 * answer.length + (mark ? 12 : 0) + (duplicates ? 36 : 0);
    if (needed > Math.max(width, room) && needed < 60) faults.push(`${id} has ${room} pixels for ${needed}`);
  }
  for (const [index, word] of words.entries()) {
    const { left, top, width, height } = word;
    if (left < 0 || top < view.top || left + width > view.width || top + height > view.height) faults.push(`${word.id} is cut off`);
    for (const other of words.slice(index + 1)) if (meet(word, other)) faults.push(`${word.id} lies on ${other.id}`);
    for (const item of shown) {
      const radius = item.state === "root" ? 11 : radiusOf(item);
      const half = item.state === "root" ? 35 : radius;
      if (meet(word, { left: item.x - half, top: item.y - radius, width: 2 * half, height: 2 * radius }))
        faults.push(`${word.id} lies on the mark ${item.id}`);
    }
  }
  for (const { xs, ys, box } of edges)
    for (const word of words) {
      const { left, top, width, height } = word;
      if (left > box[2] || left + width < box[0] || top > box[3] || top + height < box[1]) continue;
      if (xs.some((x, k) => inside(word, [x, ys[k]]))) faults.push(`${word.id} is struck through by an edge`);
    }
  for (const lane of lanes.values())
    for (const point of lane ? pointsOfLane(lane, view.vertical) : []) {
      const struck = words.find((word) => inside(word, point));
      if (struck) faults.push(`${struck.id} is struck through by an arrow`);
      if (struck) break;
    }
  return faults;
}

const eventsOf = (name) =>
  readFileSync(new URL(`traces/${name}`, ASSETS), "utf-8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const TRACES = readdirSync(new URL("traces/", ASSETS)).filter((name) => name.endsWith(".jsonl"));

const SHOWN = ["traces/", "chosen_problems/"].flatMap((folder) =>
  readdirSync(new URL(folder, ASSETS))
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => folder + name),
);
/** What the picture has on phones of 390, 360 and 320 pixels; the opening shows chosen problems, in others. */
const PHONES = [[390, 318], [320, 203], [320, 185]];
const OPENINGS = [[390, 301], [360, 248], [320, 220]];

test("in every recorded example words meet nothing, at every size and zoom", () => {
  assert.ok(TRACES.length > 10);
  for (const name of TRACES) {
    const tree = Tree.fromEvents(eventsOf(name));
    const ids = [...tree.nodes.keys()];
    for (const [width, height] of SIZES) {
      for (const zoom of [1, 1.7, 3.5]) {
        const selected = zoom === 1 ? null : ids[Math.floor(ids.length / 2)];
        const picture = pictureOf(tree, width, height, { zoom, selected });
        assert.deepEqual(faultsOf(picture).slice(0, 3), [], `${name} at ${width} × ${height}, zoom ${zoom}`);
        assert.ok(picture.words.some(({ kind }) => kind !== "bar") || zoom !== 1, `${name} at ${width} × ${height} says nothing`);
      }
    }
  }
});

test("on a phone the chosen path of the examples has its words", () => {
  const chosen = ["voting_fails", "right_path_is_cut", "verifier_is_fooled"].map((name) => `../chosen_problems/${name}.jsonl`);
  const shown = [...TRACES, ...chosen];
  const silent = shown.filter((name) => {
    const tree = Tree.fromEvents(eventsOf(name));
    const { plan } = pictureOf(tree, 390, 320);
    const steps = tree.path(tree.chosen).slice(0, -1);
    const read = steps.filter(({ id }) => plan.words.has(id) && plan.words.get(id).kind !== "bar");
    return read.length < (2 / 3) * steps.length;
  });
  assert.deepEqual(silent, []);
});

test("on a phone the chosen answer of every example has its words, and they meet nothing", () => {
  const silent = [];
  for (const name of SHOWN) {
    const tree = Tree.fromEvents(eventsOf(`../${name}`));
    if (!tree.chosen) continue;
    for (const [width, height] of name.startsWith("traces") ? PHONES : [...PHONES, ...OPENINGS]) {
      const picture = pictureOf(tree, width, height, { seen: tree.chosen });
      assert.deepEqual(faultsOf(picture), [], `${name} at ${width} × ${height}`);
      if (picture.plan.words.get(tree.chosen)?.kind !== "line") silent.push(`${name} at ${width} × ${height}`);
    }
  }
  assert.deepEqual(silent, []);
});

test("in the frame of a Space every answer of a real model is read whole, and steps in a row are read below", () => {
  const wholes = [];
  for (const name of ["smollm2-best-of-n-its-judge-passes-over-the-right-answer.jsonl", "smollm2-beam-search-one-of-seven-answers-is-right.jsonl"]) {
    const tree = Tree.fromEvents(eventsOf(name));
    const { plan, said } = pictureOf(tree, 655, 320);
    for (const { id, answer, state } of tree.nodes.values()) {
      if (state !== "completed" || answer === null) continue;
      const word = plan.words.get(id);
      wholes.push([id, word?.kind, word?.width === sizesOf(said).of(id, "line", 220).width]);
    }
  }
  assert.ok(wholes.length > 8);
  assert.deepEqual(wholes.filter(([, kind, whole]) => kind !== "line" || !whole), []);
  const row = pictureOf(Tree.fromEvents(eventsOf("word-problem-greedy.jsonl")), 655, 320);
  const below = row.words.filter(({ id, kind, top }) => kind === "card" && top > row.items.find((item) => item.id === id).y);
  assert.equal(below.length, 4);
});

// Who gets the room ---------------------------------------------------------------------------

const VIEW = { width: 800, height: 400, vertical: false, top: 24, pitch: 160, across: 24, start: 50, last: 3 };
const spot = (id, y, fields = {}) => ({
  ...{ id, depth: 1, x: 100, y, radius: 8, inner: false, rank: 2, bare: false, brief: false, scored: true },
  ...fields,
});
const SIZES_OF = { prepare: () => {}, of: (_, kind, width) => ({ width: Math.min(90, width), height: kind === "card" ? 50 : 16 }) };
const kindsOf = (spots, view = {}) => {
  const { words } = placeWords(spots, { ...VIEW, ...view }, SIZES_OF);
  return Object.fromEntries(words.map(({ id, kind }) => [id, kind]));
};

test("where there is room there are cards, with less there are lines, then bars, then marks alone", () => {
  // A word in the middle of its siblings: the outer ones can give way to the outside.
  const inner = (gap) => Object.values(kindsOf([..."abcdefg"].map((id, index) => spot(id, 150 + gap * index)))).slice(1, -1);
  assert.deepEqual(new Set(inner(60)), new Set(["card"]));
  assert.deepEqual(new Set(inner(24)), new Set(["line"]));
  assert.ok(inner(12).length < 4);
  assert.equal(kindsOf([spot("a", 150, { inner: true })], { pitch: 60 }).a, undefined);
});

test("steps that stand close together look alike, and the chosen path keeps its cards", () => {
  const column = (ranks) => ranks.map((rank, index) => spot(`${index}`, 60 + 38 * index, { rank, inner: true }));
  assert.deepEqual(Object.values(kindsOf(column([2, 2, 2, 2, 2, 2, 2]))), Array(7).fill("line"));
  const kinds = kindsOf(column([2, 2, 2, 1, 2, 2, 2]));
  assert.deepEqual(Object.values(kinds), ["line", "line", "line", "card", "line", "line", "line"]);
  // Those that go later leave nothing undone: they have a line where they have no room.
  const beside = kindsOf([spot("a", 100), spot("cut", 138, { rank: 5 }), spot("b", 176)]);
  assert.deepEqual(beside, { a: "card", cut: "line", b: "card" });
});

test("the room of steps that are cut goes to those that go on: level of detail is decided per branch", () => {
  const cut = (id, y) => spot(id, y, { rank: 5 });
  const kinds = kindsOf([cut("a", 128), cut("b", 139), spot("kept", 150), cut("c", 161), cut("d", 172), spot("alone", 300, { rank: 5 })]);
  assert.equal(kinds.kept, "card");
  assert.equal(kinds.alone, "card");
  assert.deepEqual([kinds.b, kinds.c], [undefined, undefined]);
});

test("what is chosen by hand goes first, then the chosen path and answers", () => {
  const crowd = (ranks) => kindsOf(ranks.map((rank, index) => spot("abc"[index], 150 + 6 * index, { rank, scored: false })));
  assert.deepEqual(crowd([2, 0, 1]), { b: "card" });
  assert.deepEqual(crowd([2, 5, 1]), { c: "card" });
});

test("what has no words shows its score as a bar, and an answer needs no card", () => {
  assert.deepEqual(kindsOf([spot("a", 150, { bare: true })]), { a: "bar" });
  assert.deepEqual(kindsOf([spot("a", 150, { brief: true })]), { a: "line" });
  assert.deepEqual(kindsOf([spot("a", 150, { bare: true, scored: false })]), {});
});

test("there are at most about a hundred words", () => {
  const many = Array.from({ length: 300 }, (_, index) => spot(`${index}`, 40 + 24 * index, { scored: false }));
  assert.equal(Object.keys(kindsOf(many, { height: 9000 })).length, MOST_WORDS);
});

/** A seeded generator of numbers in [0, 1). */
function randomness(seed) {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const TEXTS = [
  "3 × 8 = 24",
  "So we add the two numbers and then take away what was given to the others, which leaves a little.",
  "x",
  "Therefore \\(x^2 + 2x + 1 = (x + 1)^2\\), and both roots are the same.",
  "نجمع العددين ثم نطرح الثالث من الناتج",
  "",
];

/** A tree of any shape, its steps in any mixture of states. */
function randomTree(seed) {
  const random = randomness(seed);
  const pick = (many) => many[Math.floor(random() * many.length)];
  const events = [{ ...header(), seq: 0, t: 0 }];
  const add = (event) => events.push({ ...event, seq: events.length, t: events.length });
  const size = 3 + Math.floor(random() ** 2 * 120);
  const reach = 1 + Math.floor(random() * 40);
  const ids = ["root"];
  const children = new Map([["root", 0]]);
  const leaves = new Set();
  for (let i = 0; i < size; i += 1) {
    const parent = pick(ids.slice(-reach));
    const index = children.get(parent);
    children.set(parent, index + 1);
    leaves.delete(parent);
    const id = parent === "root" ? `${index}` : `${parent}.${index}`;
    children.set(id, 0);
    leaves.add(id);
    const after = random() < 0.06 ? pick(ids) : null;
    ids.push(id);
    add({ kind: "sampled", id, text: pick(TEXTS), tokens: 1, logprob: -1, ...(after && after !== "root" ? { after } : {}) });
    if (random() < 0.8) add({ kind: "scored", id, score: random() });
  }
  const solutions = [];
  for (const id of ids.slice(1)) {
    const chance = random();
    if (leaves.has(id) && chance < 0.3) solutions.push(id);
    else if (leaves.has(id) && chance < 0.6)
      add({ kind: "decided", round: 1, rule: "top_k", why: "So.", kept: [], pruned: [[id]] });
    else if (chance < 0.9) add({ kind: "decided", round: 1, rule: "top_k", why: "So.", kept: [[id]], pruned: [] });
  }
  solutions.forEach((id, group) => add({ kind: "completed", id, answer: pick(["27", "\\frac{1}{2}", "a long answer in words"]), group }));
  if (solutions.length) {
    add({ kind: "graded", right: solutions.slice(0, 1), wrong: solutions.slice(1) });
    add({ kind: "finished", status: "completed", method: "weighted", chosen: solutions[0], answer: "27" });
  }
  return Tree.fromEvents(events);
}

test("in two hundred random trees words meet nothing, at several sizes", () => {
  let words = 0;
  for (let seed = 1; seed <= 200; seed += 1) {
    const tree = randomTree(seed);
    for (const [width, height] of [SIZES[seed % 5], SIZES[(seed + 1) % 5]]) {
      const picture = pictureOf(tree, width, height, { zoom: [1, 1, 2, 0.8][seed % 4] });
      words += picture.words.length;
      assert.deepEqual(faultsOf(picture).slice(0, 3), [], `seed ${seed} at ${width} × ${height}`);
      assert.ok(picture.words.filter(({ kind }) => kind !== "bar").length <= MOST_WORDS);
    }
  }
  assert.ok(words > 4000, `only ${words} words`);
});

test("branches leave the problem at a place: how far a level reaches is always a number", () => {
  for (const vertical of [false, true]) {
    const view = { width: 900, height: 500, vertical, top: 24, pitch: 150, across: 40, start: 52, last: 2, end: 150 };
    const spot = { id: "root", depth: 0, x: 80, y: 200, radius: 30, inner: true, rank: 1, bare: false, brief: false, scored: false };
    const sizes = { of: () => ({ width: 90, height: 32 }), prepare: () => {} };
    const { words, reaches } = placeWords([spot], view, sizes, []);
    assert.ok(Number.isFinite(reaches.get(0)), `reach ${reaches.get(0)}`);
    for (const { left, top, out } of words) assert.ok([left, top, out].every(Number.isFinite));
  }
});

for (const name of SHOWN)
  test(`in ${name} the chosen answer is written wherever others on its level are`, () => {
    const events = readFileSync(new URL(name, ASSETS), "utf-8").trim().split("\n").map((line) => JSON.parse(line));
    const tree = Tree.fromEvents(events);
    if (!tree.chosen) return;
    const { depth } = tree.nodes.get(tree.chosen);
    // In a narrow picture the words of a level stand in one row, and not each of them fits there.
    for (const [width, height] of SIZES.filter(([width]) => width > 600)) {
      const { words } = pictureOf(tree, width, height);
      const written = words.filter(({ kind }) => kind === "line" || kind === "card").map(({ id }) => id);
      const others = written.filter((id) => tree.nodes.get(id)?.depth === depth && tree.nodes.get(id).answer !== null);
      const inView = words.some(({ id }) => id === tree.chosen);
      if (inView && others.length) assert.ok(written.includes(tree.chosen), `${width} × ${height}`);
    }
  });

test("a picture that has no places yet has no ways", () => {
  assert.equal(waysOf(new Scene(), { vertical: true, ku: 60, ou: 0 }, { width: 390, height: 420 }).size, 0);
});

test("of steps that are asked about all have words, or nothing on their level has", () => {
  const spots = ["a", "b", "c", "d"].map((id) => ({ id, depth: id === "d" ? 2 : 1, bare: false }));
  const asked = new Set(["a", "b"]);
  assert.equal(withoutHalf(spots, asked, new Set(["a", "b"])), null);
  assert.equal(withoutHalf(spots, new Set(), new Set()), null);
  const bare = withoutHalf(spots, asked, new Set(["a", "c", "d"]));
  assert.deepEqual(bare.filter((spot) => spot.bare).map(({ id }) => id), ["a", "b", "c"]);
  assert.equal(withoutHalf(spots, new Set(["b"]), new Set(["a"])), null); // one is no choice
  // A step that says nothing at all waits for no words.
  assert.equal(withoutHalf(spots.map((spot) => ({ ...spot, bare: spot.id === "b" })), asked, new Set(["a"])), null);
});
