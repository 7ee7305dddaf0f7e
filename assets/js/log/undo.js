// Taking events back, newest first: each kind of `tree.js` the other way. What an event replaced
// and nothing else tells stands at the end of `tree.past`.

/** What a verifier says of a step, before it has said it. */
const UNSCORED = {
  score: null,
  aggregate: null,
  ahead: null,
  verifier_tokens: 0,
  verifier_flops: 0,
  reason: "",
};

/** Fields that an event of this kind sets, when more than one of them may. */
export const SCORE_FIELDS = Object.keys(UNSCORED);
export const GRADE_FIELDS = ["right", "right_undecided"];
/** These fields of a node, as they are now. */
export const pick = (node, fields) => Object.fromEntries(fields.map((name) => [name, node[name]]));
/** Ids that a grading speaks of, each once. */
export const gradedIds = ({ right = [], wrong = [], undecided = [] }) => [...new Set([...right, ...wrong, ...undecided])];

/** The other way, for each of them: what an event replaced stands in the tree's past. */
export const UNDO = {
  started(tree) {
    tree.started = null;
    tree.nodes.pop();
  },
  sampled(tree) {
    const node = tree.nodes.pop();
    tree.nodes.parentOf(node).children.pop();
    if (node.role === "rollout") tree.rollouts -= 1;
    if (node.after !== null || node.forced) tree.annotated -= 1;
  },
  scored(tree, event) {
    const node = tree.subject(event);
    const before = tree.past.pop();
    if (node.ahead !== null) tree.annotated -= 1;
    restore(node, before ?? UNSCORED);
    if (before === null && node.state === "candidate") node.state = "frontier";
  },
  decided(tree, event) {
    tree.decisions.pop();
    for (const node of tree.decidedOn(event)) unsettle(node);
  },
  allocated(tree, event) {
    tree.allocations.pop();
    tree.annotated -= 1;
    for (const [id] of event.shares.toReversed()) {
      const node = tree.nodes.get(id);
      node.copies = tree.past.pop();
      node.weight = tree.past.pop();
    }
  },
  merged(tree, event) {
    unsettle(tree.nodes.get(event.id)).merged_into = null;
    tree.duplicates -= 1;
  },
  completed(tree, event) {
    Object.assign(unsettle(tree.nodes.get(event.id)), { answer: null, group: null });
    tree.undecided = tree.past.pop();
  },
  compared(tree, event) {
    for (const node of tree.past.pop()) node.group = event.second;
    tree.undecided = tree.past.pop();
  },
  backed_up(tree, event) {
    const node = tree.nodes.get(event.id);
    tree.annotated -= 1;
    node.value = tree.past.pop();
    node.visits = tree.past.pop();
  },
  noted: (tree) => tree.notes.pop(),
  warned: (tree) => tree.warnings.pop(),
  spent(tree) {
    tree.cost = tree.past.pop();
  },
  voted(tree) {
    tree.votes = tree.past.pop();
  },
  graded(tree, event) {
    const before = tree.past.pop();
    gradedIds(event).forEach((id, index) => Object.assign(tree.nodes.get(id), before[index]));
  },
  finished(tree) {
    tree.finished = null;
  },
};

/** Field by field: it happens a hundred thousand times in one seek. */
function restore(node, { score, aggregate, ahead, verifier_tokens, verifier_flops, reason }) {
  node.score = score;
  node.aggregate = aggregate;
  node.ahead = ahead;
  node.verifier_tokens = verifier_tokens;
  node.verifier_flops = verifier_flops;
  node.reason = reason;
}

/** Back to what a node was before it was settled: its role and its score say. */
function unsettle(node) {
  node.state = node.role === "rollout" ? "rollout" : node.score === null ? "frontier" : "candidate";
  node.decision = node.rank = node.margin = null;
  return node;
}
