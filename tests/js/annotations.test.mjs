import assert from "node:assert/strict";
import { test } from "node:test";
import {
  allocationOf,
  allocationSentence,
  copiesLabel,
  countAnnotations,
  isJump,
  markLabel,
  mostVisits,
  visitScale,
} from "../../assets/js/words/annotations.js";
import { tell } from "../../assets/js/words/story.js";
import { Rounds } from "../../assets/js/log/rounds.js";
import { header } from "./synthetic.mjs";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";
import { aggregateArithmetic, nodeName, shortName } from "../../assets/js/words/words.js";

/** A log from its events; `seq` and `t` come by themselves. */
function log(strategy, events, options = {}) {
  const all = [header({ aggregate: "min", ...options }, strategy), ...events];
  return all.map((event, seq) => ({ ...event, seq, t: seq / 100 }));
}
const sampled = (id, fields = {}) => ({ kind: "sampled", id, text: `text ${id}`, tokens: 3, logprob: -1, ...fields });
const spent = (round) => ({ kind: "spent", round, call: "sample", requests: 1 });
const scored = (id, score, fields = {}) => ({ kind: "scored", id, score, ...fields });
const backedUp = (id, visits, value) => ({ kind: "backed_up", id, visits, value });

function story(events, index) {
  const rounds = new Rounds();
  rounds.extend(events);
  return tell(events, rounds.segments[index], rounds.segments[index].cursor);
}

const MCTS = log("mcts", [
  sampled("0"),
  sampled("1"),
  spent(1),
  backedUp("0", 1, 0.5),
  backedUp("root", 1, 0.5),
  sampled("0.0"),
  spent(2),
  backedUp("0.0", 1, 0.9),
  backedUp("0", 4, 0.7),
  backedUp("root", 5, 0.66),
]);

test("visits and value: beside the mark, for the ear, and in the story of the round", () => {
  const tree = Tree.fromEvents(MCTS);
  const node = tree.nodes.get("0");
  assert.equal(markLabel(node), "0.70 (4)");
  assert.match(nodeName(tree, node), /, visited 4 times, mean value 0\.70$/);
  assert.doesNotMatch(nodeName(tree, tree.nodes.get("1")), /visited/);
  assert.equal(
    story(MCTS, 2),
    "Round 2: 1 step written. The values of 3 nodes were backed up; the problem now has 5 visits, mean value 0.66.",
  );
  const rootFirst = log("mcts", [sampled("0"), spent(1), backedUp("root", 1, 0.5), backedUp("0", 1, 0.9)]);
  assert.match(story(rootFirst, 1), /the problem now has 1 visit, mean value 0\.50\.$/);
  assert.equal(countAnnotations(tree).visits, 2);
  assert.equal(mostVisits(tree), 4);
  assert.equal(visitScale({ visits: 1 }, 4).toFixed(6), "1.200000");
  const [often, seldom, never] = ["0", "0.0", "1"].map((id) => visitScale(tree.nodes.get(id), 4));
  assert.ok(often > seldom && seldom > never && never > 0.5);
  assert.equal(visitScale(node, 0), 1);
});

test("shares: copies beside the mark, the effective sample size in the story", () => {
  const shares = [
    ["0", 0.75, 3],
    ["1", 0.25, 1],
    ["2", 0, 0],
  ];
  const events = log("particle_filter", [
    ...["0", "1", "2"].map((id) => sampled(id)),
    spent(1),
    ...["0", "1", "2"].map((id) => scored(id, 0.5)),
    { kind: "allocated", round: 1, rule: "multinomial", effective: 1.6, shares },
  ]);
  const tree = Tree.fromEvents(events);
  assert.deepEqual(
    ["0", "1", "2"].map((id) => markLabel(tree.nodes.get(id))),
    ["0.50 ×3", "0.50", "0.50"],
  );
  assert.match(nodeName(tree, tree.nodes.get("0")), /carried on 3 times$/);
  assert.match(nodeName(tree, tree.nodes.get("2")), /given no share$/);
  assert.match(story(events, 1), /Effective sample size 1\.6 of 3\. Of 3 paths, 2 share 4 copies; the most for one is 3\.$/);
  assert.equal(copiesLabel(tree.nodes.get("0")), "×3");
  assert.equal(copiesLabel(tree.nodes.get("1")), "");
  const later = { kind: "allocated", round: 2, shares: [["0", 1, 4]], seq: events.length };
  tree.apply(later);
  assert.equal(allocationOf(tree, tree.nodes.get("0")), later);
  assert.equal(allocationOf(tree, tree.nodes.get("1")).round, 1);
  assert.match(allocationSentence({ shares: [["0", 1, 2], ["1", 1, 2]] }), /^Of 2 paths, 2 share 4 copies; the most for one is 2\.$/);
  // REBASE speaks of no effective sample size.
  assert.doesNotMatch(allocationSentence({ shares }), /Effective/);
  assert.equal(allocationSentence({ shares: [["0", 1, 1]] }), "Each of 1 path is carried on once.");
});

