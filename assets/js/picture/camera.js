// From layout units to pixels. Pure: a camera is a plain value, every function gives a new one.
//
// Scale is separate across (ku: pixels per sibling) and along the tree (kd: pixels per level),
// because a tree is far wider than deep: fitting both with one scale would waste the page.

const MARGIN = { along: { start: 52, end: 84 }, across: { start: 34, end: 22 } };
const VERTICAL_MARGIN = { along: { start: 30, end: 58 }, across: { start: 30, end: 30 } };
/** Below this many pixels per sibling marks of 5 px radius would touch: pan instead. */
const LEAST_FIT = 11;
const MOST_FIT = 72;
const LEVELS = { least: 54, most: 250 };
const ZOOM = { least: 0.6, most: 140 };

/**
 * @typedef {Object} Camera
 * @property {number} ku @property {number} kd - pixels per unit across and along.
 * @property {number} ou @property {number} od - pixel position of the root, across and along.
 * @property {boolean} vertical - the tree grows downwards instead of rightwards.
 */

export const toScreen = (camera, u, d) => {
  const across = camera.ou + u * camera.ku;
  const along = camera.od + d * camera.kd;
  return camera.vertical ? [across, along] : [along, across];
};

/** The camera that shows the whole tree, or as much as can be read, from the root on. */
export function fitCamera(bounds, width, height, vertical) {
  const margin = vertical ? VERTICAL_MARGIN : MARGIN;
  const [along, across] = vertical ? [height, width] : [width, height];
  const roomAlong = along - margin.along.start - margin.along.end;
  const roomAcross = across - margin.across.start - margin.across.end;
  const span = bounds.uMax - bounds.uMin;
  const kd = clamp(roomAlong / Math.max(1, bounds.dMax), LEVELS.least, LEVELS.most);
  const ku = span > 0 ? clamp(roomAcross / span, LEAST_FIT, MOST_FIT) : MOST_FIT;
  const fits = span * ku <= roomAcross + 0.5;
  const middle = margin.across.start + roomAcross / 2;
  const ou = fits ? middle - ((bounds.uMin + bounds.uMax) / 2) * ku : middle;
  return { ku, kd, ou, od: margin.along.start, vertical };
}

/** Whether some of the tree is outside the picture. */
export function overflows(camera, bounds, width, height) {
  const [along, across] = camera.vertical ? [height, width] : [width, height];
  const first = camera.ou + bounds.uMin * camera.ku;
  const last = camera.ou + bounds.uMax * camera.ku;
  return first < 0 || last > across || camera.od < 0 || camera.od + bounds.dMax * camera.kd > along;
}

/** Zoom about a point on the screen. */
export function zoomAt(camera, factor, x, y) {
  const k = clamp(camera.ku * factor, ZOOM.least, ZOOM.most) / camera.ku;
  const [along, across] = camera.vertical ? [y, x] : [x, y];
  return {
    ...camera,
    ku: camera.ku * k,
    kd: camera.kd * k,
    ou: across - (across - camera.ou) * k,
    od: along - (along - camera.od) * k,
  };
}

export function panBy(camera, dx, dy) {
  const [along, across] = camera.vertical ? [dy, dx] : [dx, dy];
  return { ...camera, ou: camera.ou + across, od: camera.od + along };
}

/** Move as little as needed to bring a place into view, with some room around it. */
export function reveal(camera, place, width, height) {
  const [x, y] = toScreen(camera, place.u, place.d);
  const roomX = Math.min(26, width / 4);
  const roomY = Math.min(20, height / 4);
  const dx = x < roomX ? roomX - x : x > width - roomX ? width - roomX - x : 0;
  const dy = y < roomY ? roomY - y : y > height - roomY ? height - roomY - y : 0;
  return dx || dy ? panBy(camera, dx, dy) : camera;
}

/** Keep at least a corner of the tree inside the picture. */
export function contain(camera, bounds, width, height) {
  const [along, across] = camera.vertical ? [height, width] : [width, height];
  const keep = 60;
  const ou = clamp(camera.ou, keep - bounds.uMax * camera.ku, across - keep - bounds.uMin * camera.ku);
  const od = clamp(camera.od, keep - bounds.dMax * camera.kd, along - keep);
  return { ...camera, ou, od };
}

export function between(a, b, part) {
  const mix = (name) => a[name] + (b[name] - a[name]) * part;
  return { ku: mix("ku"), kd: mix("kd"), ou: mix("ou"), od: mix("od"), vertical: b.vertical };
}

/** Radius in pixels of a mark of this size: at least 5 while it can be read, less in an overview. */
export function markRadius(camera, size) {
  const scale = clamp(camera.ku / 24, 0.75, 1.2);
  const radius = Math.max(5, (size / 2) * scale);
  return camera.ku >= LEAST_FIT * 0.98 ? radius : Math.max(1, Math.min(radius, camera.ku / 2.2));
}

const clamp = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most));
