// Paints a scene: edges in batches of one style, then marks, then words. Draws, decides nothing.

import { markRadius, toScreen } from "./camera.js";

const READABLE = { scores: 13, innerScores: 17, curves: 5, marks: 4 };
const GHOST = 0.16;
const LABEL_GAP = 5;

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
    this.font = "sans-serif";
  }

  /** @param {{width, height, ratio, selected: ?string, hovered: ?string}} view */
  paint(scene, camera, view) {
    const { ctx } = this;
    this.camera = camera;
    this.view = view;
    this.taken = new Map();
    ctx.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    ctx.clearRect(0, 0, view.width, view.height);
    this.place(scene);
    this.edges();
    this.links(scene);
    this.marks();
    this.rings(scene);
    this.labels();
    this.headers(scene);
  }

  /** Screen positions once per frame; what is outside the picture is left out. */
  place(scene) {
    const { width, height } = this.view;
    const reach = 60;
    this.shown = [];
    for (const item of scene.items.values()) {
      [item.x, item.y] = toScreen(this.camera, item.u, item.d);
      const inside = item.x > -reach && item.x < width + reach && item.y > -reach && item.y < height + reach;
      item.onScreen = inside;
      if (inside) this.shown.push(item);
    }
    this.all = scene.items;
  }

  headers(scene) {
    const { ctx, camera } = this;
    if (camera.kd < 44) return;
    if (!camera.vertical) {
      ctx.globalAlpha = 0.88;
      ctx.fillStyle = this.theme.base.background;
      ctx.fillRect(0, 0, this.view.width, 24);
      ctx.globalAlpha = 1;
    }
    this.write(11, 500);
    ctx.fillStyle = this.theme.base.subtle;
    ctx.textBaseline = "middle";
    for (let d = 1; d <= scene.bounds.dMax; d += 1) {
      const along = camera.od + d * camera.kd;
      ctx.textAlign = camera.vertical ? "left" : "center";
      if (camera.vertical) ctx.fillText(`Step ${d}`, 4, along - camera.kd / 2);
      else ctx.fillText(`Step ${d}`, along, 12);
    }
  }

  edges() {
    const groups = new Map();
    const winning = [];
    for (const item of this.all.values()) {
      if (!item.parent || !(item.onScreen || item.parent.onScreen || this.crosses(item))) continue;
      if (item.winning) {
        winning.push(item);
        continue;
      }
      const key = item.ghost ? "ghost" : item.state;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(item);
    }
    for (const [key, items] of groups) {
      const style = this.theme.edge(this.theme.palette.states[key === "ghost" ? "pruned" : key]);
      this.stroke(items, style, key === "ghost" ? GHOST : 1);
    }
    const style = this.theme.edge(this.theme.palette.states.chosen);
    this.stroke(winning, { ...style, width: style.casing, colour: this.theme.base.casing }, 1);
    this.stroke(winning, style, 1);
  }

  /** An edge whose ends are both outside can still cross the picture. */
  crosses({ x, y, parent }) {
    const { width, height } = this.view;
    return (
      Math.min(x, parent.x) < width &&
      Math.max(x, parent.x) > 0 &&
      Math.min(y, parent.y) < height &&
      Math.max(y, parent.y) > 0
    );
  }

  stroke(items, { dash, width, colour }, alpha) {
    if (!items.length) return;
    const { ctx, camera } = this;
    const detailed = camera.ku >= READABLE.curves && items.length < 3000;
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = detailed ? width * Math.min(1, Math.max(0.6, camera.ku / 20)) : Math.min(width, 1);
    ctx.lineCap = dash.length ? "butt" : "round";
    ctx.setLineDash(detailed ? dash : []);
    ctx.beginPath();
    for (const { x, y, parent } of items) {
      ctx.moveTo(parent.x, parent.y);
      if (!detailed) ctx.lineTo(x, y);
      else if (camera.vertical) ctx.bezierCurveTo(parent.x, (parent.y + y) / 2, x, (parent.y + y) / 2, x, y);
      else ctx.bezierCurveTo((parent.x + x) / 2, parent.y, (parent.x + x) / 2, y, x, y);
    }
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  /** The link from the duplicate that is pointed at or selected to its original. */
  links(scene) {
    const { ctx, theme } = this;
    const style = theme.edge(theme.palette.states.merged);
    ctx.strokeStyle = style.colour;
    ctx.lineWidth = style.width;
    ctx.setLineDash(style.dash);
    for (const item of this.shown) {
      const asked = item.id === this.view.selected || item.id === this.view.hovered;
      const original = asked && item.link ? scene.items.get(item.link) : null;
      if (!original) continue;
      const bend = 26;
      const [bx, by] = this.camera.vertical
        ? [(item.x + original.x) / 2, item.y + bend]
        : [item.x + bend, (item.y + original.y) / 2];
      ctx.beginPath();
      ctx.moveTo(item.x, item.y);
      ctx.quadraticCurveTo(bx, by, original.x, original.y);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }

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
    const radius = markRadius(camera, spec.size);
    if (radius < READABLE.marks && !item.winning) {
      ctx.fillStyle = colours.fill ?? colours.line;
      ctx.fillRect(item.x - radius, item.y - radius, 2 * radius, 2 * radius);
      return;
    }
    if (item.winning && item.state !== "chosen")
      this.ring(item, radius + 3.5, 3, theme.edge(theme.palette.states.chosen).colour, theme.base.casing);
    this.sprites.draw(ctx, spec, colours, item.x, item.y, radius, view.ratio);
    if (item.right !== null && !item.ghost) this.grade(item, radius);
  }

  rootPill(item) {
    const { ctx, theme } = this;
    this.write(11, 600);
    const text = "Problem";
    const half = ctx.measureText(text).width / 2 + 8;
    ctx.fillStyle = theme.base.ink;
    ctx.beginPath();
    ctx.roundRect(item.x - half, item.y - 11, 2 * half, 22, 11);
    ctx.fill();
    ctx.fillStyle = theme.base.background;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(text, item.x, item.y + 0.5);
  }

  /** Right or wrong: a ring of its own shape, with its sign. */
  grade(item, radius) {
    const { ctx, theme, camera, view } = this;
    const spec = theme.palette.grades[item.right ? "right" : "wrong"];
    const outer = Math.max(radius + 2.5, Math.min(radius + 5, camera.ku * 0.66));
    this.sprites.draw(ctx, spec, { fill: null, line: theme.colours(spec).line }, item.x, item.y, outer, view.ratio);
  }

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
        const radius =
          markRadius(this.camera, this.theme.palette.states[item.state].size) + (item.right === null ? 6 : 9);
        this.ring(item, radius, width, this.theme.base.focus, this.theme.base.background);
      }
    }
  }

  pillRing(item, width) {
    const { ctx, theme } = this;
    this.write(11, 600);
    const half = ctx.measureText("Problem").width / 2 + 12;
    ctx.lineWidth = width;
    ctx.strokeStyle = theme.base.focus;
    ctx.beginPath();
    ctx.roundRect(item.x - half, item.y - 15, 2 * half, 30, 15);
    ctx.stroke();
  }

  labels() {
    const { camera } = this;
    const important = (item) => item.winning || item.answer !== null || item.id === this.view.selected;
    const sorted = [...this.shown.filter(important), ...this.shown.filter((item) => !important(item))];
    for (const item of sorted) {
      if (item.ghost || item.state === "root") continue;
      if (item.answer !== null) this.label(item, this.graded(item), 600);
      else if (item.state === "collapsed") this.label(item, item.label, 500);
      else if (item.label && camera.ku >= (item.inner ? READABLE.innerScores : READABLE.scores))
        this.label(item, item.label, 400);
    }
  }

  graded(item) {
    const mark = item.right === null ? "" : ` ${this.theme.palette.grades[item.right ? "right" : "wrong"].mark}`;
    return `${item.answer}${mark}`;
  }

  /** Write after a leaf, and where the edge comes in at an inner node; never over another label. */
  label(item, text, weight) {
    const { ctx, camera, theme } = this;
    const size = weight > 500 ? 13 : 11;
    this.write(size, weight);
    const width = ctx.measureText(text).width;
    const radius = item.state === "collapsed" ? 11 : 9;
    const away =
      Math.max(radius, markRadius(camera, 14)) + LABEL_GAP + (item.right === null ? 0 : 5) + (item.winning ? 3 : 0);
    let left = item.x + away;
    let middle = item.y;
    if (camera.vertical && !item.inner) [left, middle] = [item.x - width / 2, item.y + away + size / 2];
    else if (!camera.vertical && item.inner) [left, middle] = [item.x - away - width + 2, item.y - size + 1];
    if (!this.reserve(left, middle - size / 2, width, size)) return;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.strokeStyle = theme.base.background;
    ctx.strokeText(text, left, middle);
    ctx.fillStyle = weight > 400 ? theme.base.text : theme.base.subtle;
    ctx.fillText(text, left, middle);
  }

  /** Claim a rectangle for a label; false when another label has it. */
  reserve(left, top, width, height) {
    const row = Math.floor(top / 16);
    for (let r = row - 1; r <= row + 1; r += 1) {
      for (const other of this.taken.get(r) ?? []) {
        if (
          left < other[0] + other[2] &&
          other[0] < left + width &&
          top < other[1] + other[3] &&
          other[1] < top + height
        )
          return false;
      }
    }
    if (!this.taken.has(row)) this.taken.set(row, []);
    this.taken.get(row).push([left, top, width, height]);
    return true;
  }

  write(size, weight) {
    this.ctx.font = `${weight} ${size}px ${this.font}`;
  }
}
