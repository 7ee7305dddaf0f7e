// Rings around the nodes that are being spoken of, over the picture and in its place.

import { clearPlace } from "./clear_place.js";
import { fill, h, setText } from "../dom/dom.js";
import { ROOT } from "../log/tree.js";

const EDGE = 4;
/** Pixels from a mark's middle to the foot of what its ring says, and where that stands at the top. */
const ABOVE = 16;
const TOP = 3;
/** Pixels from a mark's middle to the end of what stands before its ring. */
const BEFORE = 19;
/** Pixels from a mark's end to that of its ring, which covers nothing of it; and how near a ring may come. */
const AROUND = 5;
const LEAST = 12;
/** Of a ring, in pixels: see minute.css. */
const BORDER = 3;
/** Where the names of the levels end, in a tree that grows to the right. */
const NAMES = 22;

export class Pointing {
  /** @param {import("./canvas.js").TreeCanvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.shown = "";
    this.element = h("div", { class: "esp-pointing", "aria-hidden": "true" });
    canvas.frame.append(this.element);
  }

  /**
   * Point at these nodes, and at no others; those that are not to be seen are left out.
   *
   * @param {{id: string, label: string, short?: ?string, beside?: boolean, quiet?: boolean, after?: ?string}[]} points -
   *   `short`: it says this where there is no room for more, and stands where it covers no words and no mark. `quiet`:
   *   it is only named, without a ring. `beside`: what it says
   *   stands before its mark, on the same line, where the tree grows to the right: above, it would stand at
   *   another's. Where `after`, the step that it comes after, is on that line itself, it stands above, as far
   *   back as lets the mark's own words be read.
   * @param {boolean} [reveal] - bring them into sight, the first one for sure.
   */
  show(points, reveal = false) {
    const shown = JSON.stringify(points);
    if (shown === this.shown) return;
    this.shown = shown;
    fill(
      this.element,
      points.map(({ id, label, short, beside, quiet, after }) =>
        h("span", { class: "esp-ring", "data-node": id, "data-beside": Boolean(beside), "data-quiet": Boolean(quiet), "data-after": after ?? "", "data-clear": Boolean(short) }, label && h("span", { class: "esp-ring-label", text: label })),
      ),
    );
    this.texts = this.measure(points);
    if (reveal) for (const { id } of [...points].reverse()) this.canvas.reveal(id);
    this.follow();
    this.canvas.redraw();
  }

  /** How large the words are that may be said at each mark, by id: the page is laid out once for them. */
  measure(points) {
    const said = [...this.element.children].map((ring, at) => {
      const { label, short } = points[at];
      if (!short) return [];
      const tries = [label, short].map((text) => ({ text, box: h("span", { class: "esp-ring-label", text }) }));
      ring.append(...tries.map(({ box }) => box));
      return tries;
    });
    const texts = new Map(said.map((tries, at) => [points[at].id, tries.map(({ text, box }) => ({ text, width: box.offsetWidth, height: box.offsetHeight }))]));
    for (const { box } of said.flat()) box.remove();
    return texts;
  }

  /** Words that cover no others, nor a mark; they are shortened where there is no room for all of them. */
  putClear(ring, { x, y }, reach, said) {
    const { plan } = this.canvas.words;
    const { vertical, size } = this.canvas;
    const edges = { left: EDGE, top: vertical ? TOP : NAMES, right: size.width - EDGE, bottom: size.height - EDGE };
    const place = clearPlace({ x, y, id: ring.dataset.node }, this.texts.get(ring.dataset.node), plan, said, edges);
    const label = ring.firstElementChild;
    setText(label, place.text);
    label.style.translate = `${Math.round(place.left - x + reach - BORDER)}px ${Math.round(place.top - y + reach - BORDER)}px`;
    said.push(place);
  }

