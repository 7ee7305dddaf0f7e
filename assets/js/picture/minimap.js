// The overview: the whole tree, small, with a frame around what the picture shows of it. A click or
// a drag goes there; so do the arrow keys. It is there only while some of the tree is out of view,
// in the corner in which it hides least.

import { h, setAttribute } from "../dom/dom.js";
import { paintEdges } from "./edges.js";
import { NO_WORDS } from "./word_plan.js";
import { paintSilhouettes } from "./silhouettes.js";

const WIDE = { width: 168, height: 112 };
const NARROW = { width: 80, height: 56 };
/** Of a picture lower than this it takes less, in pixels: a sheet from below, or a panel, leaves little of it. */
const LOW = 340;
/** In a picture lower than this it would cover what is left to see. */
const LEAST = 240;
const PAD = 6;
const GHOST = 0.3;
/** Pixels from the picture's edges, and from its upper one: the levels' names stand there. */
const AWAY = { side: 8, top: 28 };
/** So many more marks and words it would have to uncover to go to another corner. */
const WORTH_MOVING = 3;
const CORNERS = ["bottom right", "bottom left", "top right", "top left"];
/** A tree of more nodes is drawn in a frame of its own. */
const MOST_AT_ONCE = 3000;
/** Pixels per sibling of a tree that is only long. */
const MOST_KU = 12;
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @typedef {{left: number, top: number, width: number, height: number}} Box - in pixels of the picture. */

export class Minimap {
  /**
   * @param {import("./theme.js").Theme} theme
   * @param {{centre: (u: number, d: number) => void, nudge: (x: number, y: number) => void, fit: () => void}} moves
   */
  constructor(theme, moves) {
    this.theme = theme;
    this.moves = moves;
    this.element = h("canvas", {
      class: "esp-minimap",
      role: "img",
      tabindex: "0",
      title: "Overview: click or drag to go there",
      on: {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.held && this.go(event),
        lostpointercapture: () => (this.held = false),
        keydown: (event) => this.key(event),
      },
    });
    this.ctx = this.element.getContext("2d");
    this.drawn = document.createElement("canvas");
    [this.corner] = CORNERS;
    this.held = false;
    /** The tree is another one, and is drawn in the next frame: this one has enough to do with the picture itself. */
    this.owed = false;
  }

  /** The colours or the resolution have changed. */
  clear() {
    this.drawnKey = null;
  }

  /**
   * @param {import("./scene.js").Scene} scene
   * @param {import("./camera.js").Camera} camera - of the picture.
   * @param {{width: number, height: number, ratio: number}} view
   * @param {?HTMLElement} stage - what it stands in; null: it is not needed now.
   * @param {Box[]} boxes - what is drawn in the picture.
   */
  update(scene, camera, view, stage, boxes) {
    if (!stage || !scene.places || view.height < LEAST) {
      this.element.remove();
      this.owed = false;
      return;
    }
    if (!this.element.isConnected) stage.append(this.element);
    this.aim(scene, camera, view);
    // Not away from below the finger.
    if (boxes !== this.boxes && !this.held) this.corner = quietCorner(this.size, view, boxes, this.corner);
    this.boxes = boxes;
    setAttribute(this.element, "data-corner", this.corner);
    const key = this.keyOf(view.ratio);
    this.owed = key !== this.drawnKey && !this.owed && scene.places.size > MOST_AT_ONCE;
    if (!this.owed) this.drawTree(view.ratio);
    this.fit(view.ratio);
    this.drawFrame(camera, view);
  }

  /** Draw the tree of this picture before it is needed. */
  prepare(scene, camera, view) {
    if (!scene.places || !view.width || view.height < LEAST) return;
    this.aim(scene, camera, view);
    this.drawTree(view.ratio);
  }

  aim(scene, camera, view) {
    this.scene = scene;
    this.size = camera.vertical || view.height < LOW ? NARROW : WIDE;
    this.camera = overviewCamera(scene.bounds, this.size, camera.vertical);
  }

  keyOf(ratio) {
    const { scene, size } = this;
    return `${scene.shape}|${scene.tree.seq}|${ratio}|${this.theme.name}|${size.width}|${scene.sought.found.length}`;
  }

  /** It is as large on the page, and in pixels, as what is drawn for it. */
  fit(ratio) {
    const { element, size } = this;
    const [width, height] = [size.width * ratio, size.height * ratio];
    if (element.width !== Math.floor(width)) element.width = width;
    if (element.height !== Math.floor(height)) element.height = height;
    element.style.width = `${size.width}px`;
    element.style.height = `${size.height}px`;
  }

