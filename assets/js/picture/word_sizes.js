// How large a step's words are, measured in a corner of the page that nobody sees.

import { h } from "../dom/dom.js";
import { Ruler } from "./ruler.js";
import { kindAndText, sizeKeyOf, wordBox } from "./word_box.js";

/** Widths are rounded down to so many pixels, so that a picture that is zoomed measures seldom. */
const COARSE = 4;
const MOST_KNOWN = 4000;
/** So many words that did not stand there before are measured for one picture; the others follow. */
const MOST_NEW = 12;
/** Of words that have not been measured yet: there is no room for them. */
const UNKNOWN = { width: Infinity, height: Infinity };
/** So often places are sought anew with the sizes that they asked for. */
const MOST_TURNS = 6;
/** No words are wider than this, but where there is more room than that for a few. */
const WIDE = 220;
/** Heights to begin with, in pixels. */
const LINE = 20;
/** Letters as steps have them, to learn how wide they are. */
const SAMPLE = "18 + 11 = 29, left 17 and 19";
const USUAL = 6;
const PLAIN = { answer: null, share: null, figures: "", counted: "", named: { figures: "", counted: "" }, tone: "plain", mark: "", duplicates: 0 };

/** About how large words will be, before they are measured. */
function guess({ kind, said: { brief, text }, fit: { width, letter } }) {
  const letters = (brief ?? text ?? "").length * letter;
  const lines = kind === "line" ? 1 : Math.min(3, Math.ceil(letters / width) || 1) + 1;
  return { width: Math.ceil(Math.min(width, letters + LINE)), height: lines * LINE };
}

export class WordSizes {
  /** @param {() => void} onChange - sizes that were given are wrong now. */
  constructor(onChange) {
    this.element = h("ul", { class: "esp-words esp-words-measured", "aria-hidden": "true", inert: true });
    this.onChange = onChange;
    this.known = new Map();
    this.keys = new WeakMap();
    this.ruler = new Ruler();
    this.say = () => null;
    /** Whether the words of this id stand in the picture now; set from outside. */
    this.stands = () => false;
    /** There are words that were left out, because they are not measured yet. */
    this.late = false;
    this.newcomers = Infinity;
    /** The next picture has all its words at once, however long that takes: there is none before it. */
    this.patient = true;
    // Type that arrives late is of another size than what stood in for it.
    this.onType = () => this.typeset();
    document.fonts.addEventListener("loadingdone", this.onType);
  }

  /**
   * Know what another picture of the same page has measured: they say much the same.
   *
   * @param {Map} known - what all of them know.
   */
  share(known) {
    this.known = known;
  }

  /** The type has changed. */
  clear() {
    this.known.clear();
    this.ruler.clear();
    this.keys = new WeakMap(); // they were made for letters of that width
    this.letter = null;
    this.patient = true;
  }

