// The picture of the tree: a canvas that can be looked at, pointed at, walked and zoomed.
//
// It redraws on the browser's own clock and never more often; while it is out of sight it only
// remembers that it is out of date. What is selected and what is shown is decided elsewhere.

import { markRadius, panBy, room, toScreen } from "./camera.js";
import { h, reducedMotion, setAttribute, setText, uniqueId } from "../dom/dom.js";
import { nameOf, summaryInParts } from "../words/words.js";
import { Minimap } from "./minimap.js";
import { Painter } from "./painter.js";
import { Pointer } from "./pointer.js";
import { Scene } from "./scene.js";
import { Sprites } from "./shapes.js";
import { NARROW, Viewpoint } from "./viewpoint.js";
import { Tooltip } from "./tooltip.js";
import { WordLayer } from "./word_layer.js";

const REACH = 14;
/** Of more nodes than this the picture's name is not counted while the tree changes. */
const MOST_NAMED = 3000;
const RESTING_MS = 300;

export class TreeCanvas extends Viewpoint {
  /**
   * @param {import("./theme.js").Theme} theme
   * @param {{select: (id: ?string) => void, toggleDuplicates: (id: string) => void, onCamera: () => void, onWords?: () => void}} actions - `onWords`: words stand elsewhere.
   */
  constructor(theme, actions) {
    super(new Scene(), actions);
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
    /** Shared with the other pictures of a page that shows several. @type {?import("./turns.js").Turns} */
    this.turns = null;
    /** Its words are placed in one of the next frames. */
    this.waiting = false;
    this.selected = null;
    this.hovered = null;
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
    // Whoever goes on by keyboard does not point any more.
    this.element.addEventListener("keydown", () => this.hover(null));
    for (const event of ["focus", "blur"]) this.element.addEventListener(event, () => this.describeSelection());
    this.observe();
  }

  observe() {
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(this.frame);
    this.sights = new IntersectionObserver((entries) => {
      // On a busy page several come at once, the oldest first.
      this.visibleOnPage = entries.at(-1).isIntersecting;
      if (this.visibleOnPage) this.redraw();
      else this.turns?.leave(this);
    });
    this.sights.observe(this.frame);
    // Type that arrives late is of another size, and other letters, than what stood in for it.
    this.onType = () => {
      this.painter.lettering.font = this.painter.lettering.family;
      this.restyle();
    };
    document.fonts.addEventListener("loadingdone", this.onType);
  }

  dispose() {
    this.resizes.disconnect();
    this.sights.disconnect();
    document.fonts.removeEventListener("loadingdone", this.onType);
    cancelAnimationFrame(this.pending);
    clearTimeout(this.naming);
    this.turns?.leave(this);
    this.words.dispose();
  }

  /** A new run: nothing glides over from the old one. */
  reset() {
    this.scene.clear();
    this.follow = true;
    this.hover(null);
  }

  /** Show a tree. `asked`: steps that are asked about, whose words go first. */
  update({ tree, visible, hiddenStates, selected, frontier, filter, found, asked }) {
    const sought = { fits: filter.test(tree), found };
    Object.assign(this, { tree, visible, hiddenStates, selected, frontier, sought, asked });
    const anchor = this.anchor();
    const moved = this.layOut(!reducedMotion());
    if (this.hovered && !this.scene.items.has(this.hovered)) this.hovered = null;
    this.aim(anchor);
    if (moved) this.startGlide();
    this.nameSoon();
    this.describeSelection();
    this.redraw();
  }

  /** The picture's name counts every node: of a large tree it follows once that rests, a part at a time. */
  nameSoon() {
    clearTimeout(this.naming);
    const { tree } = this;
    const parts = this.resting(tree);
    const goOn = () => {
      if (!parts.next().done) this.naming = setTimeout(goOn);
    };
    if (tree.nodes.size > MOST_NAMED) this.naming = setTimeout(goOn, RESTING_MS);
    else for (const _ of parts);
  }

