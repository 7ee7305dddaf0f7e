// The order in which a layout numbers nodes: level by level, the children of each beside each other.
//
// A moment of a log shows the nodes that were sampled first, and of two siblings the one that was
// sampled first comes first. So the order at any moment is the order of the whole log without what was
// not sampled yet: it is found once, and each seek only passes over it.

const NONE = -1;

/**
 * @typedef {Object} Order
 * @property {string[]} ids
 * @property {(?Object)[]} nodes - the tree's nodes; null for what is none. Without them where nobody gave any.
 * @property {Int32Array} parents @property {Int32Array} first @property {Int32Array} rows - as of `Places`.
 */

/**
 * Any tree's order, found by asking for the children of each.
 *
 * @param {string} root
 * @param {(id: string) => string[]} childrenOf - asked once of every id, level by level.
 * @returns {Order}
 */
export function levelOrder(root, childrenOf) {
  const ids = [root];
  const parents = [NONE];
  const first = [];
  const rows = [0];
  let end = 1;
  for (let i = 0; i < ids.length; i += 1) {
    if (i === end) {
      rows.push(i);
      end = ids.length;
    }
    first.push(ids.length);
    for (const child of childrenOf(ids[i])) {
      ids.push(child);
      parents.push(i);
    }
  }
  first.push(ids.length);
  rows.push(ids.length);
  return { ids, parents: new Int32Array(parents), first: new Int32Array(first), rows: new Int32Array(rows) };
}

/** The order of everything that a log has sampled so far, and of its moments. */
export class LogOrder {
  constructor() {
    this.table = null;
    this.size = 0;
  }

  /**
   * @param {import("../log/node_table.js").NodeTable} table
   * @param {?(node: Object) => boolean} leftOut - what is not shown, with all that grows from it; null: all is.
   * @param {Map<string, string[]>} underWay - by parent, what stands after its children and is no node yet.
   * @returns {Order}
   */
  at(table, leftOut, underWay) {
    if (this.table !== table || this.size !== table.made.length || this.last !== table.made.at(-1)) this.find(table);
    const { made, orders, children } = this;
    const written = new Map([...underWay].map(([parent, those]) => [table.get(parent)?.order, those]));
    const most = table.size;
    const room = most + [...underWay.values()].reduce((sum, { length }) => sum + length, 0);
    const [ids, nodes, rows] = [[this.ids[0]], [made[0]], [0]];
    // Where each stands in the order of the whole log; -1 for what is not in it.
    const places = new Int32Array(room);
    const parents = new Int32Array(room).fill(NONE, 0, 1);
    const first = new Int32Array(room + 1);
    let end = 1;
    for (let i = 0; i < ids.length; i += 1) {
      if (i === end) {
        rows.push(i);
        end = ids.length;
      }
      first[i] = ids.length;
      const place = places[i];
      if (place === NONE) continue;
      // Of siblings the one that was sampled first comes first.
      for (let at = children[place]; at < children[place + 1] && orders[at] < most; at += 1) {
        if (leftOut?.(made[at])) continue;
        places[ids.length] = at;
        parents[ids.length] = i;
        ids.push(this.ids[at]);
        nodes.push(made[at]);
      }
      for (const id of (written.size && written.get(orders[place])) || []) {
        places[ids.length] = NONE;
        parents[ids.length] = i;
        ids.push(id);
        nodes.push(null);
      }
    }
    first[ids.length] = ids.length;
    rows.push(ids.length);
    return { ids, nodes, parents: parents.slice(0, ids.length), first: first.slice(0, ids.length + 1), rows: Int32Array.from(rows) };
  }

  /** Number everything, level by level; columns, as a seek asks each of them a hundred thousand times. */
  find(table) {
    const { made } = table;
    const size = made.length;
    Object.assign(this, { table, size, last: made.at(-1) });
    const parentOf = made.map(({ above }) => above);
    const starts = new Int32Array(size + 1);
    for (const parent of parentOf) if (parent !== NONE) starts[parent + 1] += 1;
    for (let i = 0; i < size; i += 1) starts[i + 1] += starts[i];
    const below = new Int32Array(size);
    const filled = starts.slice();
    for (let i = 1; i < size; i += 1) below[filled[parentOf[i]]++] = i;
    /** By place: the order of sampling, and where its children begin. */
    this.orders = new Int32Array(size);
    this.children = new Int32Array(size + 1);
    let end = Math.min(1, size);
    for (let at = 0; at < size; at += 1) {
      this.children[at] = end;
      const order = this.orders[at];
      for (let i = starts[order]; i < starts[order + 1]; i += 1) this.orders[end++] = below[i];
    }
    this.children[size] = end;
    this.made = Array.from(this.orders, (order) => made[order]);
    this.ids = this.made.map(({ id }) => id);
  }
}
