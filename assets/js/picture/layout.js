// Tidy tree layout in units: depth d along the tree, u across it. Linear time, iterative, pure.
//
// Reingold and Tilford's idea: lay out each subtree by itself, then push siblings apart until their
// contours no longer touch, and centre the parent above them. A contour is kept deepest level
// first, so that putting a parent on top is a push; joining two costs the shorter one's height,
// which makes the whole layout linear. Children stay in the order given and the root at u = 0, so
// the same tree always looks the same and a growing one keeps its shape.

const SIBLING_GAP = 1;
const COUSIN_GAP = 1.4;

/**
 * @param {string} root
 * @param {(id: string) => string[]} childrenOf
 * @param {(id: string) => number} [widthOf] - room that a leaf needs, in siblings.
 * @returns {Map<string, {u: number, d: number}>} in depth-first order, parents before children.
 */
export function layoutTree(root, childrenOf, widthOf = () => 1) {
  const order = preorder(root, childrenOf);
  const blocks = new Map();
  for (let i = order.length - 1; i >= 0; i -= 1) {
    const entry = order[i];
    blocks.set(entry.id, entry.children.length ? place(entry.children, blocks) : leaf(widthOf(entry.id)));
    for (const child of entry.children) blocks.get(child).contour = null;
  }
  return absolute(order, blocks);
}

function preorder(root, childrenOf) {
  const order = [];
  const stack = [{ id: root, depth: 0 }];
  while (stack.length) {
    const entry = stack.pop();
    entry.children = childrenOf(entry.id);
    order.push(entry);
    for (let i = entry.children.length - 1; i >= 0; i -= 1) {
      stack.push({ id: entry.children[i], depth: entry.depth + 1 });
    }
  }
  return order;
}

function leaf(width) {
  const half = (width - 1) / 2;
  return { offsets: [], contour: { left: [-half], right: [half], shift: 0 } };
}

/** A subtree's block: where its children stand relative to it, and its contour around it. */
function place(children, blocks) {
  const offsets = [0];
  let forest = blocks.get(children[0]).contour;
  for (let i = 1; i < children.length; i += 1) {
    const contour = blocks.get(children[i]).contour;
    const offset = distance(forest, contour);
    offsets.push(offset);
    contour.shift += offset;
    forest = join(forest, contour);
  }
  spreadLeaves(children, blocks, offsets);
  const centre = (offsets[0] + offsets.at(-1)) / 2;
  forest.shift -= centre;
  forest.left.push(-forest.shift);
  forest.right.push(-forest.shift);
  return { offsets: offsets.map((offset) => offset - centre), contour: forest };
}

/** How far right the next subtree must stand so that no level touches the forest before it. */
function distance(forest, next) {
  const levels = Math.min(forest.right.length, next.left.length);
  let most = -Infinity;
  for (let level = 0; level < levels; level += 1) {
    const right = forest.right[forest.right.length - 1 - level] + forest.shift;
    const left = next.left[next.left.length - 1 - level] + next.shift;
    most = Math.max(most, right - left + (level === 0 ? SIBLING_GAP : COUSIN_GAP));
  }
  return most;
}

/** One contour around both; the taller one's arrays are reused. */
function join(forest, next) {
  const taller = forest.left.length >= next.left.length ? forest : next;
  const shorter = taller === forest ? next : forest;
  const [side, from] = taller === forest ? ["right", next] : ["left", forest];
  const base = taller[side].length;
  const size = shorter[side].length;
  for (let level = 0; level < size; level += 1) {
    taller[side][base - 1 - level] = from[side][size - 1 - level] + from.shift - taller.shift;
  }
  return taller;
}

/** Leaves between two branches share the room evenly instead of crowding at the first branch. */
function spreadLeaves(children, blocks, offsets) {
  let anchor = 0;
  for (let i = 1; i < children.length; i += 1) {
    if (!blocks.get(children[i]).offsets.length && i < children.length - 1) continue;
    const step = (offsets[i] - offsets[anchor]) / (i - anchor);
    for (let k = anchor + 1; k < i; k += 1) offsets[k] = offsets[anchor] + step * (k - anchor);
    anchor = i;
  }
}

function absolute(order, blocks) {
  const places = new Map([[order[0].id, { u: 0, d: 0 }]]);
  for (const { id, children, depth } of order) {
    const { u } = places.get(id);
    const { offsets } = blocks.get(id);
    for (let i = 0; i < children.length; i += 1) places.set(children[i], { u: u + offsets[i], d: depth + 1 });
  }
  return places;
}

/** The smallest box around all places: `{uMin, uMax, dMax}`. */
export function boundsOf(places) {
  const bounds = { uMin: 0, uMax: 0, dMax: 0 };
  for (const { u, d } of places) {
    if (u < bounds.uMin) bounds.uMin = u;
    if (u > bounds.uMax) bounds.uMax = u;
    if (d > bounds.dMax) bounds.dMax = d;
  }
  return bounds;
}
