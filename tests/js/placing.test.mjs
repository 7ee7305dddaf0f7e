// The words in the picture, on every recorded example and on random trees: they meet no other
// words, no mark and no edge, and none is cut off at the picture's border.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { arrowsOf, lanesOf } from "../../assets/js/picture/lanes.js";
import { edgeWay } from "../../assets/js/picture/edges.js";
import { fitCamera, markRadius, toScreen, zoomAt } from "../../assets/js/picture/camera.js";
import { MOST_WORDS, placeWords } from "../../assets/js/picture/placing.js";
import { header } from "./synthetic.mjs";
import { Said, spotsOf } from "../../assets/js/picture/spots.js";
import { Scene } from "../../assets/js/picture/scene.js";
import { Tree } from "../../assets/js/log/tree.js";
import { ViewState } from "../../assets/js/log/view_state.js";
import { NOTHING } from "../../assets/js/log/writing.js";
import { WordPlan } from "../../assets/js/picture/word_plan.js";

const ASSETS = new URL("../../assets/", import.meta.url);
const palette = JSON.parse(readFileSync(new URL("palette.json", ASSETS), "utf-8"));
const SIZES = [
  [358, 420],
  [720, 460],
  [900, 430],
  [1500, 760],
];
const TOP = 24;

/** Sizes as the browser measures them, for letters of six pixels. */
function sizesOf(said) {
  const of = (id, kind, width) => {
    const { text, answer, share, figures } = said.of(id);
    const letters = 6 * (answer ?? text).length + 8;
    if (kind === "line") return { width: Math.min(letters, width), height: 19 };
    const least = share === null ? 0 : 6 * figures.length + 40;
    const inside = Math.max(Math.min(letters, width - 16), Math.min(least, width - 16));
    const lines = Math.min(kind === "problem" ? 6 : 3, Math.ceil(letters / inside));
    return { width: Math.min(width, inside + 16), height: 16 * lines + (share === null ? 9 : 24) };
  };
  return { of, prepare: () => {} };
}

/** A picture of a tree with its words, at rest. */
function pictureOf(tree, width, height, { zoom = 1, at = [0.5, 0.5], selected = null, viewState = new ViewState() } = {}) {
  const visible = viewState.visible(tree, NOTHING);
  const scene = new Scene();
  scene.update(tree, visible, viewState.hiddenStates, false);
  const vertical = width < 600;
  let camera = fitCamera(scene.bounds, width, height, vertical);
  if (zoom !== 1) camera = zoomAt(camera, zoom, at[0] * width, at[1] * height);
  const radiusOf = (item) =>
    item.state === "root" ? (vertical ? 11 : 35) : markRadius(camera, palette.states[item.state].size) + (item.right === null ? 0 : 5);
  const place = (item) => toScreen(camera, item.toU, item.toD);
  const all = [...scene.items.values()];
  for (const item of all) [item.x, item.y] = place(item);
  const items = all.filter(({ x, y }) => x > -60 && x < width + 60 && y > -60 && y < height + 60);
  const moment = { tree, visible, selected, hovered: null };
  const said = new Said(moment, palette.grades);
  const view = {
    ...{ width, height, vertical, top: vertical ? 4 : TOP, pitch: camera.kd, across: camera.ku },
    ...{ start: camera.od, last: scene.bounds.dMax },
  };
  const spots = spotsOf(moment, items, said, place, radiusOf, view);
  const lanes = lanesOf(items, spots, view);
  const plan = new WordPlan(placeWords(spots, view, sizesOf(said), [...lanes.values()].filter(Boolean)), lanes, spots, view);
  return { plan, words: [...plan.words.values()], all, items, spots, view, radiusOf, lanes };
}

const meet = (a, b) =>
  a.left < b.left + b.width - 0.01 && b.left < a.left + a.width - 0.01 && a.top < b.top + b.height - 0.01 && b.top < a.top + a.height - 0.01;
const inside = (box, [x, y]) => x > box.left + 0.01 && x < box.left + box.width - 0.01 && y > box.top + 0.01 && y < box.top + box.height - 0.01;

/** Points along an edge, its straight part and its curve. */
function* pointsOf([start, bend, first, second, end]) {
  for (let t = 0; t <= 1; t += 1 / 16) yield [start[0] + (bend[0] - start[0]) * t, start[1] + (bend[1] - start[1]) * t];
  for (let t = 0; t <= 1; t += 1 / 32) {
    const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
    yield [0, 1].map((k) => a * bend[k] + b * first[k] + c * second[k] + d * end[k]);
  }
}

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
function faultsOf({ plan, words, all, items, view, radiusOf, lanes }) {
  const faults = [];
  const shown = items.filter(({ ghost }) => !ghost);
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
  for (const item of all) {
    if (!item.parent || item.ghost) continue;
    for (const point of pointsOf(edgeWay(item, view.vertical, plan))) {
      const struck = words.find((word) => inside(word, point));
      if (struck) {
        faults.push(`${struck.id} is struck through by the edge to ${item.id}`);
        break;
      }
    }
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

test("in every recorded example words meet nothing, at every size and zoom", () => {
  assert.ok(TRACES.length > 10);
  for (const name of TRACES) {
    const tree = Tree.fromEvents(eventsOf(name));
    const ids = [...tree.nodes.keys()];
    for (const [width, height] of SIZES) {
      for (const zoom of [1, 1.7, 3.5, 0.6]) {
        const selected = zoom === 1 ? null : ids[Math.floor(ids.length / 2)];
        const picture = pictureOf(tree, width, height, { zoom, selected });
        assert.deepEqual(faultsOf(picture).slice(0, 3), [], `${name} at ${width} × ${height}, zoom ${zoom}`);
        assert.ok(picture.words.length > 0 || zoom !== 1, `${name} at ${width} × ${height}, zoom ${zoom} says nothing`);
      }
    }
  }
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
  const size = 3 + Math.floor(random() ** 2 * 160);
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
    for (const [width, height] of [SIZES[seed % 4], SIZES[(seed + 1) % 4]]) {
      const picture = pictureOf(tree, width, height, { zoom: [1, 1, 2, 0.8][seed % 4] });
      words += picture.words.length;
      assert.deepEqual(faultsOf(picture).slice(0, 3), [], `seed ${seed} at ${width} × ${height}`);
      assert.ok(picture.words.filter(({ kind }) => kind !== "bar").length <= MOST_WORDS);
    }
  }
  assert.ok(words > 4000, `only ${words} words`);
});