const LOOKAHEAD = log("lookahead", [
  sampled("0"),
  sampled("1"),
  spent(1),
  sampled("0.0", { role: "rollout" }),
  sampled("1.0", { role: "rollout", ended: "end" }),
  spent(2),
  scored("0.0", 0.4),
  scored("0", 0.9, { aggregate: 0.4, ahead: "0.0" }),
  scored("1.0", 0.8),
  scored("1", 0.8, { ahead: "1.0" }),
  { kind: "decided", round: 2, rule: "top_k", why: "One is kept.", kept: [["1"]], pruned: [["0"]] },
  { kind: "completed", id: "1.0", answer: "42", group: 0 },
  sampled("1.1"),
]);

test("a rollout's end judges: its scores are part of the arithmetic", () => {
  const tree = Tree.fromEvents(LOOKAHEAD);
  const node = tree.nodes.get("0");
  assert.equal(markLabel(node), "0.90 → 0.40");
  assert.equal(aggregateArithmetic(tree, node), "min(0.90, 0.40) = 0.40");
  assert.match(nodeName(tree, node), /judged by the end of its rollout$/);
  assert.equal(story(LOOKAHEAD, 1), "Round 1: 2 steps written.");
  assert.match(story(LOOKAHEAD, 2), /^Round 2: 2 steps of rollouts written and scored\. 1 path reached its end: 42\. The search kept 1 and pruned 1/);
});

test("rollouts are counted apart, and left out unless asked for or on the way to an answer", () => {
  const tree = Tree.fromEvents(LOOKAHEAD);
  assert.equal(shortName(tree, tree.nodes.get("0.0")), "Look-ahead step 2, branch 1 of 1");
  assert.equal(shortName(tree, tree.nodes.get("1.1")), "Step 2, branch 1 of 1");
  const [shown, hidden] = [true, false].map((rollouts) => new Visible(tree, "dim", new Set(), rollouts));
  assert.deepEqual(shown.children("0"), ["0.0"]);
  assert.deepEqual(hidden.children("0"), []);
  assert.equal(hidden.has("0.0"), false);
  assert.deepEqual(hidden.children("1"), ["1.0", "1.1"]);
  // With its rollout out of sight, a pruned step is a leaf like any other, and folds.
  const folded = new Visible(tree, "fold", new Set(), false);
  assert.deepEqual(folded.fold("fold:root").members, ["0"]);
  assert.deepEqual(new Visible(tree, "fold", new Set(), true).children("root"), ["0", "1"]);
});

const pieces = [
  sampled("0"),
  spent(1),
  sampled("0.0"),
  spent(2),
  sampled("0.1", { after: "0.0", forced: "Wait" }),
  spent(3),
  sampled("1", { after: "0.1" }),
  spent(4),
];

test("a stream: pieces in the order of writing, jumps back, forced words", () => {
  const events = log("single_stream", pieces);
  const tree = Tree.fromEvents(events);
  const node = tree.nodes.get("0.1");
  assert.equal(shortName(tree, node), "Piece 3 of 4, step 2");
  assert.match(nodeName(tree, node), /after a jump back, forced to begin with “Wait”$/);
  assert.equal(markLabel(node), "“Wait”");
  assert.equal(markLabel({ ...node, text: "Wait, I  meant\n3 * 14 = 42" }, true), "Wait, I meant 3…");
  assert.equal(story(events, 3), "Piece 3: “text 0.1” Made to begin with “Wait”, the text goes back from step 2 to step 1.");
  assert.match(story([...events, { ...sampled("1.0"), seq: events.length }], 4), /The text goes back from step 2 to the problem\.$/);
  assert.deepEqual(countAnnotations(tree), { visits: 0, copies: 0, ahead: 0, revisions: 0, jumps: 2, forced: 1 });
});

test("what goes on below its parent has not jumped", () => {
  const tree = Tree.fromEvents(log("single_stream", [sampled("0"), sampled("0.0", { after: "0" })]));
  assert.equal(isJump(tree.nodes.get("0.0")), false);
});

test("attempts: the same field tells which one is revised", () => {
  const events = log("self_revision", pieces);
  const tree = Tree.fromEvents(events);
  assert.match(nodeName(tree, tree.nodes.get("1")), /, revises an earlier attempt$/);
  assert.equal(countAnnotations(tree).revisions, 2);
  assert.match(story(events, 3), /It opens an attempt that revises an earlier one\.$/);
});
