// From layout units to pixels. Pure: a camera is a plain value, every function gives a new one.
//
// Scale is separate across (ku: pixels per sibling) and along the tree (kd: pixels per level),
// because a tree is far wider than deep: fitting both with one scale would waste the page.

/** The outermost marks stand whole in the picture, with all their rings, under the levels' names. */
const MARGIN = { along: { start: 52, end: 92 }, across: { start: 48, end: 25 } };
const VERTICAL_MARGIN = { along: { start: 20, end: 48 }, across: { start: 36, end: 36 } };
/** What steps that are read need behind the deepest level: this part of the picture, or so many pixels. */
const READ = { part: 0.19, most: 180 };
/** An answer may always have so many, with its mark. */
const MOST_ENDS = 132;
/** Below this many pixels per sibling marks of 5 px radius would touch: pan instead. */
const LEAST_FIT = 11;
const MOST_FIT = 72;
/** Levels below each other are read one by one, and their words need their height. */
const LEVELS = { least: 54, leastDown: 60, most: 320 };
/** A tree that grows downwards has levels this close where that shows all of it. */
const CLOSE_DOWN = 34;
/** So many pixels around what is brought into sight show what it stands among. */
const AROUND = { along: 40, across: 64 };
/** What stands closer to an edge than this is not in view; in a tree that grows downwards words stand below. */
const EDGE = { along: 26, across: 20, words: 44 };
const ZOOM = { least: 0.6, most: 140 };

/** A tree that would take more screens than this to read is first shown whole, however small. */
const MOST_SCREENS = 3;

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
  const down = room(width, height, vertical).along >= CLOSE_DOWN * bounds.dMax ? CLOSE_DOWN : LEVELS.leastDown;
  return framed(bounds, width, height, vertical, { ku: LEAST_FIT, kd: vertical ? down : LEVELS.least });
}

/** The camera that shows the whole tree, however small its marks become. */
export function wholeCamera(bounds, width, height, vertical) {
  return framed(bounds, width, height, vertical, { ku: 0, kd: 0 });
}

/** The camera that shows a part of the tree as large as it fits, given as `{uMin, uMax, dMin, dMax}`. */
export function frameCamera(box, width, height, vertical) {
  const camera = wholeCamera({ ...box, dMax: box.dMax - box.dMin }, width, height, vertical);
  return { ...camera, od: camera.od - box.dMin * camera.kd };
}

/** The camera to begin with: as much as can be read, or all of a tree that is far too large for that. */
export function openingCamera(bounds, width, height, vertical) {
  const camera = fitCamera(bounds, width, height, vertical);
  const { across, along } = room(width, height, vertical);
  const [tall, wide] = vertical ? [height, width] : [width, height];
  const screens = Math.max(1 + ((bounds.uMax - bounds.uMin) * camera.ku - across) / wide, 1 + (bounds.dMax * camera.kd - along) / tall);
  return screens > MOST_SCREENS ? wholeCamera(bounds, width, height, vertical) : camera;
}

function framed(bounds, width, height, vertical, least) {
  const margin = vertical ? VERTICAL_MARGIN : MARGIN;
  const { across, along } = room(width, height, vertical, bounds);
  const span = bounds.uMax - bounds.uMin;
  const kd = clamp(along / Math.max(1, bounds.dMax), least.kd, LEVELS.most);
  const ku = span > 0 ? clamp(across / span, least.ku, MOST_FIT) : MOST_FIT;
  const { start } = margin.across;
  const centred = start + across / 2 - ((bounds.uMin + bounds.uMax) / 2) * ku;
  // Of what does not fit the root stands in the middle, or as near to it as leaves no room unused.
  const fits = span * ku <= across + 0.5;
  const ou = fits ? centred : clamp(start + across / 2, start + across - bounds.uMax * ku, start - bounds.uMin * ku);
  return { ku, kd, ou, od: margin.along.start, vertical };
}

/**
 * The pixels that a tree has, without the margins.
 *
 * @param {{reads?: boolean, ends?: number}} [deepest] - its deepest level has steps to read, and not
 *   only answers; the pixels that its longest answer takes, with its mark.
 */
export function room(width, height, vertical, { reads = false, ends = 0 } = {}) {
  const margin = vertical ? VERTICAL_MARGIN : MARGIN;
  const [along, across] = vertical ? [height, width] : [width, height];
  const most = Math.min(READ.most, READ.part * along);
  const behind = vertical ? 0 : reads ? most : Math.min(ends, Math.max(most, MOST_ENDS));
  const end = Math.max(margin.along.end, behind);
  return {
    across: Math.max(1, across - margin.across.start - margin.across.end),
    along: Math.max(1, along - margin.along.start - end),
  };
}

/** The least pixels per sibling that there is something to see at: half of what shows the whole tree. */
export function leastZoom(bounds, width, height, vertical) {
  return Math.min(ZOOM.least, wholeCamera(bounds, width, height, vertical).ku / 2);
}

/** Whether some of the tree is outside the picture. */
export function overflows(camera, bounds, width, height) {
  const [along, across] = camera.vertical ? [height, width] : [width, height];
  const first = camera.ou + bounds.uMin * camera.ku;
  const last = camera.ou + bounds.uMax * camera.ku;
  return first < 0 || last > across || camera.od < 0 || camera.od + bounds.dMax * camera.kd > along;
}

/** Zoom about a point on the screen, out to `least` pixels per sibling. */
export function zoomAt(camera, factor, x, y, least = ZOOM.least) {
  const k = clamp(camera.ku * factor, least, ZOOM.most) / camera.ku;
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

/** Bring a place into view with what stands around it; what is in view already stays where it is. */
export function reveal(camera, place, width, height) {
  const [x, y] = toScreen(camera, place.u, place.d);
  const below = camera.vertical ? EDGE.words : EDGE.across;
  const outside = (at, length, edge, far = edge) => at < Math.min(edge, length / 4) || at > length - Math.min(far, length / 3);
  if (!outside(x, width, EDGE.along) && !outside(y, height, EDGE.across, below)) return camera;
  const moved = (at, length, around) => {
    const room = Math.min(around, length / 3);
    return clamp(at, room, length - room) - at;
  };
  return panBy(camera, moved(x, width, AROUND.along), moved(y, height, AROUND.across));
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
  // Where levels lie below each other, words need the height between them.
  const scale = clamp(Math.min(camera.ku / 24, camera.vertical ? camera.kd / 84 : Infinity), 0.75, 1.2);
  const radius = Math.max(5, (size / 2) * scale);
  const room = Math.min(camera.ku, camera.kd);
  return room >= LEAST_FIT * 0.98 ? radius : Math.max(1, Math.min(radius, room / 2.2));
}

const clamp = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most));
