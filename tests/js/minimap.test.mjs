import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf, overviewCamera, placeAt, quietCorner } from "../../assets/js/picture/minimap.js";
import { panBy, toScreen } from "../../assets/js/picture/camera.js";

const BOUNDS = { uMin: -40, uMax: 60, dMax: 12 };
const SIZE = { width: 160, height: 110 };
const VIEW = { width: 800, height: 500 };

for (const vertical of [false, true]) {
  const overview = overviewCamera(BOUNDS, SIZE, vertical);
  test(`the overview shows the whole tree${vertical ? ", also where it grows downwards" : ""}`, () => {
    for (const u of [BOUNDS.uMin, BOUNDS.uMax])
      for (const d of [0, BOUNDS.dMax]) {
        const [x, y] = toScreen(overview, u, d);
        assert.ok(x >= 0 && x <= SIZE.width && y >= 0 && y <= SIZE.height, `${x} ${y}`);
        const [backU, backD] = placeAt(overview, x, y);
        assert.ok(Math.abs(backU - u) < 1e-9 && Math.abs(backD - d) < 1e-9);
      }
  });

  test(`its frame lies where the picture is${vertical ? ", also where it grows downwards" : ""}`, () => {
    const camera = { ku: 10, kd: 120, ou: 30, od: -200, vertical };
    const frame = frameOf(camera, overview, VIEW);
    for (const [x, y] of [[0, 0], [VIEW.width, VIEW.height]]) {
      const [inX, inY] = toScreen(overview, ...placeAt(camera, x, y));
      assert.ok(Math.abs(inX - (x ? frame.right : frame.left)) < 1e-9);
      assert.ok(Math.abs(inY - (y ? frame.bottom : frame.top)) < 1e-9);
    }
    const moved = frameOf(panBy(camera, -50, 0), overview, VIEW);
    assert.ok(moved.left > frame.left && Math.abs(moved.top - frame.top) < 1e-9);
  });
}

test("a chain has an overview too", () => {
  const { ku, kd } = overviewCamera({ uMin: 0, uMax: 0, dMax: 900 }, SIZE, false);
  assert.ok(Number.isFinite(ku) && kd * 900 <= SIZE.width);
});

test("it stands in the corner in which it hides least, and does not hop about for little", () => {
  const size = { width: 80, height: 56 };
  const view = { width: 390, height: 300 };
  const marks = (left, top, count) => Array.from({ length: count }, (_, index) => ({ left: left + index, top, width: 10, height: 10 }));
  assert.equal(quietCorner(size, view, []), "bottom right");
  const below = [...marks(310, 260, 9), ...marks(20, 260, 9)];
  assert.equal(quietCorner(size, view, below), "top right");
  assert.equal(quietCorner(size, view, below, "top left"), "top left");
  const crowded = [...below, ...marks(310, 40, 2), ...marks(20, 40, 1)];
  assert.equal(quietCorner(size, view, crowded, "top right"), "top right");
  assert.equal(quietCorner(size, view, crowded), "top left");
});
