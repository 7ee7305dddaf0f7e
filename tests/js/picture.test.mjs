import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { NOTHING, Writing } from "../../assets/js/log/writing.js";
import { Painter } from "../../assets/js/picture/painter.js";
import { paintJumps } from "../../assets/js/picture/jumps.js";
import { Scene } from "../../assets/js/picture/scene.js";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";
import { header } from "./synthetic.mjs";

const palette = JSON.parse(readFileSync(new URL("../../assets/palette.json", import.meta.url), "utf-8"));
const THEME = {
  palette,
  base: palette.themes.light,
  colours: (spec) => ({ fill: spec.fill?.light ?? null, line: spec.line.light }),
  edge: (spec) => ({ dash: [], width: spec.edge.width, casing: 0, colour: spec.edge.color.light }),
};

/** A drawing surface that remembers its calls; letters are 6 pixels wide. */
function surface() {
  const calls = [];
  const known = { calls, measureText: (text) => ({ width: 6 * text.length }) };
  return new Proxy(known, {
    get: (target, name) => target[name] ?? ((...values) => void calls.push([name, ...values])),
    set: (target, name, value) => Object.assign(target, { [name]: value }),
  });
}
const textsOf = ({ calls }) => calls.filter(([name]) => name === "fillText").map(([, text]) => text);

const sampled = (id, fields = {}) => ({ kind: "sampled", id, text: id, tokens: 1, logprob: -1, ...fields });
const scored = (id, score) => ({ kind: "scored", id, score });
const eventsOf = (strategy, ...events) =>
  [header({}, strategy), ...events].map((event, seq) => ({ ...event, seq, t: 0 }));
const seen = (tree, mode = "dim", writing = NOTHING) => new Visible(tree, mode, new Set(), true, writing);

const END = { kind: "finished", status: "completed", chosen: "0.0" };
const BEAM = eventsOf(
  "beam_search",
  ...[sampled("0"), sampled("1"), scored("0", 0.9), scored("1", 0.2)],
  { kind: "decided", round: 1, rule: "top_k", why: "So.", kept: [["0"]], pruned: [["1"]] },
  ...[sampled("0.0"), { kind: "completed", id: "0.0", answer: "20", group: 0 }, { kind: "graded", right: ["0.0"] }, END],
);

function sceneOf(events, { mode, hidden = [], writing, animate = false, scene = new Scene() } = {}) {
  const tree = Tree.fromEvents(events);
  const moved = scene.update(tree, seen(tree, mode, writing), new Set(hidden), animate);
  return { tree, scene, moved, item: (id) => scene.items.get(id) };
}

test("an item knows its state, its labels, and what it is part of", () => {
  const { item } = sceneOf(BEAM, { hidden: ["pruned"] });
  assert.deepEqual(
    ["root", "0", "1", "0.0"].map((id) => item(id).state),
    ["root", "kept", "pruned", "chosen"],
  );
  assert.deepEqual(
    ["root", "0", "1", "0.0"].map((id) => item(id).winning),
    [true, true, false, true],
  );
  assert.deepEqual([item("1").label, item("0.0").answer, item("0.0").right], ["0.20", "20", true]);
  assert.deepEqual([item("0").inner, item("1").inner, item("1").ghost, item("0").ghost], [true, false, true, false]);
  const fold = sceneOf(BEAM, { mode: "fold" }).item("fold:root");
  assert.deepEqual([fold.state, fold.label], ["collapsed", "1 step, best 0.20"]);
});

test("answers and folds get more room than a step", () => {
  const ends = (kind) => {
    const solve = (id) => (kind ? [{ kind: "completed", id, answer: "4", group: 0 }] : []);
    const { item } = sceneOf(eventsOf("beam_search", sampled("0"), sampled("1"), ...solve("0"), ...solve("1")));
    return item("1").u - item("0").u;
  };
  assert.ok(ends(false) < ends(true));
});

