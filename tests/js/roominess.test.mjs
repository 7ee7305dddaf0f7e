import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutWithRoom as layOut } from "../../assets/js/picture/roominess.js";
import { levelOrder } from "../../assets/js/picture/level_order.js";

const layoutWithRoom = (root, childrenOf, ...given) => layOut(levelOrder(root, childrenOf), ...given);

const TREE = { root: ["a", "b"], a: ["a1", "a2", "a3"], b: ["b1", "b2", "b3"] };
const spanOf = (across, vertical = false) => {
  const { uMin, uMax } = layoutWithRoom("root", (id) => TREE[id] ?? [], () => false, { across, vertical }).bounds;
  return uMax - uMin;
};

test("where there is more room, the tree takes more units of it", () => {
  assert.ok(spanOf(60) < spanOf(2000));
  assert.ok(spanOf(2000, true) > spanOf(90, true));
});

test("steps that go on keep apart as their words need it", () => {
  const apart = (across) => {
    const { ids, u } = layoutWithRoom("root", (id) => ({ root: ["a", "b"], a: ["a1"], b: ["b1"] })[id] ?? [], () => false, { across, vertical: false });
    return u[ids.indexOf("b")] - u[ids.indexOf("a")];
  };
  assert.ok(apart(2000) >= 2.4);
  assert.ok(apart(30) < 2.4);
});

test("where the room is not known, or the tree is large, marks stand as close as they can", () => {
  assert.ok(spanOf(0) < spanOf(2000));
  const many = layoutWithRoom("root", (id) => (id === "root" ? Array.from({ length: 700 }, (_, i) => `${i}`) : []), () => false, { across: 1e6, vertical: false });
  assert.ok(Math.abs(many.u[2] - many.u[1] - 0.8) < 1e-9);
});

test("where a narrow picture has not the room for all words, the chosen path has room for its own", () => {
  const ids = Array.from({ length: 16 }, (_, index) => `${index}`);
  const children = { root: ids, ...Object.fromEntries(ids.map((id) => [id, [`${id}.0`]])) };
  const gaps = (chosen, vertical = true) => {
    const places = layoutWithRoom("root", (id) => children[id] ?? [], () => false, { across: 318, vertical }, new Set(chosen));
    const across = ids.map((id) => places.u[places.ids.indexOf(id)]);
    return across.slice(1).map((u, index) => u - across[index]);
  };
  const even = gaps([]);
  assert.ok(Math.max(...even) - Math.min(...even) < 1e-9);
  const given = gaps(["5", "5.0"]);
  assert.ok(given[4] > 3 && given[5] > 3 && Math.max(...given.slice(6)) < 1.5);
  // In a wide picture no decision moves what stands already.
  assert.deepEqual(gaps(["5", "5.0"], false), gaps([], false));
});
