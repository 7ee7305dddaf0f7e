// How large a step's words are, measured in a corner of the page that nobody sees.

import { h } from "../dom/dom.js";
import { Ruler } from "./ruler.js";
import { kindAndText, sizeKeyOf, wordBox } from "./word_box.js";

/** Widths are rounded down to so many pixels, so that a picture that is zoomed measures seldom. */
const COARSE = 4;
const MOST_KNOWN = 4000;
/** So many texts that nobody has read yet are read in one frame, or in one that places words as well; the others follow. */
const MOST_READ = { alone: 16, placing: 8 };
/** So many sizes are learned in one frame. */
const MOST_NEW = 6;
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
    /** Whether what is said of this id has been worked out already; set from outside. */
    this.hasRead = () => true;
    /** Whether the words of this id stand in the picture now, as this kind of words or as more; set from outside. */
    this.stands = () => false;
    /** What goes first has the lowest number; set from outside. */
    this.rank = () => 0;
    /** There are words that were left out, because they are not measured yet. */
    this.late = false;
    /** Words that are in the corner, until the page has been laid out. @type {?Map<Element, Object>} */
    this.awaited = null;
    this.observer = new ResizeObserver((entries) => this.receive(entries.map(({ target }) => target)));
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
    this.dismiss();
  }

  /**
   * What is made of sizes, all of which are measured together: the page is laid out once for them.
   *
   * Which sizes are needed shows only while places are sought, and depends on the sizes before. So
   * places are sought with guesses first, and again with what they asked for, until nothing more is
   * asked; what is still unknown after a few times is measured one by one. A picture that moves
   * waits for no new words: these are left out, and `late` is set. A few of them are put into the corner,
   * and how large they are is known once the page is laid out for this frame anyway.
   *
   * @template T
   * @param {() => T} make - asks for sizes; it may be called several times.
   * @returns {T}
   */
  together(make) {
    this.begin(MOST_READ.placing);
    const made = this.settled(make);
    this.observe();
    return made;
  }

  /**
   * Read what is new, and ask how large it is, without placing anything yet.
   *
   * @param {() => void} ask - asks for sizes; nothing is made of them.
   */
  read(ask) {
    this.begin(MOST_READ.alone);
    this.missing = new Map();
    ask();
    this.missing = null;
    this.observe();
  }

  /** A new frame. */
  begin(most) {
    this.late = false;
    this.hurried = !this.patient;
    this.patient = false;
    // Before anything moves: it takes a layout of the page.
    this.letter ??= this.measureLetter();
    this.unread = most;
    this.newcomers = new Map();
  }

  settled(make) {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      this.missing = new Map();
      const made = make();
      const { missing } = this;
      this.missing = null;
      if (!missing.size) return made;
      this.measure(missing);
    }
    return make();
  }

  /** Whether a word has to wait for one of the next pictures, before anybody has read it. */
  waits(id) {
    if (!this.hurried || this.stands(id) || this.hasRead(id)) return false;
    this.unread -= 1;
    if (this.unread < 0) this.late = true;
    return this.unread < 0;
  }

  /** Ask for a size that is not known. A picture that moves has it with one of the next frames. */
  ask(wanted, missing) {
    const waits = this.hurried && !this.stands(wanted.id, wanted.kind);
    if (waits) this.late = true;
    this.want(wanted, waits ? this.newcomers : missing);
    return waits;
  }

  /** Have sizes measured that are going to be asked for. */
  prepare(asked) {
    const missing = this.missing ?? new Map();
    for (const [id, kind, width] of asked) {
      if (this.waits(id)) continue;
      const wanted = this.asked(id, kind, width);
      if (!this.find(wanted)) this.ask(wanted, missing);
    }
    if (!this.missing) this.measure(missing);
  }

  /** @returns {{width: number, height: number}} of a step's words, no wider than `width`; infinite while unknown. */
  of(id, kind, width) {
    if (this.waits(id)) return UNKNOWN;
    const wanted = this.asked(id, kind, width);
    const size = this.find(wanted);
    if (size) return size;
    const missing = this.missing ?? new Map();
    if (this.ask(wanted, missing)) return UNKNOWN;
    if (this.missing) return guess(wanted);
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

  /**
   * Know how large these are at once, whatever it takes.
   *
   * @param {Map<string, {key: string, kind: string, said: Object, fit: Object, room: number}>} missing
   */
  measure(missing) {
    if (!missing.size) return;
    const boxes = this.boxesOf([...missing.values()]);
    this.learn(boxes);
    for (const box of boxes.keys()) box.remove();
  }

  /** Know how large a few newcomers are, those that go first, once the page has been laid out for this frame. */
  observe() {
    if (this.awaited || !this.newcomers.size) return; // or some are in the corner still
    const first = [...this.newcomers.values()].sort((a, b) => this.rank(a.id) - this.rank(b.id)).slice(0, MOST_NEW);
    this.awaited = this.boxesOf(first);
    for (const box of this.awaited.keys()) this.observer.observe(box);
  }

  /** The page has been laid out. */
  receive(targets) {
    if (!this.awaited || !targets.some((box) => this.awaited.has(box))) return;
    const boxes = this.awaited;
    this.learn(boxes);
    this.dismiss();
    this.onChange();
  }

  /** Nobody waits for what is in the corner. */
  dismiss() {
    this.observer.disconnect();
    for (const box of this.awaited?.keys() ?? []) box.remove();
    this.awaited = null;
  }

  /** Words in the corner, in the room that they are measured in. */
  boxesOf(asked) {
    const boxes = new Map();
    for (const { key, kind, said, fit, room } of asked) {
      const box = wordBox(kind, said, fit, () => this.typeset());
      box.style.maxWidth = `${room}px`;
      boxes.set(box, { key, room });
    }
    this.element.append(...boxes.keys());
    return boxes;
  }

  learn(boxes) {
    const enlarged = this.enlarged();
    for (const [box, { key, room }] of boxes) {
      // A layout without fractions: what is measured here fits there.
      const { width, height } = box.getBoundingClientRect();
      const exact = { width: width / enlarged, height: height / enlarged };
      const size = { room, width: Math.min(room, Math.ceil(exact.width)), height: Math.ceil(exact.height) };
      if (Math.ceil(exact.width) < room) this.ruler.learn(...kindAndText(key), exact);
      this.keep(key, size);
    }
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
    this.dismiss();
  }
}
