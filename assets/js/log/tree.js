// The tree: a fold over the event log. `search_core/log/tree.py` is the same fold in Python, with the
// same field names; a test holds `toJSON` against `Tree.to_dict()`.

import { NodeTable } from "./node_table.js";
import { GRADE_FIELDS, gradedIds, pick, SCORE_FIELDS, UNDO } from "./undo.js";

export const ROOT = "root";
const FINAL_STATES = new Set(["kept", "pruned", "completed", "merged", "rollout"]);
// A rollout that ended may still become a solution.
const SETTLED = new Set(["kept", "pruned", "completed", "merged"]);
// A path that stopped without an answer: marked as such, and excluded from votes.
const UNFINISHED_RULES = new Set(["out_of_steps", "too_long", "given_up", "run_ended"]);
const COSTS = ["generated", "prefilled", "reused", "verified", "solver_flops", "verifier_flops", "seconds"];

/** The events contradict each other: the log is broken. */
export class LogError extends Error {}

let shapes = 0;

/** A node as it is sampled: every field is there from the start, so that all nodes are of one shape. */
function newNode(id, parent, text, depth) {
  return {
    id,
    parent,
    text,
    depth,
    /** Its place in the order of sampling, see `NodeTable`. */
    order: 0,
    /** The same of its parent: a log of a hundred thousand nodes asks it for each of them. */
    above: -1,
    children: [],
    state: "frontier",
    tokens: 0,
    logprob: 0,
    ended: "step",
    repeats: "",
    thought: "",
    role: "step",
    after: null,
    forced: "",
    by: "",
    again: false,
    prefilled: 0,
    reused: 0,
    solver_flops: 0,
    score: null,
    aggregate: null,
    ahead: null,
    verifier_tokens: 0,
    verifier_flops: 0,
    reason: "",
    decision: null,
    rank: null,
    margin: null,
    merged_into: null,
    answer: null,
    group: null,
    right: null,
    right_undecided: false,
    visits: null,
    value: null,
    weight: null,
    copies: null,
  };
}

export class Tree {
  constructor() {
    this.started = null;
    this.nodes = new NodeTable();
    this.decisions = [];
    this.allocations = [];
    this.votes = new Map();
    this.notes = [];
    this.warnings = [];
    this.finished = null;
    /** Whether no event will follow although none has ended the run; the log itself cannot say so. */
    this.interrupted = false;
    // Pairs of classes of answers, the older one first, that could not be compared.
    this.undecided = [];
    this.cost = Object.fromEntries(COSTS.map((name) => [name, 0]));
    this.seq = -1;
    /** How many of the nodes were only written to look ahead. */
    this.rollouts = 0;
    /** How many of them are duplicates. */
    this.duplicates = 0;
    /** By an event's number, the node or nodes that it speaks of: whoever goes back and forth finds them at once. */
    this.subjects = [];
    /** How much was said that only some methods say, as `words/annotations.js` tells it; 0: nobody need look. */
    this.annotated = 0;
    /** What events replaced, newest last: values that `undo` gives back. */
    this.past = [];
    this.reshape();
  }

  /** The tree looks another way from now on: a node is new, or one is settled. */
  reshape() {
    /** A number that no other shape of any tree has. */
    this.shape = shapes += 1;
  }

  static fromEvents(events) {
    const tree = new Tree();
    for (const event of events) tree.apply(event);
    return tree;
  }

  get root() {
    return this.nodes.get(ROOT);
  }

  /** Number of the last round with a decision (0: none). */
  get rounds() {
    return this.decisions.reduce((most, decision) => Math.max(most, decision.round), 0);
  }

  /** Whether a step was cut: a path that stopped without an answer was not. */
  get hasCuts() {
    return this.decisions.some(({ pruned = [], rule }) => pruned.length > 0 && !UNFINISHED_RULES.has(rule));
  }

  /** Id of the chosen solution's last node, or null. */
  get chosen() {
    return this.finished?.chosen ?? null;
  }

  /** The node, or a LogError. */
  node(id) {
    const node = this.nodes.get(id);
    if (!node) throw new LogError(`Event ${this.seq} speaks of node ${id}, never sampled.`);
    return node;
  }

  /** The node that an event speaks of. */
  subject({ seq, id }) {
    const known = this.subjects[seq];
    return known?.id === id && this.nodes.holds(known) ? known : (this.subjects[seq] = this.node(id));
  }

