// The picture of the tree: a canvas that can be looked at, pointed at, walked and zoomed.
//
// It redraws on the browser's own clock and never more often; while it is out of sight it only
// remembers that it is out of date. What is selected and what is shown is decided elsewhere.

import {
  between,
  contain,
  frameCamera,
  leastZoom,
  markRadius,
  openingCamera,
  overflows,
  panBy,
  reveal,
  room,
  toScreen,
  wholeCamera,
  zoomAt,
} from "./camera.js";
import { h, reducedMotion, setAttribute, setText, uniqueId } from "../dom/dom.js";
import { nameOf, summary } from "../words/words.js";
import { Minimap } from "./minimap.js";
import { Painter } from "./painter.js";
import { Pointer } from "./pointer.js";
import { Scene } from "./scene.js";
import { Sprites } from "./shapes.js";
import { Tooltip } from "./tooltip.js";
import { WordLayer } from "./word_layer.js";

const GLIDE_MS = 250;
const NARROW = 600;
const REACH = 14;

export class TreeCanvas {
  /**
   * @param {import("./theme.js").Theme} theme
   * @param {{select: (id: ?string) => void, toggleDuplicates: (id: string) => void, onCamera: () => void}} actions
   */
  constructor(theme, actions) {
    this.actions = actions;
    this.scene = new Scene();
    this.sprites = new Sprites();
    const id = uniqueId("selected");
    this.description = h("span", { class: "esp-sr", id });
    this.element = h("canvas", { class: "esp-canvas", id: "search-tree", role: "img", tabindex: "0", "aria-describedby": id });
    this.tooltip = new Tooltip();
    this.minimap = new Minimap(theme, {
      centre: (u, d) => this.centre(u, d),
      nudge: (x, y) => this.nudge(x, y),
      fit: () => this.fit(),
    });
    this.words = new WordLayer(theme, {
      select: (id) => this.actions.select(id),
      toggleDuplicates: (id) => this.actions.toggleDuplicates(id),
      hover: (id) => this.hover(id ? this.scene.items.get(id) : null),
      wheel: (event) => this.pointer.wheel(event),
      onChange: () => this.rearrange(),
    });
    const { element, description, tooltip, words } = this;
    this.frame = h("div", { class: "esp-stage" }, element, words.element, description, tooltip.element);
    this.painter = new Painter(this.element.getContext("2d"), this.sprites, theme);
    this.camera = { ku: 24, kd: 100, ou: 0, od: 0, vertical: false };
    this.follow = true;
    /** Follow with all of the tree in view, however small its marks become. */
    this.whole = false;
    this.selected = null;
    this.hovered = null;
    this.size = { width: 0, height: 0 };
    this.visibleOnPage = true;
    this.pointer = new Pointer(this.element, {
      pan: (dx, dy) => this.move(panBy(this.camera, dx, dy)),
      zoom: (factor, x, y) => this.move(this.zoomed(this.camera, factor, x, y)),
      hover: (x, y) => this.hover(this.at(x, y)),
      leave: () => this.hover(null),
      pick: (x, y) => this.pick(x, y),
    });
    this.element.addEventListener("dblclick", ({ offsetX, offsetY }) => {
      const item = this.at(offsetX, offsetY);
      if (item) this.actions.toggleBranch(item.id);
    });
    for (const event of ["focus", "blur"]) this.element.addEventListener(event, () => this.describeSelection());
    this.observe();
  }

  observe() {
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(this.frame);
    this.sights = new IntersectionObserver(([entry]) => {
      this.visibleOnPage = entry.isIntersecting;
      if (entry.isIntersecting) this.redraw();
    });
    this.sights.observe(this.frame);
  }

  dispose() {
    this.resizes.disconnect();
    this.sights.disconnect();
    cancelAnimationFrame(this.pending);
    this.words.dispose();
  }

  /** A new run: nothing glides over from the old one. */
  reset() {
    this.scene.clear();
    this.follow = true;
    this.hover(null);
  }

  /** Show a tree. `focus` is what the picture should keep in sight while it follows. */
  update({ tree, visible, hiddenStates, selected, frontier, filter, found }) {
    const sought = { fits: filter.test(), found };
    Object.assign(this, { tree, visible, hiddenStates, selected, frontier, sought });
    const anchor = this.anchor();
    const moved = this.layOut(!reducedMotion());
    if (this.hovered && !this.scene.items.has(this.hovered)) this.hovered = null;
    this.aim(anchor);
    if (moved) this.startGlide();
    setAttribute(this.element, "aria-label", `${summary(tree)} The outline shows the same tree as text.`);
    this.describeSelection();
    this.redraw();
  }

  /** Give every node its place, with as much room as the picture has. */
  layOut(animate) {
    const { tree, visible, hiddenStates, selected, sought, size, scene, vertical } = this;
    scene.room = { across: size.width ? Math.round(room(size.width, size.height, vertical).across) : 0, vertical };
    return scene.update(tree, visible, hiddenStates, animate, selected, sought);
  }

  /** There are more tokens in what is being written: new words at the same places. */
  recount(visible) {
    this.scene.recount(visible);
    this.rearrange();
  }

