// The step of another tree that says the same: the same words after the same words. Pure.

import { ROOT } from "../log/tree.js";

/** The words of the path to a node, from the first step on. */
function wordsTo(tree, id) {
  const words = [];
  for (let node = tree.nodes.get(id); node && node.id !== ROOT; node = tree.nodes.get(node.parent))
    words.push(node.text);
  return words.reverse();
}

/**
 * Where a step of one tree stands in another one.
 *
 * @param {import("../log/tree.js").Tree} tree - the tree in which it was selected.
 * @param {string} id
 * @param {import("../log/tree.js").Tree} other
 * @returns {{id: string, whole: boolean}} whole: it is there; otherwise the last step before it that is.
 */
export function counterpart(tree, id, other) {
  let at = ROOT;
  for (const [depth, words] of wordsTo(tree, id).entries()) {
    const same = other.nodes.get(at)?.children.filter((child) => other.nodes.get(child).text === words) ?? [];
    // Of several that say the same, the one of the same place, else the one that was gone on from.
    const place = id.split(".").slice(0, depth + 1).join(".");
    const next = same.find((child) => child === place) ?? same.find((child) => other.nodes.get(child).children.length) ?? same[0];
    if (!next) return { id: at, whole: false };
    at = next;
  }
  return { id: at, whole: true };
}
