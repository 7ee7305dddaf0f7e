// The key below a drawing: each mark that occurs in it, its name, and how many there are.

import { displayState } from "../log/visible.js";
import { element, escaped } from "./svg_context.js";
import { markElement } from "./marks.js";
import { ROOT } from "../log/tree.js";
import { UNDECIDED_MARK } from "../words/doubts.js";

const LINE = 22;
const SIZE = 13;
const RADIUS = 6;
const WORDS_AT = 20;
const GAP = 20;

/**
 * @param {import("../log/tree.js").Tree} tree
 * @param {import("../log/visible.js").Visible} visible
 * @param {Object} palette
 * @returns {{spec: ?Object, words: string}[]}
 */
export function entriesOf(tree, visible, palette) {
  const counts = new Map();
  const count = (name) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const node of tree.nodes.values()) {
    if (node.id === ROOT || !visible.has(node.id)) continue;
    count(displayState(tree, node));
    if (node.right !== null) count(node.right ? "right" : "wrong");
    if (node.right_undecided) count("undecided");
  }
  const entries = [];
  for (const [name, spec] of [...Object.entries(palette.states), ...Object.entries(palette.grades)])
    if (counts.get(name)) entries.push({ spec, words: `${spec.label} ${counts.get(name)}` });
  if (counts.get("undecided")) entries.push({ spec: null, words: `${UNDECIDED_MARK} Undecided ${counts.get("undecided")}` });
  return entries;
}

/**
 * @param {{spec: ?Object, words: string}[]} entries
 * @param {import("../picture/theme.js").Theme} theme
 * @param {(words: string, size: number) => number} widthOf - of words, in pixels.
 * @param {number} width - the room there is.
 * @returns {{drawn: string, height: number}}
 */
export function drawKey(entries, theme, widthOf, width) {
  let x = 0;
  let y = LINE / 2;
  let drawn = "";
  for (const { spec, words } of entries) {
    const room = widthOf(words, SIZE) + (spec ? WORDS_AT : 0);
    if (x > 0 && x + room > width) {
      x = 0;
      y += LINE;
    }
    if (spec) drawn += markElement(spec, theme.colours(spec), x + RADIUS + 2, y, RADIUS);
    const attributes = { x: x + (spec ? WORDS_AT : 0), y: y + 4.5, "font-size": SIZE, fill: theme.base.subtle };
    drawn += element("text", attributes, escaped(words));
    x += room + GAP;
  }
  return { drawn, height: entries.length ? y + LINE / 2 : 0 };
}