test("a rollout that led to an answer is no ghost, although rollouts come on demand", () => {
  const ahead = { role: "rollout" };
  const solved = { kind: "completed", id: "0.0.0", answer: "4", group: 0 };
  const tree = Tree.fromEvents(
    eventsOf("lookahead_search", sampled("0"), sampled("0.0", ahead), sampled("0.0.0", ahead), solved),
  );
  const scene = new Scene();
  scene.update(tree, new Visible(tree, "dim", new Set(), false), new Set(["rollout"]), false);
  assert.deepEqual([scene.items.get("0.0").state, scene.items.get("0.0").ghost], ["rollout", false]);
});

test("jumps are in the order of writing, also of what is written later", () => {
  const stream = eventsOf("single_stream", sampled("0"), sampled("0.0"), sampled("1", { after: "0.0" }), sampled("2", { after: "1" }));
  const scene = new Scene();
  const orders = [4, 5].map((count) => {
    sceneOf(stream.slice(0, count), { scene });
    return [...scene.items.values()].filter(({ after }) => after).map(({ order }) => order);
  });
  assert.deepEqual(orders, [[3], [3, 4]]);
});

test("what stays glides from where it was, what is new comes from its parent's side", () => {
  const { scene, moved } = sceneOf(BEAM.slice(0, 2));
  assert.equal(moved, false);
  const before = scene.items.get("0").u;
  const later = sceneOf(BEAM.slice(0, 3), { scene, animate: true });
  const [first, second] = [later.item("0"), later.item("1")];
  assert.equal(later.moved, true);
  assert.equal(first.u, before);
  assert.equal(second.u, later.item("root").u);
  assert.ok(second.d > 0.75 && second.d < 1, "behind the words of its parent, see column.js");
  scene.advance(0.5);
  assert.ok(second.u !== second.toU && second.d < 1 && scene.moving);
  scene.advance(1);
  assert.deepEqual([second.u, second.d, scene.moving], [second.toU, second.toD, false]);
  // Without motion, and in a picture with too much in it, everything stands where it belongs.
  const still = sceneOf(BEAM, { scene });
  assert.equal(still.moved, false);
  const many = eventsOf("beam_search", ...Array.from({ length: 3001 }, (_, i) => sampled(String(i))));
  assert.equal(sceneOf(many, { scene: sceneOf(BEAM).scene, animate: true }).moved, false);
});

test("counts change the words of what is being written, and no place", () => {
  const writing = new Writing("step", new Map([["2", 0]]));
  const { tree, scene, item } = sceneOf(BEAM.slice(0, 3), { writing });
  assert.deepEqual([item("2").state, item("2").label], ["writing", ""]);
  const { u, d } = item("2");
  const visible = seen(tree, "dim", writing);
  visible.setWriting(new Writing("step", new Map([["2", 12], ["7", 1]])));
  scene.recount(visible);
  assert.deepEqual([item("2").label, item("2").u, item("2").d], ["12 tokens", u, d]);
});

test("the mark nearest to a point answers, within reach, and no ghost", () => {
  const { scene } = sceneOf(BEAM, { hidden: ["pruned"] });
  const camera = { ku: 100, kd: 100, ou: 0, od: 0, vertical: false };
  const at = (x, y, reach = 14) => scene.hit(camera, { width: 400, height: 400 }, x, y, reach)?.id ?? null;
  const { u } = scene.items.get("0");
  assert.equal(at(100, 100 * u + 13), "0");
  assert.equal(at(100, 100 * u - 15), null);
  assert.equal(at(100, 100 * scene.items.get("1").u), null);
  assert.equal(at(199, 0, Infinity), "0.0");
});

// Words in the picture -----------------------------------------------------------------------

const CAMERA = { ku: 24, kd: 100, ou: 0, od: 0, vertical: false };
const mark = (id, x, y, fields = {}) => ({
  ...{ id, x, y, state: "kept", label: "0.50", answer: null, right: null, ghost: false },
  ...{ inner: false, winning: false, visited: false, copies: 1 },
  ...fields,
});

