// Jumps: a dashed, curved arrow to where the writing went on that was not below the text before
// it. In a stream that is a jump back; among attempts, it leads to the attempt that revises one.

/** More arrows than this would hide the tree: then only those of the selected node are drawn. */
const MOST_ARROWS = 48;
/** Pixels per sibling below which arrows are only drawn for the selected node. */
const ARROWS_FROM = 8;
/** Pixels beyond the picture's edge from which an arrow still reaches into it. */
const REACH = 60;
const DASH = [5, 4];
const HEAD = 7;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {{scene: import("./scene.js").Scene, camera: Object, view: Object, radius: (item: Object) => number}} picture
 * @returns {{x: number, y: number, text: string}[]} where the arrows' numbers belong.
 */
export function paintJumps(ctx, theme, { scene, camera, view, radius }) {
  const arrows = arrowsOf(scene, camera);
  const all = arrows.length <= MOST_ARROWS && camera.ku >= ARROWS_FROM;
  const numbers = [];
  for (const { from, to, number } of arrows) {
    const chosen = touches(view, from, to);
    if (!chosen && !all) continue;
    if (!isSeen(to, view) && !isSeen(from, view)) continue;
    ctx.strokeStyle = ctx.fillStyle = chosen ? theme.base.focus : theme.base.subtle;
    ctx.lineWidth = chosen ? 2.5 : 1.25;
    const middle = arrow(ctx, from, to, camera, radius(to));
    if (arrows.length > 1) numbers.push({ ...middle, text: String(number) });
  }
  return numbers;
}

/** Every jump whose ends are both in the picture, numbered in the order of writing. */
function arrowsOf(scene, camera) {
  const arrows = [];
  for (const to of scene.jumps()) {
    const from = scene.items.get(to.after);
    if (from && !from.ghost && !to.ghost) arrows.push({ from: from.place(camera), to: to.place(camera) });
  }
  arrows.sort((a, b) => a.to.order - b.to.order);
  return arrows.map((arrow, index) => ({ ...arrow, number: index + 1 }));
}

const isSeen = ({ x, y }, { width, height }) =>
  x > -REACH && x < width + REACH && y > -REACH && y < height + REACH;

const touches = ({ selected, hovered }, from, to) =>
  [selected, hovered].some((id) => id && (id === from.id || id === to.id));

/** A curve that leaves in the direction of growth and arrives from the side; its middle is returned. */
function arrow(ctx, from, to, camera, radius) {
  const along = camera.vertical ? [0, 1] : [1, 0];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const reach = Math.min(90, 24 + Math.hypot(dx, dy) / 4);
  const out = { x: from.x + along[0] * reach, y: from.y + along[1] * reach };
  // Arrive against the growth, across the free room before the mark's own edge.
  const bend = camera.vertical ? [Math.sign(dx || 1) * -18, -reach * 0.2] : [-reach * 0.2, Math.sign(dy || 1) * -18];
  const into = { x: to.x + bend[0], y: to.y + bend[1] };
  const angle = Math.atan2(to.y - into.y, to.x - into.x);
  const tip = { x: to.x - Math.cos(angle) * (radius + 2), y: to.y - Math.sin(angle) * (radius + 2) };
  ctx.setLineDash(DASH);
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.bezierCurveTo(out.x, out.y, into.x, into.y, tip.x - Math.cos(angle) * HEAD, tip.y - Math.sin(angle) * HEAD);
  ctx.stroke();
  ctx.setLineDash([]);
  head(ctx, tip, angle);
  return { x: (from.x + 3 * out.x + 3 * into.x + tip.x) / 8, y: (from.y + 3 * out.y + 3 * into.y + tip.y) / 8 };
}

function head(ctx, { x, y }, angle) {
  const wing = (turn) => [x - HEAD * 1.3 * Math.cos(angle + turn), y - HEAD * 1.3 * Math.sin(angle + turn)];
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(...wing(0.45));
  ctx.lineTo(...wing(-0.45));
  ctx.closePath();
  ctx.fill();
}
