// Tidy tree layout in units: depth d along the tree, u across it. Linear time, iterative, pure.
//
// Reingold and Tilford's idea: lay out each subtree by itself, then push siblings apart until their
// contours no longer touch, and centre the parent above them. A contour is a chain of nodes, one a
// level; where the shorter of two joined ones ends, a thread leads on along the taller one, so that
// joining costs the shorter one's height. Children stay in the order given and the root at u = 0,
// so the same tree always looks the same and a growing one keeps its shape.

import { Places } from "./places.js";

const SIBLING_GAP = 1;
const COUSIN_GAP = 1.4;
const NONE = -1;

/**
 * @param {import("./level_order.js").Order} order
 * @param {(id: string, index: number, leaf: boolean) => number} [widthOf] - room that a node needs
 *   on its level, in siblings.
 * @returns {Places}
 */
export function layoutTree({ ids, parents, first, rows }, widthOf = () => 1) {
  const size = ids.length;
  const shape = {
    first,
    halves: new Float64Array(size),
    offsets: new Float64Array(size),
    left: contour(size),
    right: contour(size),
  };
  for (let i = size - 1; i >= 0; i -= 1) {
    const leaf = first[i] === first[i + 1];
    shape.halves[i] = (widthOf(ids[i], i, leaf) - 1) / 2;
    if (!leaf) placeChildren(shape, i);
  }
  const u = shape.offsets;
  u[0] = 0;
  for (let i = 1; i < size; i += 1) u[i] += u[parents[i]];
  return new Places({ ids, parents, first, rows, u });
}

/** For each node, the next one down the contour and how far across it stands. */
const contour = (size) => ({ next: new Int32Array(size).fill(NONE), by: new Float64Array(size) });

/** Stand the children of a node beside each other, and the node in their middle. */
function placeChildren(shape, parent) {
  const { first, offsets, left, right } = shape;
  const [from, to] = [first[parent], first[parent + 1]];
  offsets[from] = 0;
  for (let child = from + 1; child < to; child += 1) join(shape, from, child);
  spreadLeaves(shape, from, to);
  const centre = (offsets[from] + offsets[to - 1]) / 2;
  for (let child = from; child < to; child += 1) offsets[child] -= centre;
  left.next[parent] = from;
  left.by[parent] = offsets[from];
  right.next[parent] = to - 1;
  right.by[parent] = offsets[to - 1];
}

/** Set the next child as close to the forest of those before it as no level touches. */
function join({ halves, offsets, left, right }, first, child) {
  // Four places go down the levels together: the forest's edges, and the newcomer's.
  let [forestLeft, forestRight, newLeft, newRight] = [first, child - 1, child, child];
  let [atForestLeft, atForestRight, atNewLeft, atNewRight] = [0, offsets[child - 1], 0, 0];
  let gap = SIBLING_GAP;
  let most = -Infinity;
  for (;;) {
    const room = atForestRight + halves[forestRight] - atNewLeft + halves[newLeft] + gap;
    if (room > most) most = room;
    gap = COUSIN_GAP;
    const [belowForest, belowNew] = [right.next[forestRight], left.next[newLeft]];
    if (belowForest === NONE || belowNew === NONE) break;
    atForestLeft += left.by[forestLeft];
    atNewRight += right.by[newRight];
    atForestRight += right.by[forestRight];
    atNewLeft += left.by[newLeft];
    [forestLeft, newRight, forestRight, newLeft] = [left.next[forestLeft], right.next[newRight], belowForest, belowNew];
  }
  offsets[child] = most;
  if (right.next[forestRight] !== NONE) {
    right.next[newRight] = right.next[forestRight];
    right.by[newRight] = atForestRight + right.by[forestRight] - most - atNewRight;
  } else if (left.next[newLeft] !== NONE) {
    left.next[forestLeft] = left.next[newLeft];
    left.by[forestLeft] = most + atNewLeft + left.by[newLeft] - atForestLeft;
  }
}

/** Leaves between two branches share the room evenly instead of crowding at the first branch. */
function spreadLeaves({ first, offsets }, from, to) {
  let anchor = from;
  for (let i = from + 1; i < to; i += 1) {
    if (first[i] === first[i + 1] && i < to - 1) continue;
    const step = (offsets[i] - offsets[anchor]) / (i - anchor);
    for (let k = anchor + 1; k < i; k += 1) offsets[k] = offsets[anchor] + step * (k - anchor);
    anchor = i;
  }
}
