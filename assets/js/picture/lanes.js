// Jumps: where the writing went on that was not below the text before it. In a stream that is a
// jump back; among attempts, it leads to the attempt that revises one. An arrow goes from the one
// to the other along a lane between the siblings, so that it crosses neither marks nor words. Pure.

/** More arrows than this would hide the tree: then only those of the selected node are drawn. */
const MOST_ARROWS = 48;
/** Pixels per sibling below which arrows are only drawn for the selected node. */
const ARROWS_FROM = 8;
/** Where a lane is looked for: at this part of the way to the next sibling. */
const PARTS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.8, 1.2, 1.5];
const APART = 5;

/**
 * @typedef {Object} Lane
 * @property {import("./placing.js").Spot} from @property {import("./placing.js").Spot} to
 * @property {number} across - where it lies, in pixels across the tree.
 */

/** Every jump whose ends are both shown, in the order of writing. @param {import("./scene.js").Scene} scene */
export function arrowsOf(scene) {
  const arrows = [];
  for (const to of scene.jumps()) {
    const from = scene.items.get(to.after);
    if (from && !from.ghost && !to.ghost) arrows.push({ from, to });
  }
  return arrows.sort((a, b) => a.to.order - b.to.order);
}

/**
 * The lanes of all arrows, by the id of where they lead; null where there is none that is free, and
 * no lanes at all where arrows would hide the tree.
 *
 * @param {import("./scene.js").Scene} scene
 * @param {import("./placing.js").Spot[]} spots - what is in view of it.
 * @param {import("./placing.js").View & {across: number}} view
 * @returns {Map<string, ?Lane>}
 */
export function lanesOf(scene, spots, view) {
  const arrows = arrowsOf(scene);
  if (!arrows.length || arrows.length > MOST_ARROWS || view.across < ARROWS_FROM) return new Map();
  const places = new Map(spots.map((spot) => [spot.id, spot]));
  const lanes = new Map();
  for (const { from, to } of arrows) {
    const [start, end] = [places.get(from.id), places.get(to.id)];
    if (start && end) lanes.set(to.id, freeLane(start, end, spots, [...lanes.values()], view));
  }
  return lanes;
}

function freeLane(from, to, spots, others, view) {
  const across = ({ x, y }) => (view.vertical ? x : y);
  const [least, most] = [Math.min(from.depth, to.depth), Math.max(from.depth, to.depth)];
  const between = spots.filter(({ depth }) => depth >= least && depth <= most);
  const lanes = others.filter((lane) => lane && Math.min(lane.from.depth, lane.to.depth) <= most && Math.max(lane.from.depth, lane.to.depth) >= least);
  const way = Math.sign(across(to) - across(from)) || 1;
  const limit = view.vertical ? view.width : view.height;
  for (const part of PARTS) {
    const lane = across(from) + way * part * view.across;
    if (lane < APART || lane > limit - APART) continue;
    if (between.some((spot) => Math.abs(across(spot) - lane) < spot.radius + APART)) continue;
    if (lanes.some((other) => Math.abs(other.across - lane) < APART)) continue;
    const [low, high] = [Math.min(lane, across(to)), Math.max(lane, across(to))];
    const inTheWay = (spot) => spot !== to && spot.depth === to.depth && across(spot) > low && across(spot) < high;
    if (!between.some(inTheWay)) return { from, to, across: lane };
  }
  return null;
}
