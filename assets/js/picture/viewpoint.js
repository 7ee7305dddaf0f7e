// Where the picture is looked at from, and how it goes elsewhere: by the tree that grows, by hand,
// or by a question. Gliding takes a moment, in which the camera and everything in the scene move.

import {
  between,
  contain,
  frameCamera,
  leastZoom,
  openingCamera,
  overflows,
  panBy,
  reveal,
  toScreen,
  wholeCamera,
  zoomAt,
} from "./camera.js";
import { reducedMotion } from "../dom/dom.js";

const GLIDE_MS = 250;
/** A picture narrower than this, in pixels, shows a tree that grows downwards. */
export const NARROW = 600;

/** What a picture of a scene is, as far as it is looked at. It is drawn, and pointed at, in `canvas.js`. */
export class Viewpoint {
  /**
   * @param {import("./scene.js").Scene} scene
   * @param {{onCamera: () => void}} actions
   */
  constructor(scene, actions) {
    this.scene = scene;
    this.actions = actions;
    this.camera = { ku: 24, kd: 100, ou: 0, od: 0, vertical: false };
    this.follow = true;
    /** Follow with all of the tree in view, however small its marks become. */
    this.whole = false;
    this.size = { width: 0, height: 0 };
  }

  /** Where the camera should go after the tree changed. */
  aim(anchor) {
    if (!this.size.width) return;
    if (this.follow) this.move(this.following(), true);
    else if (anchor) {
      const item = this.scene.items.get(anchor.id);
      if (!item) return;
      // The tree grew around what the person looks at: keep that in its place on the screen.
      const camera = { ...this.camera };
      camera.ou += (anchor.u - item.toU) * camera.ku;
      camera.od += (anchor.d - item.toD) * camera.kd;
      this.move(camera, true);
      this.follow = false;
    }
  }

  /** The camera that follows the tree: with what is new in sight, or the chosen answer. */
  following() {
    const { width, height } = this.size;
    const camera = this.opening();
    // Where nothing grows any more, what a person looks at stays in sight.
    const { items } = this.scene;
    const target = (this.tree?.finished && items.get(this.selected)) || items.get(this.frontier);
    if (!target || !overflows(camera, this.scene.bounds, width, height)) return camera;
    return reveal(camera, { u: target.toU, d: target.toD }, width, height);
  }

  /** The camera to begin with: as much of the tree as can be read, or all of it. */
  opening() {
    const camera = this.whole ? wholeCamera : openingCamera;
    return camera(this.scene.bounds, this.size.width, this.size.height, this.vertical);
  }

  anchor() {
    if (this.follow) return null;
    const item = this.scene.items.get(this.selected) ?? this.at(this.size.width / 2, this.size.height / 2, Infinity);
    return item ? { id: item.id, u: item.u, d: item.d } : null;
  }

  get vertical() {
    return this.size.width < NARROW;
  }

  /** Go to a camera, gliding when the tree and not the hand moves it. */
  move(camera, glide = false) {
    const { width, height } = this.size;
    if (!glide) {
      this.follow = false;
      this.glide = this.scene.moving ? this.glide : null;
    }
    const target = glide ? camera : contain(camera, this.scene.bounds, width, height);
    const animate = glide && this.fitted && !reducedMotion() && camera.vertical === this.camera.vertical;
    this.fitted = true;
    this.from = animate ? this.camera : target;
    this.to = target;
    if (animate) this.startGlide();
    else this.camera = target;
    this.redraw();
    this.actions.onCamera();
  }

  /** Show the whole tree, however small. */
  fit() {
    if (!this.size.width) return;
    this.move(wholeCamera(this.scene.bounds, this.size.width, this.size.height, this.vertical), true);
  }

  /** Show the tree as it is followed, at once. */
  open() {
    if (!this.size.width) return;
    this.move(this.following(), true);
    this.camera = this.from = this.to;
  }

  /** Fit again whenever the tree grows, or leave the camera to the person. */
  setFollow(follow) {
    this.follow = follow;
    if (follow) this.aim(null);
    this.actions.onCamera();
  }

  zoom(factor) {
    this.move(this.zoomed(this.to ?? this.camera, factor, this.size.width / 2, this.size.height / 2));
  }

  zoomed(camera, factor, x, y) {
    const least = leastZoom(this.scene.bounds, this.size.width, this.size.height, this.vertical);
    return zoomAt(camera, factor, x, y, least);
  }

  /** Bring a place of the layout into the middle. */
  centre(u, d) {
    const [x, y] = toScreen(this.camera, u, d);
    this.move(panBy(this.camera, this.size.width / 2 - x, this.size.height / 2 - y));
  }

  /** Pan by a part of the picture: the way without dragging. */
  nudge(x, y) {
    this.move(panBy(this.camera, x * this.size.width * 0.3, y * this.size.height * 0.3));
  }

  get overflowing() {
    return overflows(this.to ?? this.camera, this.scene.bounds, this.size.width, this.size.height);
  }

  /** Bring a node into sight. */
  reveal(id) {
    const item = this.scene.items.get(id);
    if (!item || !this.size.width) return;
    const camera = this.to ?? this.camera;
    const next = reveal(camera, { u: item.toU, d: item.toD }, this.size.width, this.size.height);
    if (next === camera) return;
    this.move(next, true);
    this.follow = false;
    this.actions.onCamera();
  }

  /** Bring all that grows from a node into the picture. */
  zoomToBranch(id) {
    const index = this.scene.indexOf(id);
    if (index > 0) this.zoomTo(index, index + 1);
    else if (index === 0) this.fit();
  }

  /** Bring some branches beside each other into the picture, as large as they can be. */
  zoomTo(from, to) {
    const { width, height } = this.size;
    this.move(frameCamera(this.scene.boxOf(from, to), width, height, this.vertical), true);
    this.follow = false;
    this.actions.onCamera();
  }

  /** Where a node stands once nothing moves any more, in CSS pixels of the canvas; null: unseen. */
  positionOf(id) {
    const item = this.scene.items.get(id);
    if (!item) return null;
    const [x, y] = toScreen(this.to ?? this.camera, item.toU, item.toD);
    return { x, y };
  }

  /** Pixels from the middle of a node's mark to where the mark ends, with what rings it; 0: unseen. */
  reachOf(id) {
    const item = this.scene.items.get(id);
    return item ? this.painter.extents(this.to ?? this.camera)(item) : 0;
  }

  // Gliding -----------------------------------------------------------------------------

  startGlide() {
    this.glide = performance.now();
  }

  /** Bring everything to where it is at this moment. */
  advance() {
    if (!this.glide) return;
    const part = Math.min(1, (performance.now() - this.glide) / GLIDE_MS);
    this.scene.advance(part);
    if (this.from && this.to) this.camera = between(this.from, this.to, eased(part));
    if (part === 1) this.glide = null;
  }
}

/** Things set off at once, and slow down towards their place. */
const eased = (part) => 1 - (1 - part) ** 3;