  /** The nodes that a decision speaks of, those that it keeps first. */
  decidedOn({ seq, kept, pruned }) {
    const first = kept?.length ?? 0;
    const idAt = (at) => (at < first ? kept[at] : pruned[at - first])[0];
    const size = first + (pruned?.length ?? 0);
    const known = this.subjects[seq];
    if (Array.isArray(known) && known.length === size && known.every((node, at) => node.id === idAt(at) && this.nodes.holds(node))) return known;
    return (this.subjects[seq] = Array.from({ length: size }, (_, at) => this.node(idAt(at))));
  }

  /** Nodes from the first step to `id`; empty for the root. */
  path(id) {
    const path = [];
    for (let node = this.node(id); node.parent !== null; node = this.nodes.get(node.parent)) path.push(node);
    return path.reverse();
  }

  /** The decision that settled a node, or null. */
  decisionOf(node) {
    return node.decision === null ? null : this.decisions[node.decision];
  }

  /**
   * How many nodes were ranked together by a decision, those among them about which a person decided
   * otherwise, which have decisions of their own.
   */
  rankedWith(decision) {
    const byHand = ({ rule }) => rule.endsWith("_by_hand");
    const beside = (other) => ["round", "subtree", "cutoff"].every((name) => other[name] === decision[name]);
    return this.decisions
      .filter((other) => other === decision || (beside(other) && (byHand(other) || byHand(decision))))
      .reduce((sum, { kept, pruned }) => sum + (kept?.length ?? 0) + (pruned?.length ?? 0), 0);
  }

  /** Whether a path stopped at this node without an answer. */
  unfinished(node) {
    return UNFINISHED_RULES.has(this.decisionOf(node)?.rule);
  }

  /** Take one more event into account. Throws LogError when it cannot follow. */
  apply(event) {
    if (event.seq !== this.seq + 1)
      throw new LogError(`Event ${event.seq} follows event ${this.seq}: the log has a hole.`);
    if ((this.started === null) !== (event.kind === "started"))
      throw new LogError("A log starts with exactly one 'started' event.");
    if (this.finished) throw new LogError(`Event ${event.seq} comes after the run finished.`);
    this.seq = event.seq;
    const handler = HANDLERS[event.kind];
    if (!handler) throw new LogError(`Event ${event.seq} is of an unknown kind.`);
    handler(this, event);
  }

  /** Take the newest event back: the tree is as it was before `apply(event)`. */
  undo(event) {
    UNDO[event.kind](this, event);
    this.seq -= 1;
    this.reshape();
  }
}

/** The id says where a node stands: the parent's id is all but its last index. */
export const parentOf = (id) => (id.includes(".") ? id.slice(0, id.lastIndexOf(".")) : ROOT);

