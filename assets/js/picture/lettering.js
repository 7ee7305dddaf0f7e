// The words in the picture: scores, answers, folded counts, and the steps' numbers at the edge.
// A label is left out where it would lie on another one; answers and the winning path go first.

import { UNDECIDED_MARK } from "../words/doubts.js";

/** Pixels per sibling from which scores can be read, beside leaves and at inner nodes. */
const SCORES_FROM = 13;
const INNER_SCORES_FROM = 17;
const VALUES_FROM = 9;
const HEADERS_FROM = 44;
const HEADER_HEIGHT = 24;
const GAP = 5;
const CELL = 16;
/** Pixels from which a label is too long to stand beside the edge into an inner node. */
const LONG = 70;

/** Where visits are counted, few steps lead on, and what they are worth is what the picture is about. */
function labelsFrom({ inner, visited }) {
  if (visited) return VALUES_FROM;
  return inner ? INNER_SCORES_FROM : SCORES_FROM;
}

const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Where a text begins, by its first letter, as `dir="auto"` would have it. */
function direction(text) {
  return RIGHT_TO_LEFT.test(text) ? "rtl" : "ltr";
}

export class Lettering {
  constructor(ctx, theme) {
    this.ctx = ctx;
    this.theme = theme;
    this.font = "sans-serif";
  }

  /** Use this size in pixels and this weight from now on. */
  write(size, weight) {
    this.ctx.font = `${weight} ${size}px ${this.font}`;
  }

  /** Labels of all items in sight. */
  labels(shown, camera, { selected, width }, radiusOf) {
    this.width = width;
    this.camera = camera;
    this.radiusOf = radiusOf;
    this.taken = new Map();
    if (camera.vertical) this.keepMarksFree(shown);
    const important = (item) => item.winning || item.answer !== null || item.id === selected;
    const sorted = [...shown.filter(important), ...shown.filter((item) => !important(item))];
    for (const item of sorted) {
      if (item.ghost || item.state === "root") continue;
      if (item.answer !== null) this.label(item, this.graded(item), 600);
      else if (item.state === "collapsed") this.label(item, item.label, 500);
      else if (camera.ku >= labelsFrom(item)) this.label(item, item.label, 400);
    }
  }

  /** Where the tree grows downwards, siblings stand where a label would be: those marks stay free. */
  keepMarksFree(shown) {
    for (const item of shown) {
      const half = this.radiusOf(item);
      if (!item.ghost) this.reserve(item.x - half, item.y - half, 2 * half, 2 * half);
    }
  }

  /** An answer, with its sign once it was held against the reference. */
  graded(item) {
    if (item.undecided) return `${item.answer} ${UNDECIDED_MARK}`;
    if (item.right === null) return item.answer;
    return `${item.answer} ${this.theme.palette.grades[item.right ? "right" : "wrong"].mark}`;
  }

  label(item, text, weight) {
    if (!text) return;
    const { ctx, theme } = this;
    const size = weight > 500 ? 13 : 11;
    this.write(size, weight);
    ctx.direction = direction(text);
    const width = ctx.measureText(text).width;
    const [left, middle] = this.spot(item, width, size);
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

  /** After a leaf; at an inner node beside the edge that comes in, where no branch leaves. */
  spot(item, width, size) {
    const mark = Math.max(item.state === "collapsed" ? 11 : 9, this.radiusOf(item)) + (item.copies > 1 ? 6 : 0);
    const away = mark + GAP + (item.right === null ? 0 : 5) + (item.winning ? 3 : 0);
    if (this.camera.vertical && !item.inner) return [this.within(item.x - width / 2, width), item.y + away + size / 2];
    // Words of a text are longer than a score: beside the edge they would hide it.
    if (!this.camera.vertical && item.inner && width > LONG) return [item.x - mark, item.y - mark - size];
    if (!this.camera.vertical && item.inner) return [item.x - away - width + 2, item.y - size + 1];
    const over = this.camera.vertical && item.x + away + width > this.width;
    return [over ? item.x - away - width : item.x + away, item.y];
  }

  /** The longest of these texts that has room in the middle of a box, if it hides no other words. */
  inside({ left, top, width, height }, texts, { size, pad }) {
    const { ctx, theme } = this;
    this.write(size, 500);
    const text = texts.find((one) => ctx.measureText(one).width + 2 * pad <= width);
    if (!text) return;
    const [x, y, wide] = [left + width / 2, top + height / 2, ctx.measureText(text).width];
    if (!this.reserve(x - wide / 2, y - size / 2, wide, size)) return;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = theme.base.background;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = theme.base.text;
    ctx.fillText(text, x, y);
  }

  /** The numbers of the arrows, where there is room. */
  numbers(places) {
    const { ctx, theme } = this;
    this.write(11, 700);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const { x, y, text } of places) {
      const width = ctx.measureText(text).width;
      if (!this.reserve(x - width / 2, y - 6, width, 12)) continue;
      ctx.lineWidth = 5;
      ctx.strokeStyle = theme.base.background;
      ctx.strokeText(text, x, y);
      ctx.fillStyle = theme.base.text;
      ctx.fillText(text, x, y);
    }
  }

  /** As near as the picture's edges allow. */
  within(left, width) {
    return Math.max(2, Math.min(left, this.width - width - 2));
  }

  /** Claim a rectangle for a label; false when another label has it. */
  reserve(left, top, width, height) {
    const cell = Math.floor(top / CELL);
    const meets = (other) =>
      left < other.left + other.width &&
      other.left < left + width &&
      top < other.top + other.height &&
      other.top < top + height;
    for (const row of [cell - 1, cell, cell + 1]) if (this.taken.get(row)?.some(meets)) return false;
    if (!this.taken.has(cell)) this.taken.set(cell, []);
    this.taken.get(cell).push({ left, top, width, height });
    return true;
  }

  /** "Step 1", "Step 2", … along the edge of the picture. */
  headers(camera, depth, width) {
    const { ctx, theme } = this;
    if (camera.kd < HEADERS_FROM) return;
    if (!camera.vertical) {
      ctx.globalAlpha = 0.88;
      ctx.fillStyle = theme.base.background;
      ctx.fillRect(0, 0, width, HEADER_HEIGHT);
      ctx.globalAlpha = 1;
    }
    this.write(11, 500);
    ctx.fillStyle = theme.base.subtle;
    ctx.textBaseline = "middle";
    ctx.textAlign = camera.vertical ? "left" : "center";
    ctx.lineWidth = 4;
    ctx.strokeStyle = theme.base.background;
    for (let d = 1; d <= depth; d += 1) {
      const along = camera.od + d * camera.kd;
      const place = camera.vertical ? [4, along - camera.kd / 2] : [along, HEADER_HEIGHT / 2];
      if (camera.vertical) ctx.strokeText(`Step ${d}`, ...place);
      ctx.fillText(`Step ${d}`, ...place);
    }
  }
}