// Arrows and marks ---------------------------------------------------------------------------

/** The arrows that are drawn: how many, and how many broad ones among them. */
function arrows(count, { lanes = true, selected = null, ghost = false } = {}) {
  const place = (item) => ({ ...item, place: () => item });
  const items = new Map([["0", place({ ...mark("0", 10, 10), after: null })]]);
  for (let i = 1; i <= count; i += 1)
    items.set(`${i}`, place({ ...mark(`${i}`, 10, 30 * i), after: "0", order: count - i, ghost }));
  const scene = { items, jumps: () => [...items.values()].filter(({ after }) => after) };
  const view = { selected, hovered: null, width: 400, height: 2000 };
  const widths = [];
  const ctx = surface();
  const drawn = new Proxy(ctx, { set: (_, name, value) => (name === "lineWidth" && widths.push(value), true) });
  const numbers = paintJumps(drawn, THEME, { scene, camera: CAMERA, view, plan: { laneOf: () => (lanes ? 12 : null) }, radius: () => 6 });
  arrows.numbers = numbers.map(({ text }) => text);
  return [widths.length, widths.filter((width) => width > 2).length];
}

test("arrows run along their lanes; what is selected has a broad one, with a lane or without", () => {
  assert.deepEqual(arrows(3), [3, 0]);
  // The last one in the order of writing is too short for a number.
  assert.deepEqual(arrows.numbers, ["1", "2"]);
  arrows(1);
  assert.deepEqual(arrows.numbers, []);
  assert.deepEqual(arrows(3, { selected: "2" }), [3, 1]);
  assert.deepEqual(arrows(3, { lanes: false }), [0, 0]);
  assert.deepEqual(arrows(3, { lanes: false, selected: "2" }), [1, 1]);
  assert.deepEqual(arrows(3, { ghost: true }), [0, 0]);
});

/** The marks that a painter draws, in order: the palette's spec, the radius, the opacity. */
function painted(items, ku = 24, hidden = []) {
  const drawn = [];
  const sprites = { draw: (_ctx, spec, _colours, _x, _y, radius) => drawn.push({ spec, radius, alpha: ctx.globalAlpha }), text: () => {} };
  const ctx = surface();
  const { scene } = sceneOf(items, { hidden });
  const camera = { ...CAMERA, ku, ou: 200, od: 50 };
  new Painter(ctx, sprites, THEME).paint(scene, camera, { width: 800, height: 400, ratio: 1, selected: null, hovered: null });
  return { drawn, states: drawn.map(({ spec }) => spec) };
}

test("pruned marks lie lowest, the winning path on top, and its grade around it", () => {
  const { states, pruned, kept, chosen } = { ...painted(BEAM), ...palette.states };
  assert.deepEqual(states, [pruned, kept, chosen, palette.grades.right]);
});

test("marks too small to tell apart are dots, and what is filtered away is faint", () => {
  assert.equal(painted(BEAM, 2).states.includes(palette.states.pruned), false);
  const alphas = painted(BEAM, 24, ["pruned"]).drawn.map(({ alpha }) => alpha);
  assert.deepEqual(alphas, [0.16, 1, 1, 1]);
});

test("a step with many visits is larger, and copies lie behind their mark", () => {
  const backedUp = (id, visits) => ({ kind: "backed_up", id, visits, value: 0.5 });
  const { drawn } = painted(eventsOf("mcts", sampled("0"), sampled("1"), backedUp("0", 9), backedUp("1", 1)), 40);
  assert.ok(drawn[0].radius > drawn[1].radius);
  const copies = (count) => {
    const allocated = { kind: "allocated", round: 1, shares: [["0", 1, count]] };
    return painted(eventsOf("rebase", sampled("0"), allocated)).drawn.length;
  };
  assert.deepEqual([0, 1, 2, 3, 9].map(copies), [1, 1, 2, 3, 3]);
});