// One case for each class of `search_core.log.events`, by its kind: a test holds both sides together.
const HANDLERS = {
  started(tree, event) {
    tree.started = event;
    tree.reshape();
    const root = tree.nodes.next(ROOT) ?? newNode(ROOT, null, event.problem.text, 0);
    root.state = "kept";
    tree.nodes.push(root);
  },
  sampled(tree, event) {
    const known = tree.nodes.next(event.id);
    if (known) {
      enter(tree, known, tree.nodes.parentOf(known));
      return;
    }
    if (tree.nodes.has(event.id)) throw new LogError(`Node ${event.id} is sampled twice.`);
    const parent = tree.node(parentOf(event.id));
    if (event.after) tree.node(event.after);
    enter(tree, nodeOf(event, parent), parent);
  },
  scored(tree, event) {
    const node = tree.subject(event);
    event.id = node.id; // one text for both, which is found again at once and held once
    tree.past.push(node.score === null ? null : pick(node, SCORE_FIELDS));
    node.score = event.score;
    node.aggregate = event.aggregate ?? event.score;
    node.ahead = event.ahead ?? null;
    if (node.ahead !== null) tree.annotated += 1;
    node.verifier_tokens = event.tokens ?? 0;
    node.verifier_flops = event.flops ?? 0;
    node.reason = event.reason ?? "";
    if (node.state === "frontier") node.state = "candidate";
  },
  decided(tree, event) {
    tree.decisions.push(event);
    const nodes = tree.decidedOn(event);
    const kept = event.kept?.length ?? 0;
    nodes.forEach((node, at) => settle(tree, node, at < kept ? event.kept[at] : event.pruned[at - kept], at < kept ? "kept" : "pruned"));
  },
  allocated(tree, event) {
    tree.allocations.push(event);
    tree.annotated += 1;
    for (const [id, weight, copies] of event.shares) {
      const node = tree.node(id);
      tree.past.push(node.weight, node.copies);
      node.weight = weight;
      node.copies = copies;
    }
  },
  merged(tree, event) {
    tree.node(event.into);
    final(tree, tree.node(event.id), "merged").merged_into = event.into;
    tree.duplicates += 1;
  },
  completed(tree, event) {
    const node = final(tree, tree.node(event.id), "completed", SETTLED);
    node.answer = event.answer ?? null;
    node.group = event.group ?? null;
    const older = event.undecided ?? [];
    if (older.length && (node.group === null || older.some((other) => other >= node.group)))
      throw new LogError(`Event ${event.seq}: class ${node.group} is not younger than all of ${older}.`);
    tree.past.push(tree.undecided);
    if (older.length) tree.undecided = [...tree.undecided, ...older.map((other) => [other, node.group])];
  },
  compared(tree, event) {
    const { first, second } = event;
    const regrouped = [];
    tree.past.push(tree.undecided, regrouped);
    const open = tree.undecided.filter(([older, younger]) => older !== first || younger !== second);
    if (open.length === tree.undecided.length)
      throw new LogError(`Event ${event.seq} compares classes ${first} and ${second} for nothing.`);
    tree.undecided = open;
    if (!event.equal) return;
    // What is known of the older class is now true of both.
    tree.undecided = open.filter((pair) => !pair.includes(second));
    for (const node of tree.nodes.values()) {
      if (node.group !== second) continue;
      node.group = first;
      regrouped.push(node);
    }
  },
  backed_up(tree, event) {
    const node = tree.node(event.id);
    tree.past.push(node.visits, node.value);
    tree.annotated += 1;
    node.visits = event.visits;
    node.value = event.value;
  },
  noted(tree, event) {
    tree.notes.push(event);
  },
  warned(tree, event) {
    tree.warnings.push(event);
  },
  spent(tree, event) {
    tree.past.push(tree.cost);
    tree.cost = { ...tree.cost };
    for (const name of COSTS) tree.cost[name] += event[name] ?? 0;
  },
  voted(tree, event) {
    tree.past.push(tree.votes);
    tree.votes = new Map(tree.votes).set(event.method, event);
  },
  graded(tree, event) {
    const before = gradedIds(event).map((id) => pick(tree.node(id), GRADE_FIELDS));
    tree.past.push(before);
    for (const id of event.right ?? []) tree.node(id).right = true;
    for (const id of event.wrong ?? []) tree.node(id).right = false;
    for (const id of event.undecided ?? []) tree.node(id).right_undecided = true;
  },
  finished(tree, event) {
    tree.finished = event;
  },
};

/** A step as it is when it is sampled. */
function nodeOf(event, parent) {
  const node = newNode(event.id, parent.id, event.text, parent.depth + 1);
  node.above = parent.order;
  node.tokens = event.tokens;
  node.logprob = event.logprob;
  node.role = event.role ?? "step";
  if (node.role === "rollout") node.state = "rollout";
  node.ended = event.ended ?? "step";
  node.repeats = event.repeats ?? "";
  node.thought = event.thought ?? "";
  node.after = event.after ?? null;
  node.forced = event.forced ?? "";
  node.by = event.by ?? "";
  node.again = event.again ?? false;
  node.prefilled = event.prefilled ?? 0;
  node.reused = event.reused ?? 0;
  node.solver_flops = event.flops ?? 0;
  return node;
}

/** A step that is made now, or was taken back to what it was when it was sampled. */
function enter(tree, node, parent) {
  parent.children.push(node.id);
  tree.reshape();
  if (node.role === "rollout") tree.rollouts += 1;
  if (node.after !== null || node.forced) tree.annotated += 1;
  tree.nodes.push(node);
}

function settle(tree, node, verdict, state) {
  const [, rank, margin] = verdict;
  final(tree, node, state);
  verdict[0] = node.id; // as in `scored`
  node.decision = tree.decisions.length - 1;
  node.rank = rank ?? null;
  node.margin = margin ?? null;
}

function final(tree, node, state, among = FINAL_STATES) {
  if (node.parent === null || among.has(node.state)) {
    throw new LogError(`Node ${node.id} is already ${node.state}; it cannot become ${state}.`);
  }
  node.state = state;
  tree.reshape();
  return node;
}

/** JSON-ready values of the whole tree, nodes in the order of sampling. */
export function toJSON(tree) {
  return {
    seq: tree.seq,
    nodes: Array.from(tree.nodes.values(), ({ order, above, ...fields }) => fields),
    undecided: [...tree.undecided].sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    rounds: tree.rounds,
    votes: Object.fromEntries(tree.votes),
    status: tree.finished?.status ?? null,
    chosen: tree.chosen,
    cost: tree.cost,
  };
}
