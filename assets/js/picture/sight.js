// What of a tree is in the picture, and as what. The cost goes with what is in view: branches that
// lie outside are passed over as a whole, and so are those whose marks would lie on each other.
// Each of these becomes one silhouette, together with the siblings beside it.

/** Pixels beyond the picture's edge to which marks and their words still reach into it. */
const REACH = 60;
/** Pixels per sibling or per level below which marks would touch, so that branches are merged. */
const MERGED_BELOW = 5;
/** Pixels across from which a branch is opened all the same: it has a shape worth seeing. */
const OPEN_FROM = 36;

/**
 * A branch, or some beside each other, drawn as one silhouette that grows from their parent.
 *
 * @typedef {Object} Branch
 * @property {number} parent @property {number} from @property {number} to - numbers of the parent
 *   and of the siblings that are merged, the last one excluded.
 *
 * @typedef {Object} Sight
 * @property {number[]} marks - numbers of the nodes that are drawn as marks.
 * @property {number[]} edges - numbers of the nodes whose edge from their parent crosses the picture.
 * @property {Branch[]} branches - what is drawn as silhouettes.
 */

/**
 * @param {import("./scene.js").Scene} scene
 * @param {import("./camera.js").Camera} camera
 * @param {{width: number, height: number}} size - of the picture, in pixels.
 * @returns {Sight}
 */
export function look(scene, camera, size) {
  if (!scene.places) return { marks: [], edges: [], branches: [] };
  return scene.moving ? underWay(scene, camera, size) : new Search(scene, camera, size).run();
}

/** While things glide they are few, and each is looked for where it is at this moment. */
function underWay({ places, u, d }, { ku, kd, ou, od, vertical }, { width, height }) {
  const [along, across] = vertical ? [height, width] : [width, height];
  const [uFrom, uTo] = [(-REACH - ou) / ku, (across + REACH - ou) / ku];
  const [dFrom, dTo] = [(-REACH - od) / kd, (along + REACH - od) / kd];
  const marks = [];
  const edges = [];
  for (let i = 0; i < places.size; i += 1) {
    if (u[i] > uFrom && u[i] < uTo && d[i] > dFrom && d[i] < dTo) marks.push(i);
    if (i === 0) continue;
    const parent = places.parents[i];
    if (Math.min(u[i], u[parent]) <= uTo && Math.max(u[i], u[parent]) >= uFrom && Math.min(d[i], d[parent]) <= dTo && Math.max(d[i], d[parent]) >= dFrom) edges.push(i);
  }
  return { marks, edges, branches: [] };
}

class Search {
  constructor(scene, camera, size) {
    this.places = scene.places;
    this.keptOpen = scene.open;
    this.ku = camera.ku;
    this.merging = camera.ku < MERGED_BELOW || camera.kd < MERGED_BELOW;
    const [along, across] = camera.vertical ? [size.height, size.width] : [size.width, size.height];
    this.uFrom = (-REACH - camera.ou) / camera.ku;
    this.uTo = (across + REACH - camera.ou) / camera.ku;
    this.dFrom = (-REACH - camera.od) / camera.kd;
    this.dTo = (along + REACH - camera.od) / camera.kd;
    this.marks = [];
    this.edges = [];
    this.branches = [];
    this.opened = [];
  }

  run() {
    if (this.inView(this.places.u[0], 0)) this.marks.push(0);
    this.opened.push(0);
    for (let head = 0; head < this.opened.length; head += 1) this.open(this.opened[head]);
    return { marks: this.marks, edges: this.edges, branches: this.branches };
  }

  /** Look at the children of an opened node. */
  open(parent) {
    const { first, sizes } = this.places;
    const end = first[parent + 1];
    let from = -1;
    for (let child = first[parent]; child < end; child += 1) {
      const seen = this.touches(parent, child);
      const merged = seen && this.merging && !this.keptOpen.has(child) && !this.isWide(child, child);
      if (from >= 0 && !(merged && !this.isWide(from, child))) {
        this.close(parent, from, child);
        from = -1;
      }
      if (merged && from < 0) from = child;
      if (seen && !merged) this.show(parent, child, sizes[child] > 1);
    }
    if (from >= 0) this.close(parent, from, end);
  }

  /** A node that is drawn by itself. */
  show(parent, child, inner) {
    const { u, d } = this.places;
    if (this.crosses(Math.min(u[parent], u[child]), Math.max(u[parent], u[child]), d[parent], d[child]))
      this.edges.push(child);
    if (this.inView(u[child], d[child])) this.marks.push(child);
    if (inner) this.opened.push(child);
  }

  /** The end of a row of siblings that are merged. */
  close(parent, from, to) {
    if (to - from === 1 && this.places.sizes[from] === 1) this.show(parent, from, false);
    else this.branches.push({ parent, from, to });
  }

  /** Whether the branches from one sibling to another are wide enough to be told apart. */
  isWide(from, to) {
    return (this.places.uMost[to] - this.places.uLeast[from]) * this.ku >= OPEN_FROM;
  }

  /** Whether anything of a branch, or of the edge into it, is in view. */
  touches(parent, child) {
    const { u, d, uLeast, uMost, dMost } = this.places;
    const [least, most] = [Math.min(u[parent], uLeast[child]), Math.max(u[parent], uMost[child])];
    return this.crosses(least, most, d[parent], dMost[child]);
  }

  crosses(uLeast, uMost, dLeast, dMost) {
    return uLeast <= this.uTo && uMost >= this.uFrom && dLeast <= this.dTo && dMost >= this.dFrom;
  }

  inView(u, d) {
    return u > this.uFrom && u < this.uTo && d > this.dFrom && d < this.dTo;
  }
}
