// Edges: batches of one style each, the winning path on top, and a duplicate's link to its original.

import { STATES } from "./branches.js";

const CURVES_FROM = 5;
const MOST_CURVES = 3000;
const LINK_BEND = 26;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {{scene: import("./scene.js").Scene, sight: import("./sight.js").Sight, camera: Object, ghost: number,
 *   plan: import("./word_plan.js").WordPlan}} picture - edges go around its words; `ghost` is the opacity of what is filtered away.
 */
export function paintEdges(ctx, theme, { scene, sight, camera, ghost, plan }) {
  const groups = groupByCode(scene, sight.edges);
  const { states } = theme.palette;
  for (const [code, group] of groups.faint) {
    ctx.globalAlpha = ghost;
    stroke(ctx, scene, camera, plan, group, theme.edge(states[STATES[code]]));
  }
  ctx.globalAlpha = 1;
  for (const [code, group] of groups.plain) stroke(ctx, scene, camera, plan, group, theme.edge(states[STATES[code]]));
  const style = theme.edge(states.chosen);
  stroke(ctx, scene, camera, plan, groups.winning, { ...style, width: style.casing, colour: theme.base.casing });
  stroke(ctx, scene, camera, plan, groups.winning, style);
}

/** Edges by the state that they lead to; faint ones and those of the chosen path apart. */
function groupByCode(scene, edges) {
  const { codes } = scene.branches;
  const groups = { faint: new Map(), plain: new Map(), winning: [] };
  const add = (map, code, index) => {
    if (map.has(code)) map.get(code).push(index);
    else map.set(code, [index]);
  };
  for (const index of edges) {
    if (scene.winning.has(index)) groups.winning.push(index);
    else add(scene.isFaint(index) ? groups.faint : groups.plain, codes[index], index);
  }
  return groups;
}

/** One path for many edges: thousands of single strokes would be slow. */
function stroke(ctx, { places, u, d }, camera, plan, edges, { dash, width, colour }) {
  if (!edges.length) return;
  const detailed = camera.ku >= CURVES_FROM && edges.length < MOST_CURVES;
  const { ku, kd, ou, od, vertical } = camera;
  ctx.strokeStyle = colour;
  ctx.lineWidth = detailed ? width * Math.min(1, Math.max(0.6, ku / 20)) : Math.min(width, 1);
  ctx.lineCap = dash.length ? "butt" : "round";
  ctx.setLineDash(detailed ? dash : []);
  ctx.beginPath();
  for (const index of edges) {
    const parent = places.parents[index];
    const [from, fromAcross] = [od + d[parent] * kd, ou + u[parent] * ku];
    const [along, across] = [od + d[index] * kd, ou + u[index] * ku];
    const { out, bend } = plan.wayOut(places.ids[parent], places.d[parent], along - from);
    const [start, turn, middle] = [from + out, from + bend, (from + bend + along) / 2];
    if (vertical) {
      ctx.moveTo(fromAcross, start);
      if (turn > start) ctx.lineTo(fromAcross, turn);
      if (detailed) ctx.bezierCurveTo(fromAcross, middle, across, middle, across, along);
      else ctx.lineTo(across, along);
    } else {
      ctx.moveTo(start, fromAcross);
      if (turn > start) ctx.lineTo(turn, fromAcross);
      if (detailed) ctx.bezierCurveTo(middle, fromAcross, middle, across, along, across);
      else ctx.lineTo(along, across);
    }
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

/** The link from the duplicate that is pointed at or selected to its original. */
export function paintLinks(ctx, theme, { scene: { items }, camera, view }) {
  const style = theme.edge(theme.palette.states.merged);
  ctx.strokeStyle = style.colour;
  ctx.lineWidth = style.width + 0.5;
  ctx.setLineDash(style.dash);
  for (const id of new Set([view.selected, view.hovered])) {
    const item = id ? items.get(id)?.place(camera) : null;
    const original = item?.link ? items.get(item.link)?.place(camera) : null;
    if (!original) continue;
    const across = camera.vertical
      ? [(item.x + original.x) / 2, item.y + LINK_BEND]
      : [item.x + LINK_BEND, (item.y + original.y) / 2];
    ctx.beginPath();
    ctx.moveTo(item.x, item.y);
    ctx.quadraticCurveTo(...across, original.x, original.y);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}
