// What the steps of a lesson's tree are called, in words that its lessons have said. Pure.

import { ROOT } from "../log/tree.js";

/**
 * A step that is pointed at: its place, and its score. What became of it is in the picture, and would
 * answer a question.
 */
export function stepName(tree, visible, id) {
  const { score } = tree.nodes.get(id) ?? {};
  if (id === ROOT) return "Problem";
  return `Step ${id.split(".").length}${typeof score === "number" ? `, score ${score.toFixed(2)}` : ""}`;
}

/** For the ear, in the tree as text: what the picture shows of it, too. @param {Set<string>} known - terms. */
export function spokenName(tree, visible, id, known) {
  const node = tree.nodes.get(id);
  if (!node || id === ROOT) return stepName(tree, visible, id);
  const again = visible.duplicatesOf(id);
  const told = [
    stepName(tree, visible, id),
    node.state === "pruned" && (known.has("pruned") ? "pruned" : "left"),
    id === tree.chosen && "the answer given",
    node.right !== null && (node.right ? "right" : "wrong"),
    again > 0 && `written ${again + 1} times`,
    node.copies > 1 && `goes on ${node.copies} times`,
  ];
  return told.filter(Boolean).join(", ");
}