  *resting(tree) {
    const words = yield* summaryInParts(tree);
    setAttribute(this.element, "aria-label", `${words} The outline shows the same tree as text.`);
    if (tree.nodes.size <= MOST_NAMED) return;
    yield;
    // Whoever zooms in first does not wait for it.
    this.minimap.prepare(this.scene, this.to ?? this.camera, { ...this.size, ratio: this.ratio });
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
    this.words.said = null;
    this.rearrange();
  }

  resize() {
    const box = this.frame.getBoundingClientRect();
    // Where the picture is shown enlarged, as for a lecture hall, it has more pixels and no more room.
    const enlarged = box.width / this.frame.offsetWidth || 1;
    const [width, height] = [box.width / enlarged, box.height / enlarged];
    if (!width || !height) return;
    const ratio = Math.min(3, enlarged * (window.devicePixelRatio || 1));
    const font = getComputedStyle(this.element).fontFamily;
    // Words are as large in any picture: only other letters, or other pixels, make others of them.
    if (ratio !== this.ratio || font !== this.painter.lettering.family) this.words.sizes.clear();
    if (ratio !== this.ratio) this.sprites.clear();
    const turned = this.size.width < NARROW !== width < NARROW;
    this.size = { width, height };
    this.ratio = ratio;
    this.element.width = Math.round(width * ratio);
    this.element.height = Math.round(height * ratio);
    this.painter.lettering.font = font;
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
    const item = id && !this.pointer.dragging && !this.words.tellsAll(id) ? this.scene.items.get(id) : null;
    if (!item) {
      this.tooltip.hide();
      return;
    }
    const [x, y] = toScreen(this.camera, item.u, item.d);
    this.tooltip.show(this.tree, this.visible, id, x, y, markRadius(this.camera, 24) + 6, this.size);
  }

  // Clock -------------------------------------------------------------------------------

  redraw() {
    if (this.pending || !this.visibleOnPage) return;
    this.pending = requestAnimationFrame((now) => {
      this.pending = 0;
      this.paint(now);
      if (this.glide || this.waiting || this.words.unmade || this.minimap.owed) this.redraw();
    });
  }

  /** Whether something moves, or more is to be drawn than stands there: words are measured over several frames. */
  get busy() {
    return Boolean(this.glide || this.pending || this.words.sizes.awaited);
  }

  /** The words have to be placed anew. */
  rearrange() {
    this.arranged = null;
    this.redraw();
  }

  /**
   * Words are placed for where the picture will stand, once for each of its states; in a frame that
   * several pictures share, where it is this one's turn. Until then the words of before go with their marks.
   */
  arrange(frame) {
    const { tree, visible, selected, asked, size, scene, turns } = this;
    const camera = this.to ?? this.camera;
    const state = [camera, tree, visible, selected, asked, size, scene.described];
    const stands = this.arranged?.every((part, index) => part === state[index]);
    this.waiting = !stands && turns !== null && frame !== null && !turns.take(this, frame);
    if (this.waiting) return;
    turns?.leave(this);
    if (stands) {
      this.words.goOn();
      return;
    }
    this.arranged = state;
    // Where not all is known yet it asks to be placed anew.
    this.waiting = !this.words.arrange({ tree, visible, selected, asked }, scene, camera, size, this.painter.extents(camera));
    if (!this.waiting) this.actions.onWords?.();
  }

  /** @param {?number} frame - the time of the frame; null: it is drawn at once, whatever it takes. */
  paint(frame = null) {
    if (!this.tree || !this.size.width) return;
    this.arrange(frame);
    this.advance();
    const { width, height } = this.size;
    const moves = this.glide || this.waiting;
    this.words.follow(this.scene, this.camera, this.size, moves ? (item) => this.painter.radiusOf(item, this.camera) : null);
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
    this.placeTooltip();
  }
}
