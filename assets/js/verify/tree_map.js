// Verify: a tree as a map of where two verifiers disagree: the shape says which way, the size how
// far, and colour repeats it.

const SVG = "http://www.w3.org/2000/svg";
const ROW = 18;
const EDGE = 20;
/** Smaller changes are alike. */
const ALIKE = 0.05;

/** "up", "down", "alike", or "none" where one of the two has no score. */
export function direction({ was, now }) {
  if (was === null || now === null) return "none";
  const change = now - was;
  return Math.abs(change) < ALIKE ? "alike" : change > 0 ? "up" : "down";
}

/** Rows of leaves and depths as places: { id: { x, y } } in columns and rows, and how many of each. */
export function layout(nodes) {
  const children = new Map();
  for (const node of nodes) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  const known = new Set(nodes.map(({ id }) => id));
  const places = {};
  let rows = 0;
  // Not by recursion: a path may be hundreds of steps deep.
  const order = [];
  const open = nodes.filter(({ parent }) => !known.has(parent)).reverse();
  while (open.length) {
    const node = open.pop();
    order.push(node);
    const below = children.get(node.id) ?? [];
    if (!below.length) places[node.id] = { x: node.depth, y: rows++ };
    open.push(...[...below].reverse());
  }
  for (const node of order.reverse()) {
    const below = children.get(node.id);
    if (!below) continue;
    const ys = below.map(({ id }) => places[id].y);
    places[node.id] = { x: node.depth, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
  }
  return { places, rows, columns: Math.max(0, ...nodes.map(({ depth }) => depth)) };
}

/** The node that an arrow key leads to from `id`: up and down among siblings, then along the tree. */
export function neighbour(nodes, id, key) {
  const at = nodes.find((node) => node.id === id);
  if (!at) return nodes[0]?.id ?? null;
  if (key === "ArrowLeft") return nodes.some((node) => node.id === at.parent) ? at.parent : id;
  if (key === "ArrowRight") return nodes.find(({ parent }) => parent === id)?.id ?? id;
  const level = nodes.filter(({ depth }) => depth === at.depth);
  const { places } = layout(nodes);
  level.sort((a, b) => places[a.id].y - places[b.id].y);
  const place = level.indexOf(at) + (key === "ArrowDown" ? 1 : -1);
  return level[place]?.id ?? id;
}

const SHAPES = {
  up: (s) => `M0 ${-s}L${s} ${s * 0.8}L${-s} ${s * 0.8}Z`,
  down: (s) => `M0 ${s}L${s} ${-s * 0.8}L${-s} ${-s * 0.8}Z`,
  alike: () => "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z",
  none: () => "M-3 -3L3 3M-3 3L3 -3",
};

const element = (tag, attributes) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

/**
 * Draw the map into an SVG element.
 * @param {{id, parent, depth, was, now, state}[]} nodes
 * @param {{then: string[], now: string[]}} decided - the steps of the first different decision.
 */
export function drawMap(svg, nodes, decided, width) {
  const { places, rows, columns } = layout(nodes);
  const step = Math.max(26, Math.min(96, (width - 2 * EDGE) / Math.max(1, columns)));
  const at = (id) => (places[id] ? { x: EDGE + places[id].x * step, y: EDGE + places[id].y * ROW } : { x: EDGE, y: EDGE + ((rows - 1) / 2) * ROW });
  const size = { w: Math.max(width, 2 * EDGE + columns * step), h: 2 * EDGE + Math.max(0, rows - 1) * ROW };
  svg.setAttribute("viewBox", `0 0 ${size.w} ${size.h}`);
  svg.setAttribute("width", size.w);
  svg.setAttribute("height", size.h);
  svg.replaceChildren();
  for (const { id, parent, state } of nodes) {
    const from = at(parent);
    const to = at(id);
    const middle = (from.x + to.x) / 2;
    svg.append(element("path", { class: "edge", "data-cut": state === "pruned", d: `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}` }));
  }
  for (const node of nodes) {
    const { x, y } = at(node.id);
    const way = direction(node);
    const reach = way === "up" || way === "down" ? 4 + 4 * Math.min(1, Math.abs(node.now - node.was)) : 3;
    const group = element("g", { class: "mark", "data-id": node.id, "data-way": way, transform: `translate(${x} ${y})` });
    group.append(element("circle", { class: "reach", r: 9 }));
    if (decided.then.includes(node.id)) group.append(element("rect", { class: "ring", x: -9, y: -9, width: 18, height: 18 }));
    if (decided.now.includes(node.id)) group.append(element("circle", { class: "ring", r: 10 }));
    group.append(element("path", { class: "shape", d: SHAPES[way](reach) }));
    svg.append(group);
  }
}
