import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutTree as layOut } from "../../assets/js/picture/layout.js";
import { levelOrder } from "../../assets/js/picture/level_order.js";

/** Places by id. */
function layoutTree(root, childrenOf, widthOf) {
  const { ids, u, d } = layOut(levelOrder(root, childrenOf), widthOf);
  return new Map(ids.map((id, index) => [id, { u: u[index], d: d[index] }]));
}

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

/** Places along the level from a tree of nested objects, `{child: {…}}`, by name. */
function placesOf(tree, widthOf) {
  const children = new Map();
  const walk = (name, below) => {
    children.set(name, Object.keys(below));
    for (const [child, rest] of Object.entries(below)) walk(child, rest);
  };
  walk("root", tree);
  return Object.fromEntries([...layoutTree("root", (id) => children.get(id), widthOf)].map(([id, { u }]) => [id, u]));
}
const leaf = {};
const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test("siblings stand 1 apart, cousins 1.4", () => {
  const siblings = placesOf({ a: leaf, b: leaf });
  near(siblings.b - siblings.a, 1);
  const cousins = placesOf({ a: { a1: leaf }, b: { b1: leaf } });
  near(cousins.b1 - cousins.a1, 1.4);
  near(cousins.b - cousins.a, 1.4);
  const families = placesOf({ a: { a1: leaf, a2: leaf }, b: { b1: leaf, b2: leaf } });
  near(families.b1 - families.a2, 1.4);
  near(families.a2 - families.a1, 1);
});

test("subtrees nest where their outlines allow: only levels that both have keep a distance", () => {
  const { a, b, a1, a3 } = placesOf({ a: { a1: leaf, a2: leaf, a3: leaf }, b: leaf });
  near(a3 - a1, 2);
  near(b - a, 1);
});

test("a subtree that reaches deeper than the one before keeps its distance to all before", () => {
  const places = placesOf({ a: { a1: { a11: leaf } }, b: leaf, c: { c1: { c11: leaf } } });
  near(places.c - places.b, 1);
  near(places.b - places.a, 1);
  near(places.c11 - places.a11, 2);
});

test("leaves between two branches share the room evenly", () => {
  const wide = { x: leaf, y: leaf, z: leaf, w: leaf, v: leaf };
  const wide2 = Object.fromEntries(Object.keys(wide).map((name) => [`${name}2`, leaf]));
  const places = placesOf({ a: wide, b: leaf, c: leaf, d: wide2 });
  near(places.d - places.a, 4 + 1.4);
  near(places.b - places.a, places.c - places.b);
  near(places.c - places.b, places.d - places.c);
});

test("a wide leaf at the end shares its room with the leaves before it", () => {
  const places = placesOf({ a: { a1: leaf }, b: leaf, c: leaf }, (id) => (id === "c" ? 3 : 1));
  near(places.c - places.a, 3);
  near(places.b - places.a, 1.5);
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

test("every branch knows its size and its room", () => {
  for (let seed = 1; seed < 20; seed += 1) {
    const childrenOf = randomTree(80, seed);
    const places = layOut(levelOrder("n0", childrenOf));
    const below = (id) => [id, ...childrenOf(id).flatMap(below)];
    const index = new Map(places.ids.map((id, i) => [id, i]));
    places.ids.forEach((id, i) => {
      const members = below(id).map((other) => index.get(other));
      assert.equal(places.sizes[i], members.length);
      assert.equal(places.uLeast[i], Math.min(...members.map((m) => places.u[m])));
      assert.equal(places.uMost[i], Math.max(...members.map((m) => places.u[m])));
      assert.equal(places.dMost[i], Math.max(...members.map((m) => places.d[m])));
    });
  }
});

test("an id is found from the root down", () => {
  const childrenOf = randomTree(60, 3);
  const places = layOut(levelOrder("n0", childrenOf));
  const parents = new Map(places.ids.flatMap((id) => childrenOf(id).map((child) => [child, id])));
  places.ids.forEach((id, i) => assert.equal(places.find(id, (other) => parents.get(other) ?? null), i));
  assert.equal(places.find("stranger", () => null), -1);
  assert.equal(places.find("stranger", (other) => (other === "stranger" ? "n0" : null)), -1);
});
