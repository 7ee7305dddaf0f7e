// Paints a scene: edges, then marks, then words. Draws, decides nothing.

import { Lettering } from "./lettering.js";
import { markRadius, toScreen } from "./camera.js";
import { paintBars } from "./score_bars.js";
import { paintEdges, paintLinks } from "./edges.js";
import { paintJumps } from "./jumps.js";

/** Marks of a smaller radius are drawn as dots: shapes cannot be told apart. */
const LEAST_SHAPE = 4;
const GHOST = 0.16;
const REACH = 60;
const PILL = 22;
const ROOT_NAME = "Problem";
/** Pixels by which each copy in a stack lies beside the one above it. */
const STACKED = 3.5;

export class Painter {
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {import("./shapes.js").Sprites} sprites
   * @param {import("./theme.js").Theme} theme
   */
  constructor(ctx, sprites, theme) {
    this.ctx = ctx;
    this.sprites = sprites;
    this.theme = theme;
    this.lettering = new Lettering(ctx, theme);
  }

  /** @param {{width, height, ratio, selected: ?string, hovered: ?string}} view */
  paint(scene, camera, view) {
    const { ctx, theme } = this;
    this.camera = camera;
    this.view = view;
    ctx.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    ctx.clearRect(0, 0, view.width, view.height);
    this.place(scene);
    const picture = { items: scene.items, camera, view, ghost: GHOST, words: view.words.plan };
    paintEdges(ctx, theme, picture);
    paintLinks(ctx, theme, picture);
    paintJumps(ctx, theme, { ...picture, items: this.shown, radius: (item) => this.radiusOf(item) });
    this.marks();
    this.rings(scene);
    paintBars(ctx, theme, scene.items, view.words);
  }

  /** Screen positions once per frame; what is outside the picture is left out. */
  place(scene) {
    const { width, height } = this.view;
    this.shown = [];
    for (const item of scene.items.values()) {
      [item.x, item.y] = toScreen(this.camera, item.u, item.d);
      item.onScreen = item.x > -REACH && item.x < width + REACH && item.y > -REACH && item.y < height + REACH;
      if (item.onScreen) this.shown.push(item);
    }
  }

  /** Pruned marks lie lowest, the winning path on top. */
  marks() {
    const order = (item) => (item.winning ? 2 : item.state === "pruned" ? 0 : 1);
    for (const wanted of [0, 1, 2]) {
      for (const item of this.shown) if (order(item) === wanted) this.mark(item);
    }
    this.ctx.globalAlpha = 1;
  }

  mark(item) {
    const { ctx, theme, camera, view } = this;
    ctx.globalAlpha = item.ghost ? GHOST : 1;
    if (item.state === "root") {
      this.rootPill(item);
      return;
    }
    const spec = theme.palette.states[item.state];
    const colours = theme.colours(spec);
    const radius = this.radiusOf(item);
    if (radius < LEAST_SHAPE && !item.winning) {
      ctx.fillStyle = colours.fill ?? colours.line;
      ctx.fillRect(item.x - radius, item.y - radius, 2 * radius, 2 * radius);
      return;
    }
    if (item.winning && item.state !== "chosen")
      this.ring(item, radius + 3.5, 3, theme.edge(theme.palette.states.chosen).colour, theme.base.casing);
    if (item.copies > 1) this.stack(item, spec, colours, radius);
    this.sprites.draw(ctx, spec, colours, item.x, item.y, radius, view.ratio);
    if (item.forced) this.gate(item, radius);
    if (item.right !== null && !item.ghost) this.grade(item, radius);
  }

  /** Radius of a mark; one with many visits is larger, as far as its row has room. */
  radiusOf(item) {
    if (item.state === "root") return PILL / 2;
    const { size } = this.theme.palette.states[item.state];
    const usual = markRadius(this.camera, size);
    if (item.scale === 1) return usual;
    return Math.min(markRadius(this.camera, size * item.scale), Math.max(usual, this.camera.ku * 0.6));
  }

