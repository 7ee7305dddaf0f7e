// Branches that are too dense for marks: one silhouette each, with the number of its steps and its
// best score where there is room. Solid where the search goes on or has an answer, dashed where all is cut.

import { count, plural, score } from "../words/format.js";

const FILL = 0.16;
/** Of a branch in which nothing fits what is looked for. */
const FAINT = 0.35;
/** A silhouette is at least this wide to each side, in pixels: a chain is a line otherwise. */
const LEAST_HALF = 1.25;
/** Levels closer than this, in pixels, need no corner of their own. */
const CORNER = 3;
/** Size of the words, and the room that they take, in pixels. */
const WORDS = { size: 11, pad: 4, height: 15 };

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {import("./scene.js").Scene} scene
 * @param {import("./camera.js").Camera} camera
 * @param {import("./sight.js").Branch[]} branches
 */
export function paintSilhouettes(ctx, theme, scene, camera, branches) {
  if (!branches.length) return;
  const { states } = theme.palette;
  const groups = { faint: [], cut: [], live: [] };
  for (const branch of branches) groups[kindOf(scene, branch)].push(branch);
  for (const [name, state] of Object.entries({ faint: states.pruned, cut: states.pruned, live: states.kept })) {
    const { colour, dash } = theme.edge(state);
    const strength = name === "faint" ? FAINT : 1;
    ctx.beginPath();
    for (const branch of groups[name]) trace(ctx, scene, camera, branch);
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.globalAlpha = FILL * strength;
    ctx.fill();
    ctx.globalAlpha = strength;
    ctx.lineWidth = 1;
    ctx.setLineDash(dash.length ? [3, 2] : []);
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}

/** Whether the search goes on in a branch, and whether anything in it fits what is looked for. */
function kindOf({ branches: { live, fitting } }, { from, to }) {
  let [goesOn, fits] = [false, fitting === null];
  for (let i = from; i < to; i += 1) {
    goesOn ||= live[i] === 1;
    fits ||= fitting?.[i] > 0;
  }
  return fits ? (goesOn ? "live" : "cut") : "faint";
}

/**
 * How far a silhouette reaches at each of its levels, in pixels; without what needs no corner. A branch is
 * looked for anew with every other camera, and keeps what was worked out for this one.
 */
function levelsOf({ places, u, d }, camera, branch) {
  if (branch.camera === camera) return branch.levels;
  const { first } = places;
  const levels = [];
  let last = -Infinity;
  for (let [low, high] = [branch.from, branch.to]; low < high; [low, high] = [first[low], first[high]]) {
    const along = camera.od + d[low] * camera.kd;
    const deepest = first[low] === first[high];
    if (along - last < CORNER && !deepest) continue;
    last = along;
    const [left, right] = [camera.ou + u[low] * camera.ku, camera.ou + u[high - 1] * camera.ku];
    const half = Math.max(0, LEAST_HALF - (right - left) / 2);
    levels.push({ along, left: left - half, right: right + half });
  }
  Object.assign(branch, { camera, levels });
  return levels;
}

/**
 * The corners of a silhouette: `[along, across]` in pixels, from the parent down one edge and up
 * the other.
 */
function outline(scene, camera, branch) {
  const levels = levelsOf(scene, camera, branch);
  const { u, d } = scene;
  const tip = [camera.od + d[branch.parent] * camera.kd, camera.ou + u[branch.parent] * camera.ku];
  const left = levels.map((level) => [level.along, level.left]);
  const right = levels.map((level) => [level.along, level.right]);
  return [tip, ...left, ...right.reverse()];
}

/** The same as a path. */
function trace(ctx, scene, camera, branch) {
  const levels = levelsOf(scene, camera, branch);
  const to = camera.vertical ? (along, across) => ctx.lineTo(across, along) : (along, across) => ctx.lineTo(along, across);
  const along = camera.od + scene.d[branch.parent] * camera.kd;
  const across = camera.ou + scene.u[branch.parent] * camera.ku;
  if (camera.vertical) ctx.moveTo(across, along);
  else ctx.moveTo(along, across);
  for (const level of levels) to(level.along, level.left);
  for (let at = levels.length - 1; at >= 0; at -= 1) to(levels[at].along, levels[at].right);
  ctx.closePath();
}

/** "1,240 steps, best 0.93": a silhouette's own words. */
function branchWords({ count: steps, best, answers, fitting }) {
  const parts = [fitting === null ? plural(steps, "step") : `${count(fitting)} of ${plural(steps, "step")}`];
  if (answers) parts.push(plural(answers, "answer"));
  if (best !== null) parts.push(`best ${score(best)}`);
  return parts.join(", ");
}

/**
 * Words for silhouettes that have room for them.
 *
 * @param {import("./lettering.js").Lettering} lettering - leaves out what would lie on other words.
 */
export function letterSilhouettes(lettering, scene, camera, branches) {
  for (const branch of branches) {
    const levels = levelsOf(scene, camera, branch);
    if (!levels.some(({ left, right }) => right - left >= WORDS.height)) continue;
    const summary = scene.branches.of(branch);
    lettering.inside((width) => roomFor(levels, width, camera.vertical), [branchWords(summary), count(summary.count)], WORDS);
  }
}

/** The middle of words of this width that lie wholly in a silhouette, where it is broadest; or null. */
export function roomFor(levels, width, vertical) {
  // Words run along the tree, or, where it grows downwards, across it.
  const half = (vertical ? WORDS.height : width + 2 * WORDS.pad) / 2;
  const least = vertical ? width + 2 * WORDS.pad : WORDS.height;
  const [start, end] = [levels[0].along + half, levels.at(-1).along - half];
  let best = null;
  let first = 0; // of the levels that such words reach; from here on they are looked at in their order
  for (const { along, left, right } of levels) {
    while (levels[first].along < along - half) first += 1;
    if (along < start || along > end || right - left < least || right - left <= (best?.room ?? 0)) continue;
    let [from, to] = [left, right];
    for (let at = first; at < levels.length && levels[at].along <= along + half; at += 1) {
      if (levels[at].left > from) from = levels[at].left;
      if (levels[at].right < to) to = levels[at].right;
    }
    const room = to - from;
    if (room < least || room <= (best?.room ?? 0)) continue;
    best = { room, x: vertical ? (from + to) / 2 : along, y: vertical ? along : (from + to) / 2 };
  }
  return best;
}

/** Whether a point lies in a silhouette. */
export function contains(scene, camera, branch, x, y) {
  const [along, across] = camera.vertical ? [y, x] : [x, y];
  const corners = outline(scene, camera, branch);
  let inside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i, i += 1) {
    const [[ai, ci], [aj, cj]] = [corners[i], corners[j]];
    if (ci > across !== cj > across && along < ((aj - ai) * (across - ci)) / (cj - ci) + ai) inside = !inside;
  }
  return inside;
}
