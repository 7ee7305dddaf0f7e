import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsOf, layoutTree } from "../../assets/js/picture/layout.js";
import { contain, fitCamera, markRadius, reveal, toScreen, zoomAt } from "../../assets/js/picture/camera.js";

/** A tree from nested arrays of child counts, or at random. */
function randomTree(nodes, seed) {
  const children = new Map([["n0", []]]);
  let state = seed;
  for (let i = 1; i < nodes; i += 1) {
    state = (state * 48271) % 2147483647;
    const parent = `n${state % i}`;
    children.get(parent).push(`n${i}`);
    children.set(`n${i}`, []);
  }
  return (id) => children.get(id);
}

function byDepth(places) {
  const levels = new Map();
  for (const [id, { u, d }] of places) levels.set(d, [...(levels.get(d) ?? []), { id, u }]);
  return [...levels.values()];
}

test("no two nodes of a level touch, and children stay in order", () => {
  for (let seed = 1; seed < 40; seed += 1) {
    const childrenOf = randomTree(120, seed);
    const places = layoutTree("n0", childrenOf);
    assert.equal(places.size, 120);
    for (const level of byDepth(places)) {
      const sorted = level.map(({ u }) => u).sort((a, b) => a - b);
      for (let i = 1; i < sorted.length; i += 1) assert.ok(sorted[i] - sorted[i - 1] > 0.999);
    }
    for (const id of places.keys()) {
      const us = childrenOf(id).map((child) => places.get(child).u);
      assert.deepEqual(
        us,
        us.toSorted((a, b) => a - b),
      );
      if (us.length) assert.ok(Math.abs(places.get(id).u - (us[0] + us.at(-1)) / 2) < 1e-9);
    }
  }
});

test("wide leaves get their room", () => {
  const childrenOf = (id) => (id === "a" ? ["b", "c"] : []);
  const places = layoutTree("a", childrenOf, () => 3);
  assert.equal(places.get("c").u - places.get("b").u, 3);
});

test("the root stays at the origin, and the same tree gives the same layout", () => {
  const childrenOf = randomTree(500, 7);
  assert.deepEqual(layoutTree("n0", childrenOf).get("n0"), { u: 0, d: 0 });
  assert.deepEqual([...layoutTree("n0", childrenOf)], [...layoutTree("n0", childrenOf)]);
});

test("deep and wide trees are laid out without recursion", () => {
  const chain = (id) => (Number(id) < 50000 ? [String(Number(id) + 1)] : []);
  assert.equal(layoutTree("0", chain).size, 50001);
  const childrenOf = randomTree(100000, 3);
  assert.equal(layoutTree("n0", childrenOf).size, 100000);
});

test("a small tree fits, a large one keeps its marks readable", () => {
  const small = { uMin: -10, uMax: 10, dMax: 4 };
  const camera = fitCamera(small, 800, 560, false);
  for (const u of [small.uMin, small.uMax])
    for (const d of [0, 4]) {
      const [x, y] = toScreen(camera, u, d);
      assert.ok(x >= 0 && x <= 800 && y >= 0 && y <= 560);
    }
  const large = fitCamera({ uMin: -500, uMax: 500, dMax: 4 }, 800, 560, false);
  assert.ok(markRadius(large, 10) >= 5);
});

test("zooming keeps the point under the pointer, revealing moves no more than needed", () => {
  const camera = fitCamera({ uMin: -5, uMax: 5, dMax: 3 }, 600, 400, false);
  const [x, y] = toScreen(camera, 2, 1);
  const zoomed = zoomAt(camera, 2, x, y);
  assert.deepEqual(toScreen(zoomed, 2, 1).map(Math.round), [x, y].map(Math.round));
  assert.equal(reveal(camera, { u: 0, d: 1 }, 600, 400), camera);
  const [rx, ry] = toScreen(reveal(zoomed, { u: -5, d: 3 }, 600, 400), -5, 3);
  assert.ok(rx >= 0 && rx <= 600 && ry >= 0 && ry <= 400);
  const lost = contain({ ...camera, ou: 99999 }, { uMin: -5, uMax: 5, dMax: 3 }, 600, 400);
  assert.ok(lost.ou < 1000);
});

test("bounds", () => {
  assert.deepEqual(
    boundsOf([
      { u: -1, d: 0 },
      { u: 4, d: 3 },
    ]),
    { uMin: -1, uMax: 4, dMax: 3 },
  );
});
