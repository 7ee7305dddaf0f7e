// The nodes of a tree at a moment: read as a Map, by id and in the order of sampling. Whoever goes back
// and forth in a log takes nodes away and gives the same ones back: both only move an end, so that a
// log of a hundred thousand nodes is walked without making or hashing any of them again.

export class NodeTable {
  constructor() {
    /** Every node that was ever sampled, in that order; the first `size` of them are there now. */
    this.made = [];
    this.known = new Map();
    this.size = 0;
  }

  get(id) {
    const node = this.known.get(id);
    return node !== undefined && node.order < this.size ? node : undefined;
  }

  has(id) {
    return this.get(id) !== undefined;
  }

  /** Whether this very node is here now. */
  holds(node) {
    return node.order < this.size && this.made[node.order] === node;
  }

  /** The node from which this one grew; it has none at the root. */
  parentOf({ above }) {
    return this.made[above];
  }

  /** The node that came next when one was here before, and is called so; else undefined. */
  next(id) {
    const node = this.made[this.size];
    return node?.id === id ? node : undefined;
  }

  /** Take in the newest node: the one of `next`, or one that is made now and takes the place of all that came next. */
  push(node) {
    if (this.made[this.size] !== node) {
      if (this.made.length > this.size) for (const other of this.made.splice(this.size)) this.known.delete(other.id);
      node.order = this.size;
      this.made.push(node);
      this.known.set(node.id, node);
    }
    this.size += 1;
  }

  /** Take the newest node away, and return it. */
  pop() {
    this.size -= 1;
    return this.made[this.size];
  }

  /** @returns {Iterable<Object>} in the order of sampling. */
  values() {
    return (this.size === this.made.length ? this.made : this.made.slice(0, this.size)).values();
  }

  keys() {
    return Array.from(this.values(), ({ id }) => id).values();
  }
}