  /** The tree is drawn anew only where it is another one. */
  drawTree(ratio) {
    const { scene, size } = this;
    const key = this.keyOf(ratio);
    if (key === this.drawnKey) return;
    this.drawnKey = key;
    this.drawn.width = size.width * ratio;
    this.drawn.height = size.height * ratio;
    const ctx = this.drawn.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const still = scene.still();
    const sight = still.look(this.camera, size);
    paintSilhouettes(ctx, this.theme, still, this.camera, sight.branches);
    paintEdges(ctx, this.theme, { scene: still, sight, camera: this.camera, ghost: GHOST, plan: NO_WORDS });
  }

  drawFrame(camera, { width, height, ratio }) {
    const { ctx, size, theme } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, this.element.width, this.element.height);
    ctx.drawImage(this.drawn, 0, 0);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const box = frameOf(camera, this.camera, { width, height });
    const [left, top] = [Math.max(1, box.left), Math.max(1, box.top)];
    const [right, bottom] = [Math.min(size.width - 1, box.right), Math.min(size.height - 1, box.bottom)];
    ctx.strokeStyle = theme.base.focus;
    ctx.lineWidth = 2;
    ctx.strokeRect(left, top, Math.max(3, right - left), Math.max(3, bottom - top));
    const share = Math.round((100 * Math.max(0, (right - left) * (bottom - top))) / (size.width * size.height));
    setAttribute(
      this.element,
      "aria-label",
      `Overview of the whole tree; the picture shows about ${Math.max(1, share)} % of it. Arrow keys move the picture.`,
    );
  }

  press(event) {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.held = true;
    this.go(event);
  }

  go({ clientX, clientY }) {
    const box = this.element.getBoundingClientRect();
    this.moves.centre(...placeAt(this.camera, clientX - box.left, clientY - box.top));
  }

  key(event) {
    const by = KEYS[event.key];
    if (!by && event.key !== "Home") return;
    event.preventDefault();
    event.stopPropagation();
    if (by) this.moves.nudge(...by);
    else this.moves.fit();
  }
}

/**
 * The corner in which the overview hides least; where it is, unless another one is much better.
 *
 * @param {{width: number, height: number}} size - of the overview @param view - of the picture.
 * @param {Box[]} boxes
 */
export function quietCorner({ width, height }, view, boxes, before = CORNERS[0]) {
  const counts = CORNERS.map((corner) => {
    const left = corner.endsWith("left") ? AWAY.side : view.width - AWAY.side - width;
    const top = corner.startsWith("top") ? AWAY.top : view.height - AWAY.side - height;
    return { corner, left, top, right: left + width, bottom: top + height, count: 0 };
  });
  for (const box of boxes)
    for (const place of counts)
      if (box.left < place.right && box.left + box.width > place.left && box.top < place.bottom && box.top + box.height > place.top) place.count += 1;
  const best = counts.reduce((one, other) => (other.count < one.count ? other : one));
  const hidden = counts.find(({ corner }) => corner === before).count;
  return hidden - best.count < (best.count ? WORTH_MOVING : 1) ? before : best.corner;
}

/** The camera that shows the whole tree in the overview, close to its edges. */
export function overviewCamera(bounds, { width, height }, vertical) {
  // The picture's margins are for words, which are not in here.
  const room = { width: width - 2 * PAD, height: height - 2 * PAD };
  const [along, across] = vertical ? [room.height, room.width] : [room.width, room.height];
  const span = Math.max(1e-9, bounds.uMax - bounds.uMin);
  const ku = Math.min(across / span, MOST_KU);
  const kd = along / Math.max(1, bounds.dMax);
  return { ku, kd, ou: PAD + across / 2 - ((bounds.uMin + bounds.uMax) / 2) * ku, od: PAD, vertical };
}

/** Where the picture's edges lie in the overview, in pixels of the overview. */
export function frameOf(camera, overview, { width, height }) {
  const [along, across] = camera.vertical ? [height, width] : [width, height];
  const alongs = [0, along].map((pixel) => overview.od + ((pixel - camera.od) / camera.kd) * overview.kd);
  const acrosses = [0, across].map((pixel) => overview.ou + ((pixel - camera.ou) / camera.ku) * overview.ku);
  const [[left, right], [top, bottom]] = camera.vertical ? [acrosses, alongs] : [alongs, acrosses];
  return { left, right, top, bottom };
}

/** The place `[u, d]` under a pixel of the overview. */
export function placeAt({ ku, kd, ou, od, vertical }, x, y) {
  const [along, across] = vertical ? [y, x] : [x, y];
  return [(across - ou) / ku, (along - od) / kd];
}
