// Paints a scene: edges, then marks, then words. Draws, decides nothing.

import { Lettering } from "./lettering.js";
import { NO_WORDS } from "./word_plan.js";
import { paintBars } from "./score_bars.js";
import { letterSilhouettes, paintSilhouettes } from "./silhouettes.js";
import { markRadius } from "./camera.js";
import { paintEdges, paintLinks } from "./edges.js";
import { paintJumps } from "./jumps.js";
import { STATES } from "./branches.js";

/** Marks of a smaller radius, in pixels, are drawn as dots: shapes cannot be told apart. */
const LEAST_SHAPE = 4;
/** The size of the largest mark, for the question whether any has a shape. */
const LARGEST = 20;
/** Of marks without a shape, these still carry words, and at most so many of them. */
const WORDED = new Set(["completed", "chosen", "collapsed"]);
const MOST_WORDS = 300;
const CORNERS = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
];
const GHOST = 0.16;
const PILL = 22;
/** Its size in pixels, and its weight. */
const ROOT_TYPE = [11, 600];
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

  /**
   * @param {{width, height, ratio, selected: ?string, hovered: ?string,
   *   words?: import("./word_layer.js").WordLayer}} view
   */
  paint(scene, camera, view) {
    const { ctx, theme, lettering } = this;
    this.scene = scene;
    this.camera = camera;
    this.view = view;
    ctx.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    ctx.clearRect(0, 0, view.width, view.height);
    this.shown = [];
    if (!scene.places) return;
    const sight = scene.look(camera, view);
    this.place(sight);
    const plan = view.words?.plan ?? NO_WORDS;
    const picture = { scene, sight, camera, view, ghost: GHOST, plan };
    paintSilhouettes(ctx, theme, scene, camera, sight.branches);
    paintEdges(ctx, theme, picture);
    paintLinks(ctx, theme, picture);
    const numbers = paintJumps(ctx, theme, { ...picture, radius: (item) => this.radiusOf(item) });
    this.dots();
    this.marks();
    this.finds();
    this.rings(scene);
    if (view.words) paintBars(ctx, theme, scene, camera, view.words);
    lettering.clear();
    lettering.numbers(numbers);
    letterSilhouettes(lettering, scene, camera, sight.branches);
  }

  /**
   * What is drawn as marks, with its place on the screen: all that is in view, or, where marks are
   * too small to be told apart, the few that are still to be read. The others are dots.
   */
  place({ marks }) {
    const { scene, camera } = this;
    const { codes } = scene.branches;
    this.dotted = null;
    let chosen = marks;
    if (markRadius(camera, LARGEST) < LEAST_SHAPE) {
      let room = MOST_WORDS;
      const isRead = (index) => index === 0 || (WORDED.has(STATES[codes[index]]) && (room -= 1) > 0);
      chosen = [];
      this.dotted = [];
      // Of the chosen path its broad line is seen; marks would make a string of beads of it.
      for (const index of marks)
        if (isRead(index)) chosen.push(index);
        else if (!scene.winning.has(index)) this.dotted.push(index);
    }
    this.shown = chosen.map((index) => scene.item(index).place(camera));
  }

  /** Many marks that are too small for a shape, by state. */
  dots() {
    if (!this.dotted) return;
    const { ctx, theme, camera, scene } = this;
    const { codes } = scene.branches;
    const groups = new Map();
    for (const index of this.dotted) {
      const key = codes[index] + (scene.isFaint(index) ? STATES.length : 0);
      if (groups.has(key)) groups.get(key).push(index);
      else groups.set(key, [index]);
    }
    for (const [key, group] of groups) {
      const spec = theme.palette.states[STATES[key % STATES.length]];
      const { fill, line } = theme.colours(spec);
      const radius = markRadius(camera, spec.size);
      ctx.globalAlpha = key < STATES.length ? 1 : GHOST;
      ctx.fillStyle = fill ?? line;
      for (const index of group) {
        const [across, along] = [camera.ou + scene.u[index] * camera.ku, camera.od + scene.d[index] * camera.kd];
        if (camera.vertical) ctx.fillRect(across - radius, along - radius, 2 * radius, 2 * radius);
        else ctx.fillRect(along - radius, across - radius, 2 * radius, 2 * radius);
      }
    }
    ctx.globalAlpha = 1;
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
    if (item.hollow) {
      this.hollow(item, radius, colours.line);
      return;
    }
    if (radius < LEAST_SHAPE && !item.winning) {
      ctx.fillStyle = colours.fill ?? colours.line;
      ctx.fillRect(item.x - radius, item.y - radius, 2 * radius, 2 * radius);
      return;
    }
    if (item.winning && item.state !== "chosen")
      this.ring(item, radius + 3.5, 3, theme.edge(theme.palette.states.chosen).colour, theme.base.casing);
    if (item.stacked > 1) this.stack(item, spec, colours, radius);
    this.sprites.draw(ctx, spec, colours, item.x, item.y, radius, view.ratio);
    if (item.forced) this.gate(item, radius);
    if (item.right !== null && !item.ghost) this.grade(item, radius);
  }

  /** A place that is kept for a step: asked for, and not begun. */
  hollow({ x, y }, radius, colour) {
    const { ctx } = this;
    ctx.setLineDash([2, 2]);
    ctx.lineWidth = 1.25;
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.arc(x, y, radius * 0.8, 0, 2 * Math.PI);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /** Radius of a mark; one with many visits is larger, as far as its row has room. */
  radiusOf(item, camera = this.camera) {
    if (item.state === "root") return PILL / 2;
    const { size } = this.theme.palette.states[item.state];
    const usual = markRadius(camera, size);
    if (item.scale === 1) return usual;
    return Math.min(markRadius(camera, size * item.scale), Math.max(usual, camera.ku * 0.6));
  }

  /** Says of an item how far along the tree its mark reaches, with its rings, under a camera. */
  extents(camera) {
    return (item) => {
      const radius = this.radiusOf(item, camera);
      if (item.state === "root") return camera.vertical ? radius : this.halfPill();
      const stacked = behind(item) * STACKED;
      const graded = item.right === null ? 0 : 5;
      return radius + Math.max(stacked, graded, item.winning ? 5 : 0);
    };
  }

  /** Copies of a path, and duplicates of a step, lie behind its mark like the cards of a stack. */
  stack(item, spec, colours, radius) {
    const { ctx, view } = this;
    const outlined = { ...spec, line_width: Math.max(1, spec.line_width) };
    for (let back = behind(item); back > 0; back -= 1)
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
    const { background } = theme.base;
    const half = this.halfPill();
    this.sprites.text(ctx, ROOT_NAME, this.lettering.typeOf(...ROOT_TYPE), background, [item.x, item.y + 0.5], [half, PILL / 2], this.view.ratio);
  }

  halfPill(radius = PILL / 2) {
    return this.lettering.widthOf(ROOT_NAME, ...ROOT_TYPE) / 2 + radius - 3;
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

  /** What was searched for: four corners around each mark, as no other sign has them. */
  finds() {
    const { ctx, scene, camera, view, theme } = this;
    if (!scene.found.length) return;
    ctx.strokeStyle = theme.base.focus;
    ctx.lineWidth = 2;
    ctx.beginPath();
    for (const index of scene.found) {
      if (index < 0) continue;
      const [across, along] = [camera.ou + scene.u[index] * camera.ku, camera.od + scene.d[index] * camera.kd];
      const [x, y] = camera.vertical ? [across, along] : [along, across];
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const half = markRadius(camera, LARGEST) + 4;
      for (const [sideX, sideY] of CORNERS) {
        ctx.moveTo(x + sideX * half, y + sideY * half * 0.4);
        ctx.lineTo(x + sideX * half, y + sideY * half);
        ctx.lineTo(x + sideX * half * 0.4, y + sideY * half);
      }
    }
    ctx.stroke();
  }

  /** What is pointed at, and what is selected. */
  rings(scene) {
    const { hovered, selected } = this.view;
    for (const [id, width] of [
      [hovered, 2],
      [selected, 3],
    ]) {
      const item = id ? scene.items.get(id)?.place(this.camera) : null;
      if (!item) continue;
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

/** How many marks show behind another: of copies one or two, of duplicates one. */
function behind({ state, copies, stacked }) {
  if (copies > 1) return state === "chosen" ? 1 : Math.min(2, copies - 1);
  return stacked > 1 ? 1 : 0;
}
