// Draws jumps: dashed arrows along their lanes, and a curve where an arrow has none.

import { arrowsOf } from "./lanes.js";

const DASH = [5, 4];
const HEAD = 7;
const CORNER = 6;
const OFF = 2;
const NUMBER = { room: 12, away: 8 };

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {{scene: import("./scene.js").Scene, camera: Object, view: Object,
 *   plan: import("./word_plan.js").WordPlan, radius: (item: Object) => number}} picture - an arrow
 *   without a lane is drawn for what is selected or pointed at.
 * @returns {{x: number, y: number, text: string}[]} the arrows' numbers, in the order of writing.
 */
export function paintJumps(ctx, theme, { scene, camera, view, plan, radius }) {
  const arrows = arrowsOf(scene);
  const numbers = [];
  for (const [index, { from, to }] of arrows.entries()) {
    const chosen = touches(view, from, to);
    const lane = plan.laneOf(to);
    if (!chosen && !lane) continue;
    for (const item of [from, to]) item.place(camera);
    ctx.strokeStyle = ctx.fillStyle = chosen ? theme.base.focus : theme.base.muted;
    ctx.lineWidth = chosen ? 2.5 : 1.25;
    const along = camera.vertical ? (point) => [point[1], point[0]] : (point) => point;
    const path = wayOf(from, to, lane, camera, radius).map(along);
    ctx.setLineDash(DASH);
    ctx.beginPath();
    ctx.moveTo(...path[0]);
    for (let i = 1; i < path.length - 1; i += 1) turn(ctx, path[i - 1], path[i], path[i + 1]);
    ctx.lineTo(...path.at(-1));
    ctx.stroke();
    ctx.setLineDash([]);
    head(ctx, path.at(-2), path.at(-1));
    if (lane !== null && arrows.length > 1) numbers.push(...numberOf(index + 1, path, camera));
  }
  return numbers;
}

/** An arrow's number stands beside its last part, on the side where words keep away from marks. */
function numberOf(number, path, { vertical }) {
  const [[fromX, fromY], [x, y]] = path.slice(-2);
  const room = Math.hypot(x - fromX, y - fromY);
  if (room < NUMBER.room) return [];
  const middle = [(x + fromX) / 2, (y + fromY) / 2];
  const [dx, dy] = vertical ? [0, NUMBER.away] : [NUMBER.away, 0];
  return [{ x: middle[0] + dx, y: middle[1] + dy, text: String(number) }];
}

/** A rounded corner. */
function turn(ctx, before, corner, after) {
  const towards = (point) => {
    const distance = Math.hypot(point[0] - corner[0], point[1] - corner[1]) || 1;
    const part = Math.min(CORNER, distance / 2) / distance;
    return [0, 1].map((k) => corner[k] + (point[k] - corner[k]) * part);
  };
  ctx.lineTo(...towards(before));
  ctx.quadraticCurveTo(...corner, ...towards(after));
}

const touches = ({ selected, hovered }, from, to) =>
  [selected, hovered].some((id) => id && (id === from.id || id === to.id));

/** Corners of an arrow, `[along, across]`: out to the lane, along it, and into the mark from the side. */
function wayOf(from, to, lane, { vertical }, radius) {
  const [a, b] = [from, to].map(({ x, y }) => (vertical ? [y, x] : [x, y]));
  const middle = lane === null ? (a[1] + b[1]) / 2 : a[1] + lane;
  const side = (point, item) => point[1] + Math.sign(middle - point[1]) * (radius(item) + OFF);
  return [
    [a[0], side(a, from)],
    [a[0], middle],
    [b[0], middle],
    [b[0], side(b, to)],
  ];
}

function head(ctx, [fromX, fromY], [x, y]) {
  const angle = Math.atan2(y - fromY, x - fromX);
  const wing = (turn) => [x - HEAD * Math.cos(angle + turn), y - HEAD * Math.sin(angle + turn)];
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(...wing(0.45));
  ctx.lineTo(...wing(-0.45));
  ctx.closePath();
  ctx.fill();
}