  /** Half of the room along the tree that a mark and its rings take under this camera. */
  extentOf(item, camera) {
    this.camera = camera;
    const radius = this.radiusOf(item);
    if (item.state === "root") return camera.vertical ? radius : this.halfPill();
    const stacked = item.copies > 1 ? 2 * STACKED : 0;
    const graded = item.right === null ? 0 : 5;
    return radius + Math.max(stacked, graded, item.winning ? 3 : 0);
  }

  /** Copies of a path lie behind its mark like the cards of a stack: two or more than two. */
  stack(item, spec, colours, radius) {
    const { ctx, view } = this;
    const outlined = { ...spec, line_width: Math.max(1, spec.line_width) };
    for (let back = item.state === "chosen" ? 1 : Math.min(2, item.copies - 1); back > 0; back -= 1)
      this.sprites.draw(ctx, outlined, colours, item.x + back * STACKED, item.y - back * STACKED, radius, view.ratio);
  }

  /** Forced words: a bar across the way into the mark. */
  gate(item, radius) {
    const { ctx, theme, camera } = this;
    const half = Math.max(7, radius + 1);
    const away = radius + 5;
    ctx.fillStyle = theme.base.ink;
    if (camera.vertical) ctx.fillRect(item.x - half, item.y - away - 2, 2 * half, 4);
    else ctx.fillRect(item.x - away - 2, item.y - half, 4, 2 * half);
  }

  /** The problem is no step: it has a shape and a name of its own. */
  rootPill(item) {
    const { ctx, theme } = this;
    this.pill(item, PILL / 2);
    ctx.fillStyle = theme.base.ink;
    ctx.fill();
    ctx.fillStyle = theme.base.background;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(ROOT_NAME, item.x, item.y + 0.5);
  }

  halfPill(radius = PILL / 2) {
    this.lettering.write(11, 600);
    return this.ctx.measureText(ROOT_NAME).width / 2 + radius - 3;
  }

  pill({ x, y }, radius) {
    const { ctx } = this;
    const half = this.halfPill(radius);
    ctx.beginPath();
    ctx.roundRect(x - half, y - radius, 2 * half, 2 * radius, radius);
  }

  /** Right or wrong: a ring of its own shape, with its sign. */
  grade(item, radius) {
    const { ctx, theme, camera, view } = this;
    const spec = theme.palette.grades[item.right ? "right" : "wrong"];
    const outer = Math.max(radius + 2.5, Math.min(radius + 5, camera.ku * 0.66));
    this.sprites.draw(ctx, spec, { fill: null, line: theme.colours(spec).line }, item.x, item.y, outer, view.ratio);
  }

  /** A ring with a casing that sets it off from what lies below. */
  ring(item, radius, width, colour, casing) {
    const { ctx } = this;
    for (const [w, c] of [
      [width + 2, casing],
      [width, colour],
    ]) {
      ctx.lineWidth = w;
      ctx.strokeStyle = c;
      ctx.beginPath();
      ctx.arc(item.x, item.y, radius, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }

  /** What is pointed at, and what is selected. */
  rings(scene) {
    const { hovered, selected } = this.view;
    for (const [id, width] of [
      [hovered, 2],
      [selected, 3],
    ]) {
      const item = id ? scene.items.get(id) : null;
      if (!item?.onScreen) continue;
      if (item.state === "root") this.pillRing(item, width);
      else {
        const radius = this.radiusOf(item) + (item.right === null ? 6 : 9);
        this.ring(item, radius, width, this.theme.base.focus, this.theme.base.background);
      }
    }
  }

  pillRing(item, width) {
    const { ctx, theme } = this;
    this.pill(item, PILL / 2 + 4);
    ctx.lineWidth = width;
    ctx.strokeStyle = theme.base.focus;
    ctx.stroke();
  }
}
