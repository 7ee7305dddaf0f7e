// How large a step's words are, measured in a corner of the page that nobody sees.

import { h } from "../dom/dom.js";
import { keyOf, wordBox } from "./word_box.js";

/** Widths are rounded down to so many pixels, so that a picture that is zoomed measures seldom. */
const COARSE = 4;
const MOST_KNOWN = 4000;

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
  }

  /** Measure many at once: the page is laid out once for all of them. */
  prepare(asked) {
    const boxes = new Map();
    for (const [id, kind, width] of asked) {
      const { key, said, most } = this.asked(id, kind, width);
      if (this.known.has(key) || boxes.has(key)) continue;
      const box = wordBox(kind, said, most, () => this.typeset());
      box.style.maxWidth = `${most}px`;
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

  /** The width that words are made for, where there is this much room. */
  widthFor(width) {
    return Math.floor(width / COARSE) * COARSE;
  }

  asked(id, kind, width) {
    const said = this.say(id);
    const most = this.widthFor(width);
    return { key: `${most}\u0001${keyOf(kind, said, most)}`, said, most };
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
