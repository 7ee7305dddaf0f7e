// Ways through the tree: to a child, a sibling, a cousin, to the next node of some kind. Pure.

import { isFold } from "./visible.js";
import { ROOT } from "./tree.js";

/** The child on the winning path, else the first one that is kept, else the first; null: none. */
export function inward(visible, id) {
  if (isFold(id)) return null;
  const { tree } = visible;
  const children = visible.children(id);
  return (
    children.find((child) => isOnChosenPath(tree, child)) ??
    children.find((child) => tree.nodes.get(child)?.state === "kept") ??
    children[0] ??
    null
  );
}

function isOnChosenPath({ chosen }, id) {
  return chosen !== null && (chosen === id || chosen.startsWith(`${id}.`));
}

/**
 * A sibling: the next one (`by` = 1), the one before (-1), the first or last (±Infinity). Beyond
 * the ends of the family it is the neighbour at the same depth; null where there is none.
 */
export function sibling(visible, id, by) {
  const parent = visible.parent(id);
  if (!parent) return null;
  const family = visible.children(parent);
  const index = family.indexOf(id) + by;
  if (!Number.isFinite(index)) return family.at(index < 0 ? 0 : -1);
  return family[index] ?? cousin(visible, id, by);
}

function cousin(visible, id, by) {
  let level = null;
  const rows = [];
  for (const [other, depth] of visible.walk(ROOT)) {
    rows.push([other, depth]);
    if (other === id) level = depth;
  }
  const peers = rows.filter(([, depth]) => depth === level).map(([other]) => other);
  return peers[peers.indexOf(id) + by] ?? null;
}

/**
 * The next node that fits, in depth-first order after `from` and round to it again; null: none.
 *
 * @param {import("./tree.js").Tree} tree
 * @param {?string} from - null, or what is no node: from the root on.
 * @param {(node: Object) => boolean} fits - asked of every node but the root.
 */
export function nextNode(tree, from, fits) {
  const order = depthFirst(tree);
  const first = order.indexOf(from) + 1;
  for (let i = 0; i < order.length; i += 1) {
    const id = order[(first + i) % order.length];
    if (id !== ROOT && fits(tree.nodes.get(id))) return id;
  }
  return null;
}

function depthFirst(tree) {
  const order = [];
  const stack = tree.root ? [ROOT] : [];
  while (stack.length) {
    const id = stack.pop();
    order.push(id);
    for (const child of tree.nodes.get(id).children.toReversed()) stack.push(child);
  }
  return order;
}

/** The node to keep in sight while the tree grows: the newest one that is not cut; `event` is the newest. */
export function frontierOf(tree, event) {
  return tree.chosen ?? event?.id ?? event?.kept?.at(-1)?.[0] ?? null;
}
