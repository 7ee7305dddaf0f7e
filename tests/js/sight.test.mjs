import assert from "node:assert/strict";
import { test } from "node:test";
import { beamLog } from "./synthetic.mjs";
import { NOTHING } from "../../assets/js/log/writing.js";
import { roomFor } from "../../assets/js/picture/silhouettes.js";
import { Scene } from "../../assets/js/picture/scene.js";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";
import { wholeCamera } from "../../assets/js/picture/camera.js";

const SIZE = { width: 800, height: 500 };

function sceneOf(events, { selected = null } = {}) {
  const tree = Tree.fromEvents(events);
  const scene = new Scene();
  scene.update(tree, new Visible(tree, "dim", new Set(), true, NOTHING), new Set(), false, selected);
  return { tree, scene };
}
const wide = (scene) => wholeCamera(scene.bounds, SIZE.width, SIZE.height, false);
const BIG = beamLog({ n: 128, width: 4, rounds: 12 });

/** Every node that a sight accounts for: as a mark, or within a branch. */
function accounted({ places }, { marks, branches }) {
  const found = [...marks];
  for (const { from, to } of branches)
    for (let [low, high] = [from, to]; low < high; [low, high] = [places.first[low], places.first[high]])
      for (let i = low; i < high; i += 1) found.push(i);
  return found.sort((a, b) => a - b);
}

test("seen whole, every node is a mark or lies in exactly one branch", () => {
  const { scene } = sceneOf(BIG);
  for (const ku of [0.4, 1, 2, 4.9, 5, 12]) {
    const whole = wide(scene);
    const camera = { ...whole, ku, ou: 0 };
    const size = { width: SIZE.width, height: 1e6 };
    const sight = scene.look({ ...camera, ou: -scene.bounds.uMin * ku }, size);
    assert.deepEqual(accounted(scene, sight), Array.from({ length: scene.places.size }, (_, i) => i));
    assert.equal(sight.branches.length > 0, ku < 5, `${sight.branches.length} branches at ${ku} pixels`);
  }
});

test("the chosen path and the way to what is selected are never merged", () => {
  const tree = Tree.fromEvents(BIG);
  const cut = [...tree.nodes.values()].find(({ state, depth }) => state === "pruned" && depth > 4);
  const { scene } = sceneOf(BIG, { selected: cut.id });
  const marks = new Set(scene.look(wide(scene), SIZE).marks);
  for (const id of [tree.chosen, cut.id])
    for (const node of tree.path(id)) assert.ok(marks.has(scene.indexOf(node.id)), node.id);
  const without = sceneOf(BIG).scene;
  assert.ok(!without.look(wide(without), SIZE).marks.includes(without.indexOf(cut.id)));
});

test("what is looked at goes with what is in view, not with the tree", () => {
  const { scene } = sceneOf(BIG);
  const near = { ku: 30, kd: 120, ou: 0, od: -700, vertical: false };
  const seen = scene.look(near, SIZE);
  const inside = (i, reach) => {
    const [x, y] = [near.od + scene.d[i] * near.kd, near.ou + scene.u[i] * near.ku];
    return x > -reach && x < SIZE.width + reach && y > -reach && y < SIZE.height + reach;
  };
  const marks = new Set(seen.marks);
  for (let i = 0; i < scene.places.size; i += 1) {
    if (inside(i, 0)) assert.ok(marks.has(i));
    if (marks.has(i)) assert.ok(inside(i, 60));
  }
  assert.ok(marks.size > 10 && marks.size < scene.places.size / 5);
  // An edge whose ends are both outside can still cross the picture.
  const edges = new Set(seen.edges);
  for (let i = 1; i < scene.places.size; i += 1)
    if (inside(i, 0) || inside(scene.places.parents[i], 0)) assert.ok(edges.has(i));
});

test("a branch says how many steps it has, the best score, and whether anything goes on in it", () => {
  const { tree, scene } = sceneOf(BIG);
  const below = (id) => [id, ...tree.nodes.get(id).children.flatMap(below)];
  for (const branch of scene.look(wide(scene), SIZE).branches) {
    const ids = [];
    for (let i = branch.from; i < branch.to; i += 1) ids.push(...below(scene.places.ids[i]));
    const nodes = ids.map((id) => tree.nodes.get(id));
    const summary = scene.branches.of(branch);
    assert.equal(summary.count, nodes.length);
    assert.equal(summary.answers, nodes.filter(({ state }) => state === "completed").length);
    assert.ok(Math.abs(summary.best - Math.max(...nodes.map(({ aggregate }) => aggregate))) < 1e-6);
    const ends = nodes.filter(({ children }) => !children.length);
    assert.equal(
      summary.live,
      ends.some(({ state }) => state !== "pruned" && state !== "merged"),
    );
  }
});

test("a click finds the silhouette that it meets", () => {
  const { scene } = sceneOf(BIG);
  const camera = wide(scene);
  const { branches } = scene.look(camera, SIZE);
  const largest = branches.toSorted((a, b) => scene.branches.of(b).count - scene.branches.of(a).count)[0];
  const { uMin, uMax } = scene.boxOf(largest.from, largest.to);
  const d = scene.places.d[largest.from] + 1;
  const hits = new Set();
  for (let u = uMin; u <= uMax; u += 0.25)
    hits.add(scene.branchAt(camera, SIZE, camera.od + d * camera.kd, camera.ou + u * camera.ku));
  assert.ok(hits.has(largest));
  assert.equal(scene.branchAt(camera, SIZE, 1, 1), null);
});

test("while things glide, what is in view at this moment is drawn, and nothing else", () => {
  const { tree, scene } = sceneOf(beamLog({ n: 16, rounds: 6 }));
  const visible = (mode) => new Visible(tree, mode, new Set(), true, NOTHING);
  assert.ok(scene.update(tree, visible("fold"), new Set(), true), "it moves");
  scene.advance(0.5);
  const near = { ku: 30, kd: 120, ou: 0, od: -300, vertical: false };
  const { marks, edges, branches } = scene.look(near, SIZE);
  assert.equal(branches.length, 0);
  assert.ok(marks.length > 0 && marks.length < scene.places.size, `${marks.length} of ${scene.places.size}`);
  for (let i = 0; i < scene.places.size; i += 1) {
    const [x, y] = [near.od + scene.d[i] * near.kd, near.ou + scene.u[i] * near.ku];
    assert.equal(marks.includes(i), x > -60 && x < SIZE.width + 60 && y > -60 && y < SIZE.height + 60);
    if (i > 0 && marks.includes(i)) assert.ok(edges.includes(i), "with the edge into it");
  }
});

test("words in a silhouette lie within it at each level that they reach", () => {
  const levels = Array.from({ length: 60 }, (_, at) => ({ along: 10 * at, left: 100 - 30 * Math.sin(at / 9) ** 2, right: 110 + (at % 17) }));
  for (const vertical of [false, true])
    for (const width of [3, 40, 120, 700]) {
      const place = roomFor(levels, width, vertical);
      if (!place) continue;
      const [half, tall] = [width / 2 + 4, 7.5];
      const [along, across, reach, room] = vertical ? [place.y, place.x, tall, half] : [place.x, place.y, half, tall];
      for (const level of levels)
        if (Math.abs(level.along - along) <= reach) assert.ok(level.left <= across - room + 1e-9 && level.right >= across + room - 1e-9);
      assert.ok(along - reach >= 0 && along + reach <= 590);
    }
  assert.notEqual(roomFor(levels, 40, false), null);
  assert.equal(roomFor(levels, 700, false), null, "longer than the silhouette");
});
