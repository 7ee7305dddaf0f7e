// Where a few words about a mark can stand without covering anything: neither words nor marks, nor
// what is said of another mark. Pure.

/** Pixels from a mark's middle to the words above or below it, and to those at its side. */
const ABOVE = 16;
const BESIDE = 19;
/** Words that end at their mark's side end so far beyond its middle. */
const HOLD = 12;
/** Pixels by which boxes may touch. */
const TOUCH = 1;

/** @typedef {{left: number, top: number, width: number, height: number}} Box - in pixels of the picture. */

/**
 * @param {{x: number, y: number, id: string}} mark - its middle, in pixels.
 * @param {{text: string, width: number, height: number}[]} texts - what may be said, the best first.
 * @param {{words: Map<string, Box>, boxes: Box[]}} plan - what is to be read in the picture, by id, and all that stands there.
 * @param {{left: number, right: number, top: number, bottom: number}[]} said - of other marks.
 * @param {{left: number, top: number, right: number, bottom: number}} edges - of the picture.
 * @returns {{text: string, left: number, right: number, top: number, bottom: number}} where nothing is free, where
 *   it covers least, and never the words of the mark itself where any other place is left.
 */
export function clearPlace({ x, y, id }, texts, plan, said, edges) {
  const own = plan.words.get(id);
  const isOwnMark = (box) => Math.abs(box.left + box.width / 2 - x) < 1 && Math.abs(box.top + box.height / 2 - y) < 1;
  const taken = plan.boxes.filter((box) => !isOwnMark(box));
  let best = null;
  for (const { text, width, height } of texts)
    for (const [left, top] of placesOf({ x, y }, width, height)) {
      const box = { text, left, top, right: left + width, bottom: top + height };
      if (left < edges.left || box.right > edges.right || top < edges.top || box.bottom > edges.bottom) continue;
      const covers = [...taken.map((other) => shared(box, sidesOf(other))), ...said.map((other) => shared(box, other))].reduce((sum, part) => sum + part, 0);
      if (!covers) return box;
      const cost = covers + (own && shared(box, sidesOf(own)) ? width * height : 0);
      if (!best || cost < best.cost) best = { cost, box };
    }
  return best?.box ?? within(texts.at(-1), { x, y }, edges);
}

/** Places for words of this size, the best first. @returns {[number, number][]} their upper left corners. */
const placesOf = ({ x, y }, width, height) => [
  [x - width / 2, y - ABOVE - height],
  [x + HOLD - width, y - ABOVE - height],
  [x - HOLD, y - ABOVE - height],
  [x - BESIDE - width, y - height / 2],
  [x - width / 2, y + ABOVE],
  [x + HOLD - width, y + ABOVE],
  [x + BESIDE, y - height / 2],
];

/** At a mark that is hardly in the picture: as near to it as lets the words be read. */
function within({ text, width, height }, { x, y }, edges) {
  const left = Math.max(edges.left, Math.min(edges.right - width, x - width / 2));
  const top = Math.max(edges.top, Math.min(edges.bottom - height, y - ABOVE - height));
  return { text, left, top, right: left + width, bottom: top + height };
}

const sidesOf = ({ left, top, width, height }) => ({ left, top, right: left + width, bottom: top + height });

/** Square pixels that two boxes share. */
const shared = (a, b) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left) - TOUCH) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - TOUCH);
