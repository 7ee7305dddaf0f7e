// Edges: batches of one style each, the winning path on top, and a duplicate's link to its original.

const CURVES_FROM = 5;
const MOST_CURVES = 3000;
const LINK_BEND = 26;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {{items: Map, camera: Object, view: Object, ghost: number}} picture - items know their place
 *   on the screen; `ghost` is the opacity of what the legend filters away.
 */
export function paintEdges(ctx, theme, { items, camera, view, ghost, words }) {
  const groups = new Map();
  const winning = [];
  for (const item of items.values()) {
    if (!item.parent || !(item.onScreen || item.parent.onScreen || crosses(item, view))) continue;
    const key = item.ghost ? "ghost" : item.state;
    if (item.winning) winning.push(item);
    else if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  const { states } = theme.palette;
  for (const [key, group] of groups) {
    ctx.globalAlpha = key === "ghost" ? ghost : 1;
    stroke(ctx, camera, words, group, theme.edge(states[key === "ghost" ? "pruned" : key]));
  }
  ctx.globalAlpha = 1;
  const style = theme.edge(states.chosen);
  stroke(ctx, camera, words, winning, { ...style, width: style.casing, colour: theme.base.casing });
  stroke(ctx, camera, words, winning, style);
}

/** An edge whose ends are both outside can still cross the picture. */
function crosses({ x, y, parent }, { width, height }) {
  const [left, right] = x < parent.x ? [x, parent.x] : [parent.x, x];
  const [top, bottom] = y < parent.y ? [y, parent.y] : [parent.y, y];
  return left < width && right > 0 && top < height && bottom > 0;
}

/** One path for many edges: thousands of single strokes would be slow. */
function stroke(ctx, camera, words, items, { dash, width, colour }) {
  if (!items.length) return;
  const detailed = camera.ku >= CURVES_FROM && items.length < MOST_CURVES;
  ctx.strokeStyle = colour;
  ctx.lineWidth = detailed ? width * Math.min(1, Math.max(0.6, camera.ku / 20)) : Math.min(width, 1);
  ctx.lineCap = dash.length ? "butt" : "round";
  ctx.setLineDash(detailed ? dash : []);
  ctx.beginPath();
  for (const { x, y, parent } of items) {
    const { out, bend } = words.wayOut(parent, camera.vertical ? y - parent.y : x - parent.x);
    if (camera.vertical) {
      ctx.moveTo(parent.x, parent.y + out);
      ctx.lineTo(parent.x, parent.y + bend);
      const middle = (parent.y + bend + y) / 2;
      if (detailed) ctx.bezierCurveTo(parent.x, middle, x, middle, x, y);
      else ctx.lineTo(x, y);
    } else {
      ctx.moveTo(parent.x + out, parent.y);
      ctx.lineTo(parent.x + bend, parent.y);
      const middle = (parent.x + bend + x) / 2;
      if (detailed) ctx.bezierCurveTo(middle, parent.y, middle, y, x, y);
      else ctx.lineTo(x, y);
    }
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

/** The link from the duplicate that is pointed at or selected to its original. */
export function paintLinks(ctx, theme, { items, camera, view }) {
  const style = theme.edge(theme.palette.states.merged);
  ctx.strokeStyle = style.colour;
  ctx.lineWidth = style.width + 0.5;
  ctx.setLineDash(style.dash);
  for (const id of new Set([view.selected, view.hovered])) {
    const item = items.get(id);
    const original = item?.link ? items.get(item.link) : null;
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
