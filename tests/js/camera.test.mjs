import assert from "node:assert/strict";
import { test } from "node:test";
import {
  between,
  contain,
  fitCamera,
  leastZoom,
  markRadius,
  openingCamera,
  overflows,
  panBy,
  reveal,
  toScreen,
  wholeCamera,
  zoomAt,
} from "../../assets/js/picture/camera.js";

const SMALL = { uMin: -5, uMax: 5, dMax: 3 };

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

test("a growing tree is drawn smaller down to a limit, and never larger than one can use", () => {
  const of = (span, depth) => fitCamera({ uMin: -span / 2, uMax: span / 2, dMax: depth }, 800, 560, false);
  assert.equal(of(1000, 4).ku, 11);
  assert.equal(of(2, 4).ku, 72);
  assert.equal(of(20, 100).kd, 54);
  assert.equal(of(20, 1).kd, 320);
  assert.ok(of(30, 4).ku < of(20, 4).ku);
  // What cannot be shown whole is shown from the root on.
  assert.deepEqual(toScreen(of(1000, 4), 0, 0), [52, 48 + (560 - 48 - 25) / 2]);
});

test("what cannot be shown whole uses all of the room, and the root stays in sight", () => {
  const [first, last] = [48, 560 - 25];
  const of = (uMin, uMax) => fitCamera({ uMin, uMax, dMax: 4 }, 800, 560, false);
  const edge = (camera, u) => Math.round(toScreen(camera, u, 0)[1]);
  const low = of(-100, 5);
  assert.deepEqual([edge(low, 5), edge(low, -100) < first], [last, true]);
  const high = of(-5, 100);
  assert.deepEqual([edge(high, -5), edge(high, 100) > last], [first, true]);
  for (const camera of [low, high]) assert.ok(edge(camera, 0) >= first && edge(camera, 0) <= last);
});

test("a lopsided tree stands in the middle", () => {
  const camera = fitCamera({ uMin: 0, uMax: 10, dMax: 3 }, 600, 400, false);
  const [, first] = toScreen(camera, 0, 0);
  const [, last] = toScreen(camera, 10, 0);
  assert.ok(Math.abs(first - 48 - (400 - 25 - last)) < 1e-9);
});

test("a tree that grows downwards has its axes turned", () => {
  const camera = fitCamera(SMALL, 320, 500, true);
  const [x, y] = toScreen(camera, 0, 0);
  assert.deepEqual([x, y], [160, 20]);
  const [right, below] = toScreen(camera, 1, 1);
  assert.ok(right > x && below > y);
});

test("levels come closer together where that shows the whole of a tree that grows downwards", () => {
  const of = (depth) => fitCamera({ uMin: -5, uMax: 5, dMax: depth }, 390, 305, true);
  assert.ok(of(5).kd >= 34 && !overflows(of(5), { uMin: -5, uMax: 5, dMax: 5 }, 390, 305));
  // Where it does not, they keep the distance that words need.
  assert.equal(of(9).kd, 60);
});

test("behind the deepest level there is room for what stands there", () => {
  const behind = (fields, width = 800) => {
    const bounds = { ...SMALL, ...fields };
    const [x] = toScreen(fitCamera(bounds, width, 560, false), 0, 3);
    return Math.round(width - x);
  };
  assert.equal(behind({}), 92);
  assert.equal(behind({ ends: 120 }), 120);
  // A long answer does not push the tree out of the picture.
  assert.equal(behind({ ends: 900 }), 152);
  assert.equal(behind({ ends: 900 }, 500), 132);
  assert.equal(behind({ reads: true }), 152);
});

test("words below each other have smaller marks between them", () => {
  const radius = (kd) => markRadius({ ku: 60, kd, vertical: true }, 14);
  assert.ok(radius(60) < radius(110));
  assert.equal(radius(110), markRadius({ ku: 60, kd: 60, vertical: false }, 14));
});

test("zooming has its limits, across and along alike", () => {
  const camera = { ku: 24, kd: 100, ou: 50, od: 60, vertical: false };
  const near = zoomAt(camera, 1000, 10, 10);
  assert.equal(near.ku, 140);
  assert.ok(Math.abs(near.kd / near.ku - 100 / 24) < 1e-9);
  assert.equal(zoomAt(camera, 1e-6, 10, 10).ku, 0.6);
  const turned = zoomAt({ ...camera, vertical: true }, 2, 7, 9);
  assert.deepEqual([turned.ou, turned.od], [7 - (7 - 50) * 2, 9 - (9 - 60) * 2]);
});