  /**
   * What a ring says is read whole, at the picture's edges, too; where it would lie half over the
   * name of a level and has no room before its mark, it takes its place, and where another ring's words
   * stand already, it stands above them.
   *
   * @param {{left: number, right: number, top: number}[]} said - where other words stand; these are added.
   */
  keepInside(label, { x, y }, said) {
    if (!label) return;
    label.removeAttribute("data-crowded");
    if (label.parentNode.dataset.before === "true") {
      const out = Math.max(0, BEFORE + label.offsetWidth + EDGE - x);
      label.style.translate = out ? `${Math.round(out)}px` : "";
      const end = x - BEFORE + out;
      const beside = { left: end - label.offsetWidth, right: end, top: y - label.offsetHeight / 2, height: label.offsetHeight };
      // A mere name that would lie over another is left out: the names that there are can be read.
      const crowded = label.parentNode.dataset.quiet === "true" && this.before.some((other) => meet(beside, other));
      label.toggleAttribute("data-crowded", crowded);
      if (!crowded) this.before.push(beside);
      return;
    }
    const half = label.offsetWidth / 2 + EDGE;
    const back = label.parentNode.dataset.back === "true" ? BEFORE - half : 0;
    const across = back + Math.max(0, half - x - back) - Math.max(0, x + back + half - this.canvas.size.width);
    const top = y - ABOVE - label.offsetHeight;
    let down = top < (this.canvas.vertical ? TOP : NAMES) ? TOP - top : 0;
    const box = { left: x + across - half, right: x + across + half, height: label.offsetHeight };
    const meets = (other) => meet({ ...box, top: top + down }, other);
    if (said.some(meets)) {
      const above = Math.min(...said.filter(meets).map((other) => other.top)) - box.height - 1 - top;
      down = top + above < TOP ? y + ABOVE - top : above; // or below its mark
    }
    said.push({ ...box, top: top + down, bottom: top + down + box.height });
    label.style.translate = across || down ? `${Math.round(across)}px ${Math.round(down)}px` : "";
  }

  /** The nodes move with the camera, and as the tree grows. */
  follow() {
    const said = [];
    this.before = [];
    const pointed = new Set([...this.element.children].map((ring) => ring.dataset.node));
    const inLine = (id) => pointed.has(parentOf(id)) || [...pointed].some((other) => parentOf(other) === id);
    const quietLast = [...this.element.children].sort((a, b) => (a.dataset.quiet === "true") - (b.dataset.quiet === "true"));
    for (const ring of quietLast) {
      const place = this.canvas.positionOf(ring.dataset.node);
      ring.hidden = !place;
      if (!place) continue;
      const label = ring.firstElementChild;
      // Where a tree grows downwards, words stand below their mark: of steps of one path that are spoken
      // of, what one says above its mark would stand at the words of the step before.
      const beside = ring.dataset.beside === "true" && (!this.canvas.vertical || inLine(ring.dataset.node));
      const from = ring.dataset.after ? this.canvas.positionOf(ring.dataset.after) : null;
      const back = beside && from !== null && Math.abs(from.y - place.y) < ABOVE;
      const before = beside || (!this.canvas.vertical && standsBefore(place, label, this.canvas.positionOf(parentOf(ring.dataset.node))));
      ring.dataset.before = String(before && !back);
      ring.dataset.back = String(back);
      const reach = Math.round(Math.max(LEAST, this.canvas.reachOf(ring.dataset.node) + AROUND));
      ring.style.setProperty("--reach", `${reach}px`);
      ring.style.transform = `translate(${Math.round(place.x)}px, ${Math.round(place.y)}px)`;
      if (ring.dataset.clear === "true") this.putClear(ring, place, reach, said);
      else this.keepInside(label, place, said);
    }
    this.canvas.words.others = said;
  }
}

/**
 * Whether what a ring says stands before its mark, in a tree that grows to the right: above, it would
 * cover its level's name; and before it there are no words of the step that it comes from.
 *
 * @param {{x: number, y: number}} place - of the mark, in pixels @param {?{offsetWidth: number, offsetHeight: number}} label
 * @param {?{x: number, y: number}} from - the mark of the step before; null: it is not to be seen.
 */
export function standsBefore({ x, y }, label, from) {
  if (!label || !from || Math.abs(from.y - y) < 2 * ABOVE) return false;
  return y - ABOVE - label.offsetHeight < NAMES && x - BEFORE - label.offsetWidth >= EDGE;
}

/** Whether two boxes of the same height lie over each other. */
const meet = (a, b) => a.left < b.right && b.left < a.right && Math.abs(a.top - b.top) < a.height;

const parentOf = (id) => (id.includes(".") ? id.slice(0, id.lastIndexOf(".")) : ROOT);
