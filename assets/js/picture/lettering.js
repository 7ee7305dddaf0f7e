// The little that is written on the canvas itself: the problem's name, the arrows' numbers, and how
// much the silhouettes of dense branches hold. All else is HTML over it, see word_layer.js.

const CELL = 16;
const MOST_KEPT = 2000;

export class Lettering {
  constructor(ctx, theme) {
    this.ctx = ctx;
    this.theme = theme;
    this.widths = new Map();
    this.font = "sans-serif";
    this.clear();
  }

  /** @param {string} family - of all letters from now on. */
  set font(family) {
    this.family = family;
    this.type = null; // a canvas of another size has forgotten it too
    this.widths.clear();
  }

  /** How wide a text is; kept. */
  widthOf(text, size, weight) {
    const key = `${weight} ${size} ${text}`;
    if (!this.widths.has(key)) {
      if (this.widths.size > MOST_KEPT) this.widths.clear();
      this.write(size, weight);
      this.widths.set(key, this.ctx.measureText(text).width);
    }
    return this.widths.get(key);
  }

  /** The same letter by letter, for texts that are new with each picture: nothing has to be measured. */
  aboutWidthOf(text, size, weight) {
    let wide = 0;
    for (const letter of text) wide += this.widthOf(letter, size, weight);
    return wide;
  }

  /** A new picture: no room is taken. */
  clear() {
    this.taken = new Map();
  }

  typeOf(size, weight) {
    return `${weight} ${size}px ${this.family}`;
  }

  /**
   * Use this size in pixels and this weight from now on. What is in use already is not set again: to
   * give a canvas its type, the browser brings the whole page's style up to date.
   */
  write(size, weight) {
    const type = this.typeOf(size, weight);
    if (type === this.type) return;
    this.ctx.font = this.type = type;
  }

  /**
   * The longest of these texts that has a place, if it hides no other words.
   *
   * @param {(width: number) => ?{x: number, y: number}} placeFor - the middle of words of this width.
   */
  inside(placeFor, texts, { size }) {
    const { ctx, theme } = this;
    let [text, place, wide] = ["", null, 0];
    for (text of texts) {
      wide = this.aboutWidthOf(text, size, 500);
      place = placeFor(wide);
      if (place) break;
    }
    if (!place) return;
    const { x, y } = place;
    this.write(size, 500);
    if (!this.reserve(x - wide / 2, y - size / 2, wide, size)) return;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = theme.base.text;
    ctx.fillText(text, x, y);
  }

  /** The numbers of arrows, where they have their place. */
  numbers(places) {
    if (!places.length) return;
    const { ctx, theme } = this;
    this.write(10, 650);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = theme.base.subtle;
    for (const { x, y, text } of places) ctx.fillText(text, x, y);
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
}