test("panning follows the hand, whichever way the tree grows", () => {
  const camera = { ku: 24, kd: 100, ou: 50, od: 60, vertical: false };
  assert.deepEqual(toScreen(panBy(camera, 3, -4), 0, 0), [63, 46]);
  assert.deepEqual(toScreen(panBy({ ...camera, vertical: true }, 3, -4), 0, 0), [53, 56]);
});

test("what lies outside the picture is known on every side", () => {
  const inside = fitCamera(SMALL, 600, 400, false);
  assert.equal(overflows(inside, SMALL, 600, 400), false);
  for (const [dx, dy] of [
    [600, 0],
    [-600, 0],
    [0, 400],
    [0, -400],
  ])
    assert.equal(overflows(panBy(inside, dx, dy), SMALL, 600, 400), true, `${dx}, ${dy}`);
});

test("a corner of the tree stays in the picture, however far one pans", () => {
  const camera = fitCamera(SMALL, 600, 400, false);
  for (const [dx, dy] of [
    [1e5, 1e5],
    [-1e5, -1e5],
  ]) {
    const kept = contain(panBy(camera, dx, dy), SMALL, 600, 400);
    const corners = [-5, 5].flatMap((u) => [0, 3].map((d) => toScreen(kept, u, d)));
    assert.ok(corners.some(([x, y]) => x >= 60 && x <= 540 && y >= 60 && y <= 340));
  }
  assert.deepEqual(contain(camera, SMALL, 600, 400), camera);
});

test("in a tree that grows downwards a revealed place has room for its words below, in a low picture as well", () => {
  for (const height of [145, 185, 300]) {
    const camera = { ku: 20, kd: 60, ou: 100, od: 20, vertical: true };
    for (const d of [1, 2, 3, 4]) {
      const [, y] = toScreen(reveal(camera, { u: 0, d }, 320, height), 0, d);
      assert.ok(height - y >= 44, `level ${d} at ${y} of ${height}`);
    }
  }
});

test("a tree of five levels that grows downwards is read in a low picture, from one place to another", () => {
  const bounds = { uMin: -8, uMax: 8, dMax: 5 };
  assert.deepEqual(openingCamera(bounds, 360, 145, true), fitCamera(bounds, 360, 145, true));
});

test("a revealed place has room around it", () => {
  const camera = panBy(fitCamera(SMALL, 600, 400, false), -2000, 2000);
  assert.deepEqual(toScreen(reveal(camera, { u: 0, d: 1 }, 600, 400), 0, 1).map(Math.round), [40, 336]);
});

test("a glide begins at one camera and ends at the other", () => {
  const a = { ku: 10, kd: 50, ou: 0, od: 0, vertical: false };
  const b = { ku: 20, kd: 90, ou: 8, od: 4, vertical: false };
  assert.deepEqual(between(a, b, 0), a);
  assert.deepEqual(between(a, b, 1), b);
  assert.deepEqual(between(a, b, 0.5), { ku: 15, kd: 70, ou: 4, od: 2, vertical: false });
});

test("marks can be told apart while they can be read, and become dots in an overview", () => {
  const radius = (ku, size = 10, kd = 60) => markRadius({ ku, kd }, size);
  assert.equal(radius(11), 5);
  assert.ok(radius(5) < 5 && radius(5) > 1);
  assert.equal(radius(0.6), 1);
  assert.ok(radius(24, 20) > radius(24, 14));
  assert.equal(radius(140, 20), 12);
  // A tree whose levels lie closer than its siblings has no more room for them.
  assert.equal(radius(24, 10, 5), radius(5));
});

test("a tree is shown whole however large it is, and opens whole where little of it could be read", () => {
  const whole = (bounds, camera) =>
    [bounds.uMin, bounds.uMax].every((u) =>
      [0, bounds.dMax].every((d) => {
        const [x, y] = toScreen(camera, u, d);
        return x >= 0 && x <= 800 && y >= 0 && y <= 560;
      }),
    );
  const huge = { uMin: -9000, uMax: 11000, dMax: 700 };
  assert.ok(whole(huge, wholeCamera(huge, 800, 560, false)));
  assert.deepEqual(openingCamera(huge, 800, 560, false), wholeCamera(huge, 800, 560, false));
  const large = { uMin: -50, uMax: 50, dMax: 4 };
  assert.ok(whole(large, wholeCamera(large, 800, 560, false)));
  assert.deepEqual(openingCamera(large, 800, 560, false), fitCamera(large, 800, 560, false));
  assert.ok(!whole(large, openingCamera(large, 800, 560, false)));
  // One can always zoom out a little further than to the whole.
  const { ku } = wholeCamera(huge, 800, 560, false);
  assert.ok(leastZoom(huge, 800, 560, false) < ku);
  assert.equal(leastZoom(SMALL, 800, 560, false), 0.6);
});
