// Branches that are too dense for marks: one silhouette each, with the number of its steps and its
// best score where there is room. Solid where the search goes on or has an answer, dashed where all is cut.

import { count, plural, score } from "../words/format.js";

const FILL = 0.16;
/** A silhouette is at least this wide to each side, in pixels: a chain is a line otherwise. */
const LEAST_HALF = 1.25;
/** Levels closer than this, in pixels, need no corner of their own. */
const CORNER = 3;
/** Size of the words, and the room that they take, in pixels. */
const WORDS = { size: 11, pad: 4, height: 15, width: 20 };

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
  const groups = { cut: [], live: [] };
  for (const branch of branches) groups[isLive(scene, branch) ? "live" : "cut"].push(branch);
  for (const [name, state] of Object.entries({ cut: states.pruned, live: states.kept })) {
    const { colour, dash } = theme.edge(state);
    ctx.beginPath();
    for (const branch of groups[name]) trace(ctx, outline(scene, camera, branch), camera.vertical);
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.globalAlpha = FILL;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.lineWidth = 1;
    ctx.setLineDash(dash.length ? [3, 2] : []);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

function isLive({ branches: { live } }, { from, to }) {
  for (let i = from; i < to; i += 1) if (live[i]) return true;
  return false;
}

/**
 * The corners of a silhouette: `[along, across]` in pixels, from the parent down one edge and up
 * the other.
 */
function outline({ places, u, d }, camera, { parent, from, to }) {
  const { first } = places;
  const edges = [[], []];
  let last = -Infinity;
  for (let [low, high] = [from, to]; low < high; [low, high] = [first[low], first[high]]) {
    const along = camera.od + d[low] * camera.kd;
    const deepest = first[low] === first[high];
    if (along - last < CORNER && !deepest) continue;
    last = along;
    const [left, right] = [camera.ou + u[low] * camera.ku, camera.ou + u[high - 1] * camera.ku];
    const half = Math.max(0, LEAST_HALF - (right - left) / 2);
    edges[0].push([along, left - half]);
    edges[1].push([along, right + half]);
  }
  return [[camera.od + d[parent] * camera.kd, camera.ou + u[parent] * camera.ku], ...edges[0], ...edges[1].reverse()];
}

function trace(ctx, corners, vertical) {
  corners.forEach(([along, across], index) => {
    const [x, y] = vertical ? [across, along] : [along, across];
    if (index) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
  });
  ctx.closePath();
}

/** The box of a branch without its parent, in pixels. */
function boxOf({ places }, camera, { from, to }) {
  let dMost = 0;
  for (let i = from; i < to; i += 1) dMost = Math.max(dMost, places.dMost[i]);
  const across = [places.uLeast[from], places.uMost[to - 1]].map((u) => camera.ou + u * camera.ku);
  const along = [places.d[from], dMost].map((d) => camera.od + d * camera.kd);
  const [[left, right], [top, bottom]] = camera.vertical ? [across, along] : [along, across];
  return { left, top, width: right - left, height: bottom - top };
}

/** "1,240 steps, best 0.93": a silhouette's own words. */
function branchWords({ count: steps, best, answers }) {
  const parts = [plural(steps, "step")];
  if (answers) parts.push(plural(answers, "answer"));
  if (best !== null) parts.push(`best ${score(best)}`);
  return parts.join(", ");
}

/**
 * Words for silhouettes that have room for them, largest first.
 *
 * @param {import("./lettering.js").Lettering} lettering - leaves out what would lie on other words.
 */
export function letterSilhouettes(lettering, scene, camera, branches) {
  for (const branch of branches) {
    const box = boxOf(scene, camera, branch);
    if (box.height < WORDS.height || box.width < WORDS.width) continue;
    const summary = scene.branches.of(branch);
    lettering.inside(box, [branchWords(summary), count(summary.count)], WORDS);
  }
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