  /**
   * What is made of sizes, all of which are measured together: the page is laid out once for them.
   *
   * Which sizes are needed shows only while places are sought, and depends on the sizes before. So
   * places are sought with guesses first, and again with what they asked for, until nothing more is
   * asked; what is still unknown after a few times is measured one by one. A picture that moves
   * does not wait for more than a few new words: the others are left out, and `late` is set.
   *
   * @template T
   * @param {() => T} make - asks for sizes; it may be called several times.
   * @returns {T}
   */
  together(make) {
    this.late = false;
    this.newcomers = this.patient ? Infinity : MOST_NEW;
    this.patient = false;
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      this.missing = new Map();
      const { late } = this;
      const made = make();
      const missing = this.admitted(this.missing);
      this.missing = null;
      if (!missing.size && late === this.late) return made;
      this.measure(missing);
    }
    return make();
  }

  /** What of it is measured for this picture: all that stands there already, and a few that do not. */
  admitted(missing) {
    for (const [key, { id }] of missing) {
      if (this.stands(id)) continue;
      this.newcomers -= 1;
      if (this.newcomers < 0) this.late = missing.delete(key);
    }
    return missing;
  }

  /** Whether a word has to wait for one of the next pictures. */
  waits(id) {
    return this.late && !this.stands(id);
  }

  /** Have sizes measured that are going to be asked for. */
  prepare(asked) {
    const missing = this.missing ?? new Map();
    for (const [id, kind, width] of asked) {
      const wanted = this.asked(id, kind, width);
      if (!this.waits(id) && !this.find(wanted)) this.want(wanted, missing);
    }
    if (!this.missing) this.measure(missing);
  }

  /** @returns {{width: number, height: number}} of a step's words, no wider than `width`; infinite while unknown. */
  of(id, kind, width) {
    const wanted = this.asked(id, kind, width);
    const size = this.find(wanted);
    if (size) return size;
    if (this.waits(id)) return UNKNOWN;
    if (this.missing) {
      this.want(wanted, this.missing);
      return guess(wanted);
    }
    const missing = new Map();
    this.want(wanted, missing);
    this.measure(missing);
    return this.find(wanted) ?? this.of(id, kind, width);
  }

  asked(id, kind, width) {
    const said = this.say(id);
    const fit = this.fitFor(width);
    return { id, kind, said, fit, key: this.keyOf(kind, said, fit) };
  }

  /** The same is asked again with every attempt to place the words. */
  keyOf(kind, said, fit) {
    if (!this.keys.has(said)) this.keys.set(said, new Map());
    const keys = this.keys.get(said);
    const asked = `${kind}${fit.width}`;
    if (!keys.has(asked)) keys.set(asked, sizeKeyOf(kind, said, fit));
    return keys.get(asked);
  }

  /**
   * What was measured with more room is as large with less, as long as its longest line has its
   * room: lines break where they broke.
   */
  find({ key, fit }) {
    const measured = this.known.get(key)?.find(({ room, width }) => width <= fit.width && fit.width <= room);
    return measured ?? this.keep(key, this.ruler.size(...kindAndText(key), fit.width));
  }

  keep(key, size) {
    if (this.known.size > MOST_KNOWN) this.forget();
    if (size) this.known.set(key, [...(this.known.get(key) ?? []), size]);
    return size;
  }

  /** First as wide as words ever are; where that is too wide, in the room that there is. */
  want(wanted, missing) {
    const { key, fit } = wanted;
    const room = this.known.has(key) ? fit.width : Math.max(WIDE, fit.width);
    missing.set(`${room}\u0001${key}`, { ...wanted, room });
  }

  /** @param {Map<string, {key: string, kind: string, said: Object, fit: Object, room: number}>} missing */
  measure(missing) {
    if (!missing.size) return;
    const boxes = [...missing.values()].map(({ key, kind, said, fit, room }) => {
      const box = wordBox(kind, said, fit, () => this.typeset());
      box.style.maxWidth = `${room}px`;
      return [key, room, box];
    });
    this.element.append(...boxes.map(([, , box]) => box));
    const enlarged = this.enlarged();
    for (const [key, room, box] of boxes) {
      // A layout without fractions: what is measured here fits there.
      const { width, height } = box.getBoundingClientRect();
      const exact = { width: width / enlarged, height: height / enlarged };
      const size = { room, width: Math.min(room, Math.ceil(exact.width)), height: Math.ceil(exact.height) };
      if (Math.ceil(exact.width) < room) this.ruler.learn(...kindAndText(key), exact);
      this.keep(key, size);
    }
    this.element.replaceChildren();
  }

  /** How much larger the picture is shown than it is laid out. */
  enlarged() {
    const layer = this.element.parentElement;
    const [seen, laid] = [layer.getBoundingClientRect().width, layer.offsetWidth];
    return Math.abs(seen - laid) < 1 ? 1 : seen / laid; // the second is a whole number
  }

  /** What was measured first is least likely to be in the picture still. */
  forget() {
    let more = this.known.size - MOST_KNOWN / 2;
    for (const key of this.known.keys()) {
      if ((more -= 1) < 0) break;
      this.known.delete(key);
    }
  }

  /** What words are made for, where there is this much room. @returns {import("./word_box.js").Fit} */
  fitFor(width) {
    this.letter ??= this.measureLetter();
    return { width: Math.floor(width / COARSE) * COARSE, letter: this.letter };
  }

  measureLetter() {
    const box = wordBox("line", { ...PLAIN, text: SAMPLE, brief: SAMPLE }, { width: 1000, letter: 1 });
    this.element.append(box);
    const width = box.getBoundingClientRect().width / this.enlarged();
    this.ruler.begin(getComputedStyle(box), SAMPLE, width);
    box.remove();
    return width / SAMPLE.length || USUAL;
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
