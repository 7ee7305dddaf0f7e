// How much room across each node of the layout gets: as much as its words need, as far as the
// picture has it. A step that goes on has words that are read; one that ends there needs less. What
// is a leaf is a question of shape alone, so that no decision moves what stands already; only where a
// narrow picture cannot have the words of all, the chosen path is given room once it is known. Pure.

import { layoutTree } from "./layout.js";

/** Larger trees have no room for words as a whole: they are read by going nearer. */
const MOST_WORDED = 600;

/**
 * Ways to share the room out, the most generous first: pixels per unit below which it is too much,
 * and the units of a step that goes on, of one that does not, and of an answer or a fold; and of a
 * step of the chosen path, and of the chosen answer, where that is more than of others.
 */
const SHARES = {
  right: [
    { least: 24, inner: 2.4, leaf: 1, wide: 1.3 },
    { least: 21, inner: 1.3, leaf: 1, wide: 1.3 },
    { least: 20, inner: 1.3, leaf: 0.7, wide: 1.1 },
    { least: 16, inner: 1.2, leaf: 0.75, wide: 1.15 },
    { least: 12, inner: 1, leaf: 0.8, wide: 1.3 },
  ],
  down: [
    { least: 16, inner: 6, leaf: 1, wide: 3.2 },
    { least: 16, inner: 5, leaf: 1, wide: 1.5 },
    { least: 13, inner: 1, leaf: 0.8, wide: 1.3, chosen: 6.5 },
    { least: 12, inner: 0.85, leaf: 0.85, wide: 0.9, chosen: 6 },
    { least: 12, inner: 1, leaf: 0.8, wide: 1.3, end: 4.5 },
    { least: 0, inner: 1, leaf: 0.8, wide: 1.25, end: 4.5 },
  ],
};
const MARKS = { inner: 1, leaf: 0.8, wide: 1.25 };

/**
 * Lay a tree out with as much room for words as there is.
 *
 * @param {import("./level_order.js").Order} order
 * @param {(id: string, index: number) => boolean} isWide - it is an answer, or a fold.
 * @param {{across: number, vertical: boolean}} room - pixels across that the whole tree can have;
 *   0: not known.
 * @param {Set<string>} [chosen] - the steps of the chosen path.
 * @returns {import("./places.js").Places}
 */
export function layoutWithRoom(order, isWide, { across, vertical }, chosen = new Set()) {
  const widths = (shares) => (id, index, leaf) => {
    if (leaf && shares.end && chosen.has(id)) return shares.end;
    if (leaf) return isWide(id, index) ? shares.wide : shares.leaf;
    return shares.chosen && chosen.has(id) ? shares.chosen : shares.inner;
  };
  const places = layoutTree(order, widths(MARKS));
  if (!across || places.size > MOST_WORDED) return places;
  for (const shares of vertical ? SHARES.down : SHARES.right) {
    const generous = layoutTree(order, widths(shares));
    const { uMin, uMax } = generous.bounds;
    if ((uMax - uMin) * shares.least <= across) return generous;
  }
  return places;
}