  /** Where the camera should go after the tree changed. */
  aim(anchor) {
    const { width, height } = this.size;
    if (!width) return;
    if (this.follow) {
      let camera = this.opening();
      const target = this.scene.items.get(this.frontier);
      if (target && overflows(camera, this.scene.bounds, width, height))
        camera = reveal(camera, { u: target.toU, d: target.toD }, width, height);
      this.move(camera, true);
    } else if (anchor) {
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

  /** The camera that follows the tree: as much of it as can be read, or all of it. */
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

  resize() {
    const box = this.frame.getBoundingClientRect();
    // Where the picture is shown enlarged, as for a lecture hall, it has more pixels and no more room.
    const enlarged = box.width / this.frame.offsetWidth || 1;
    const [width, height] = [box.width / enlarged, box.height / enlarged];
    if (!width || !height) return;
    const ratio = Math.min(3, enlarged * (window.devicePixelRatio || 1));
    if (ratio !== this.ratio) this.sprites.clear();
    const turned = this.size.width < NARROW !== width < NARROW;
    this.size = { width, height };
    this.ratio = ratio;
    this.element.width = Math.round(width * ratio);
    this.element.height = Math.round(height * ratio);
    this.painter.lettering.font = getComputedStyle(this.element).fontFamily;
    this.words.sizes.clear();
    if (this.tree) this.layOut(false);
    if (this.tree && (this.follow || turned || !this.fitted)) this.open();
    this.paint();
  }

  /** The theme changed. */
  restyle() {
    this.sprites.clear();
    this.minimap.clear();
    this.redraw();
  }

  // Camera ------------------------------------------------------------------------------

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

  /** Show the whole tree, or as much of it as can be read, at once. */
  open() {
    if (!this.size.width) return;
    this.move(this.opening(), true);
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

  // Pointing ----------------------------------------------------------------------------

  at(x, y, reach = REACH) {
    const named = Number.isFinite(reach) ? this.words.plan.at(x, y) : null;
    return (named && this.scene.items.get(named)) ?? this.scene.hit(this.camera, this.size, x, y, reach);
  }

  /** A click: on a mark, on the silhouette of a branch, or on nothing. */
  pick(x, y) {
    const item = this.at(x, y);
    const branch = item ? null : this.scene.branchAt(this.camera, this.size, x, y);
    if (branch) this.zoomTo(branch.from, branch.to);
    else this.actions.select(item?.id ?? null);
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

  hover(item) {
    const id = item?.id ?? null;
    if (id === this.hovered) return;
    this.hovered = id;
    this.element.style.cursor = id ? "pointer" : "grab";
    this.redraw();
  }

  describeSelection() {
    const known = this.selected && this.tree && this.scene.items.has(this.selected);
    setText(
      this.description,
      known
        ? `Selected: ${nameOf(this.tree, this.visible, this.selected)}`
        : "Nothing is selected. Arrow keys walk the tree.",
    );
    this.redraw();
  }

  placeTooltip() {
    const focused = document.activeElement === this.element && this.element.matches(":focus-visible");
    // Whoever walks by keyboard reads what stands at the step, and beside the tree; its neighbours stay in sight.
    const told = this.words.boxes.has(this.selected);
    const id = this.hovered ?? (focused && !told ? this.selected : null);
    const item = id && !this.pointer.dragging ? this.scene.items.get(id) : null;
    if (!item) {
      this.tooltip.hide();
      return;
    }
    const [x, y] = toScreen(this.camera, item.u, item.d);
    this.tooltip.show(this.tree, this.visible, id, x, y, markRadius(this.camera, 24) + 6, this.size);
  }

  // Clock -------------------------------------------------------------------------------

  startGlide() {
    this.glide = performance.now();
  }

  redraw() {
    if (this.pending || !this.visibleOnPage) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
      if (this.glide) this.redraw();
    });
  }

  /** The words have to be placed anew. */
  rearrange() {
    this.arranged = null;
    this.redraw();
  }

  /** Words are placed for where the picture will stand, once for each of its states. */
  arrange() {
    const { tree, visible, selected, size, scene } = this;
    const camera = this.to ?? this.camera;
    const state = [camera, tree, visible, selected, size, scene.described];
    if (this.arranged?.every((part, index) => part === state[index])) return;
    this.arranged = state;
    this.words.arrange({ tree, visible, selected }, scene, camera, size, this.painter.extents(camera));
  }

  paint() {
    if (!this.tree || !this.size.width) return;
    this.arrange();
    if (this.glide) {
      const part = Math.min(1, (performance.now() - this.glide) / GLIDE_MS);
      this.scene.advance(part);
      if (this.from && this.to) this.camera = between(this.from, this.to, 1 - (1 - part) ** 3);
      if (part === 1) this.glide = null;
    }
    const { width, height } = this.size;
    this.painter.paint(this.scene, this.camera, {
      width,
      height,
      ratio: this.ratio,
      selected: this.selected,
      hovered: this.hovered,
      words: this.words,
    });
    const stage = this.overflowing ? this.frame : null;
    this.minimap.update(this.scene, this.camera, { width, height, ratio: this.ratio }, stage, this.words.plan.boxes);
    this.words.follow(this.scene, this.camera);
    this.placeTooltip();
  }
}
