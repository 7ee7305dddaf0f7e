// How large a step's words are, measured in a corner of the page that nobody sees.

import { h } from "../dom/dom.js";
import { keyOf, wordBox } from "./word_box.js";

/** Widths are rounded down to so many pixels, so that a picture that is zoomed measures seldom. */
const COARSE = 4;
const MOST_KNOWN = 4000;
/** Letters as steps have them, to learn how wide they are. */
const SAMPLE = "18 + 11 = 29, left 17 and 19";
const USUAL = 6;
const PLAIN = { answer: null, share: null, figures: "", counted: "", tone: "plain", mark: "", duplicates: 0 };

export class WordSizes {
  /** @param {() => void} onChange - sizes that were given are wrong now. */
  constructor(onChange) {
    this.element = h("ul", { class: "esp-words esp-words-measured", "aria-hidden": "true", inert: true });
    this.onChange = onChange;
    this.known = new Map();
    this.say = () => null;
    // Type that arrives late is of another size than what stood in for it.
    this.onType = () => this.typeset();
    document.fonts.addEventListener("loadingdone", this.onType);
  }

  /** The type has changed. */
  clear() {
    this.known.clear();
    this.letter = null;
  }

  /** Measure many at once: the page is laid out once for all of them. */
  prepare(asked) {
    const boxes = new Map();
    for (const [id, kind, width] of asked) {
      const { key, said, fit } = this.asked(id, kind, width);
      if (this.known.has(key) || boxes.has(key)) continue;
      const box = wordBox(kind, said, fit, () => this.typeset());
      box.style.maxWidth = `${fit.width}px`;
      boxes.set(key, box);
    }
    if (!boxes.size) return;
    if (this.known.size > MOST_KNOWN) this.known.clear();
    this.element.append(...boxes.values());
    const layer = this.element.parentElement;
    const enlarged = layer.getBoundingClientRect().width / layer.offsetWidth || 1;
    for (const [key, box] of boxes) {
      // A layout without fractions: what is measured here fits there.
      const { width, height } = box.getBoundingClientRect();
      this.known.set(key, { width: Math.ceil(width / enlarged), height: Math.ceil(height / enlarged) });
    }
    this.element.replaceChildren();
  }

  of(id, kind, width) {
    const { key } = this.asked(id, kind, width);
    if (!this.known.has(key)) this.prepare([[id, kind, width]]);
    return this.known.get(key);
  }

  /** What words are made for, where there is this much room. @returns {import("./word_box.js").Fit} */
  fitFor(width) {
    this.letter ??= this.measureLetter();
    return { width: Math.floor(width / COARSE) * COARSE, letter: this.letter };
  }

  measureLetter() {
    const box = wordBox("line", { ...PLAIN, text: SAMPLE, brief: SAMPLE }, { width: 1000, letter: 1 });
    this.element.append(box);
    const { width } = box.getBoundingClientRect();
    box.remove();
    return width / SAMPLE.length || USUAL;
  }

  asked(id, kind, width) {
    const said = this.say(id);
    const fit = this.fitFor(width);
    return { key: `${fit.width}\u0001${keyOf(kind, said, fit)}`, said, fit };
  }

  /** Maths was set that had been measured as letters. */
  typeset() {
    if (this.telling) return;
    this.telling = requestAnimationFrame(() => {
      this.telling = 0;
      this.clear();
      this.onChange();
    });
  }

  dispose() {
    document.fonts.removeEventListener("loadingdone", this.onType);
    cancelAnimationFrame(this.telling);
  }
}
