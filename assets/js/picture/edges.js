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

/**
 * The way of an edge: where it comes out behind the words of the step above, where it bends, the
 * two handles of the curve, and the mark below.
 *
 * @param {{x, y, parent: {x, y}}} item - the lower end.
 * @param {{wayOut: (item: Object, distance: number) => {out: number, bend: number}}} words
 * @returns {[number, number][]} five points.
 */
export function edgeWay({ x, y, parent }, vertical, words) {
  const [from, across, to, end] = vertical ? [parent.y, parent.x, y, x] : [parent.x, parent.y, x, y];
  const { out, bend } = words.wayOut(parent, to - from);
  const middle = (from + bend + to) / 2;
  const way = [
    [from + out, across],
    [from + bend, across],
    [middle, across],
    [middle, end],
    [to, end],
  ];
  return vertical ? way.map(([along, at]) => [at, along]) : way;
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
  for (const item of items) {
    const [start, bend, first, second, end] = edgeWay(item, camera.vertical, words);
    ctx.moveTo(...start);
    ctx.lineTo(...bend);
    if (detailed) ctx.bezierCurveTo(...first, ...second, ...end);
    else ctx.lineTo(...end);
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
