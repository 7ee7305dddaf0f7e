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
    tree.nodes.clear();
  },
  sampled(tree, event) {
    const node = tree.nodes.get(event.id);
    tree.nodes.get(node.parent).children.pop();
    if (node.role === "rollout") tree.rollouts -= 1;
    tree.nodes.delete(event.id);
  },
  scored(tree, event) {
    const node = tree.nodes.get(event.id);
    const before = tree.past.pop();
    Object.assign(node, before ?? UNSCORED);
    if (before === null && node.state === "candidate") node.state = "frontier";
  },
  decided(tree, event) {
    tree.decisions.pop();
    for (const verdicts of [event.kept, event.pruned]) for (const [id] of verdicts ?? []) unsettle(tree, id);
  },
  allocated(tree, event) {
    tree.allocations.pop();
    for (const [id] of event.shares.toReversed()) {
      const node = tree.nodes.get(id);
      node.copies = tree.past.pop();
      node.weight = tree.past.pop();
    }
  },
  merged(tree, event) {
    unsettle(tree, event.id).merged_into = null;
    tree.duplicates -= 1;
  },
  completed(tree, event) {
    Object.assign(unsettle(tree, event.id), { answer: null, group: null });
    tree.undecided = tree.past.pop();
  },
  compared(tree, event) {
    for (const node of tree.past.pop()) node.group = event.second;
    tree.undecided = tree.past.pop();
  },
  backed_up(tree, event) {
    const node = tree.nodes.get(event.id);
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

/** Back to what a node was before it was settled: its role and its score say. */
function unsettle(tree, id) {
  const node = tree.nodes.get(id);
  node.state = node.role === "rollout" ? "rollout" : node.score === null ? "frontier" : "candidate";
  node.decision = node.rank = node.margin = null;
  return node;
}
