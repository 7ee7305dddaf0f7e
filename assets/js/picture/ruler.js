// How large a step's words will be, from how wide their letters are: the page is not laid out for it.
//
// A text that is a letter longer makes its box as much wider, or, where something below it is wider
// still, no wider at all. Two boxes that differ in their text alone show which of both holds; what they
// do not show is measured on the page, and learned.

/** Letters that a page sets as a canvas does: no maths, and no spaces that a page would leave out. */
const PLAIN = /^(?! )(?!.* {2})(?!.*\$\$)[ -[\]-~]+(?<! )$/;
/** Of these a page begins a new line at spaces alone. */
const BREAKS_AT_SPACES = /^[\w +=*,.:;()']+$/;
/** The page's own lengths are multiples of this many pixels. */
const GRAIN = 1 / 64;
/** A line that is as full as this may be broken otherwise by the page. */
const CLOSE = 0.5;
const MOST_LINES = 3;
const MOST_KINDS = 1000;

/** @typedef {{room: number, width: number, height: number}} Size - in pixels; `room`: of the widest place with the same. */

export class Ruler {
  /** @param {?{font: string, measureText: (text: string) => {width: number}}} canvas - which measures letters; null: nothing is known. */
  constructor(canvas = offscreen()) {
    this.canvas = canvas;
    this.clear();
  }

  /** The type has changed. */
  clear() {
    this.kinds = new Map();
    this.trusted = false;
  }

  /**
   * Use a type, if a canvas sets it as the page does.
   *
   * @param {{font: string, lineHeight: string}} style - as computed.
   * @param {string} sample @param {number} width - of it on the page, in pixels.
   */
  begin({ font, lineHeight }, sample, width) {
    if (!this.canvas || !font) return;
    this.canvas.font = font;
    this.line = parseFloat(lineHeight);
    this.trusted = Math.abs(this.letters(sample) - width) <= 2 * GRAIN && this.line > 0;
  }

  letters(text) {
    return Math.ceil(this.canvas.measureText(text).width / GRAIN) * GRAIN;
  }

  /**
   * A box was measured that had more room than it wanted.
   *
   * @param {string} kind - what else is in it; boxes of one kind differ by their text.
   * @param {{width: number, height: number}} size - in pixels, not rounded.
   */
  learn(kind, text, { width, height }) {
    if (!this.trusted || !PLAIN.test(text) || this.size(kind, text, Infinity)) return;
    if (this.kinds.size > MOST_KINDS) this.kinds.clear();
    const { growing, still, newest } = this.kinds.get(kind) ?? {};
    const letters = this.letters(text);
    const sample = { letters, width, beside: width - letters };
    const samples = [growing, still, newest, sample].filter(Boolean);
    const like = (name) => samples.filter((a) => samples.some((b) => a.letters !== b.letters && Math.abs(a[name] - b[name]) <= GRAIN));
    this.kinds.set(kind, {
      height,
      newest: sample,
      /** From here on the box grows with its text. */
      growing: like("beside").sort((a, b) => a.letters - b.letters)[0],
      /** Up to here it does not. */
      still: like("width").sort((a, b) => b.letters - a.letters)[0],
    });
  }

  /**
   * @param {number} room - across, in pixels.
   * @returns {?Size} null: it has to be measured.
   */
  size(kind, text, room) {
    const known = this.kinds.get(kind);
    if (!known || !this.trusted || !PLAIN.test(text)) return null;
    const { growing, still, height } = known;
    const letters = this.letters(text);
    const grown = growing && letters >= growing.letters;
    if (!grown && !(still && letters <= still.letters)) return null;
    const width = Math.ceil(grown ? letters + growing.beside : still.width);
    if (width <= room) return { room: Infinity, width, height: Math.ceil(height) };
    if (!grown) return null;
    const lines = this.lines(kind, text, room - growing.beside);
    return lines && { room, width: room, height: Math.ceil(height + (lines - 1) * this.line) };
  }

  /** Lines that a text takes in a place that is too narrow for one; 0: that has to be seen. */
  lines(kind, text, room) {
    if (kind.startsWith("line")) return 1;
    if (!kind.startsWith("card") || !BREAKS_AT_SPACES.test(text)) return 0;
    let lines = 1;
    let line = "";
    for (const word of text.split(" ")) {
      const longer = line ? `${line} ${word}` : word;
      const left = room - this.letters(longer);
      if (Math.abs(left) < CLOSE) return 0;
      if (left > 0) {
        line = longer;
        continue;
      }
      if (!line || room - this.letters(word) < CLOSE) return 0; // a word longer than a line is broken somewhere
      lines += 1;
      line = word;
    }
    return Math.min(lines, MOST_LINES);
  }
}

function offscreen() {
  return typeof OffscreenCanvas === "undefined" ? null : new OffscreenCanvas(1, 1).getContext("2d");
}
