// Where every node of a tree stands, in columns: a hundred thousand nodes are a few arrays.
//
// Nodes are numbered level by level. So the children of a node are a range of numbers, the nodes of
// a level are one, and what a branch has on a level is one too, from left to right in all of them.

/**
 * @property {string[]} ids - by number; 0 is the root.
 * @property {Int32Array} parents - the parent's number; -1 at the root.
 * @property {Int32Array} first - number of the first child; the children of i end before first[i + 1].
 * @property {Int32Array} rows - number of the first node of each level, and the end of the last.
 * @property {Float64Array} u - place across, in siblings.
 * @property {Int32Array} d - place along: the level.
 * @property {Int32Array} sizes - how many nodes a branch has, with its first.
 * @property {Float64Array} uLeast @property {Float64Array} uMost - the room of a branch across.
 * @property {Int32Array} dMost - the deepest level of a branch.
 */
export class Places {
  constructor({ ids, parents, first, rows, u }) {
    Object.assign(this, { ids, parents, first, rows, u });
    this.d = levels(rows);
    this.measureBranches();
  }

  get size() {
    return this.ids.length;
  }

  /** Room and size of every branch, from the leaves up. */
  measureBranches() {
    const { parents, u, d, size } = this;
    const sizes = new Int32Array(size).fill(1);
    const [uLeast, uMost, dMost] = [u.slice(), u.slice(), d.slice()];
    for (let i = size - 1; i > 0; i -= 1) {
      const parent = parents[i];
      sizes[parent] += sizes[i];
      if (uLeast[i] < uLeast[parent]) uLeast[parent] = uLeast[i];
      if (uMost[i] > uMost[parent]) uMost[parent] = uMost[i];
      if (dMost[i] > dMost[parent]) dMost[parent] = dMost[i];
    }
    Object.assign(this, { sizes, uLeast, uMost, dMost });
  }

  /** The smallest box around all places. */
  get bounds() {
    return { uMin: this.uLeast[0], uMax: this.uMost[0], dMax: this.dMost[0] };
  }

  /**
   * The number of an id, found from the root down; -1: it has no place.
   *
   * @param {(id: string) => ?string} parentOf
   */
  find(id, parentOf) {
    const path = [];
    for (let up = id; up !== null; up = parentOf(up)) path.push(up);
    if (path.pop() !== this.ids[0]) return -1;
    let at = 0;
    while (path.length && at >= 0) at = this.childCalled(at, path.pop());
    return at;
  }

  childCalled(parent, id) {
    for (let i = this.first[parent]; i < this.first[parent + 1]; i += 1) if (this.ids[i] === id) return i;
    return -1;
  }
}

function levels(rows) {
  const d = new Int32Array(rows.at(-1));
  for (let level = 1; level < rows.length - 1; level += 1) d.fill(level, rows[level], rows[level + 1]);
  return d;
}
