import assert from "node:assert/strict";
import { test } from "node:test";
import { inward, nextNode, sibling } from "../../assets/js/log/walking.js";
import { NOTHING, Writing } from "../../assets/js/log/writing.js";
import { Tree } from "../../assets/js/log/tree.js";
import { foldOf, isFold, Visible } from "../../assets/js/log/visible.js";
import { ViewState } from "../../assets/js/log/view_state.js";
import { header } from "./synthetic.mjs";

const sampled = (id, fields = {}) => ({ kind: "sampled", id, text: id, tokens: 1, logprob: -1, ...fields });
const scored = (id, score) => ({ kind: "scored", id, score });
const decided = (kept, pruned) => ({
  kind: "decided",
  round: 1,
  rule: "top_k",
  why: "So.",
  kept: kept.map((id) => [id]),
  pruned: pruned.map((id) => [id]),
});
const treeOf = (...events) => Tree.fromEvents([header(), ...events].map((event, seq) => ({ ...event, seq, t: 0 })));

/** 0 is kept, with the kept 0.0 and the pruned 0.1; 1 and 3 are pruned, 2 is a duplicate of 0. */
const EVENTS = [
  ...["0", "1", "2", "3"].map((id) => sampled(id)),
  ...[scored("0", 0.9), scored("1", 0.4), scored("3", 0.2)],
  { kind: "merged", id: "2", into: "0" },
  decided(["0"], ["1", "3"]),
  ...[sampled("0.0"), sampled("0.1")],
  decided(["0.0"], ["0.1"]),
];
const TREE = treeOf(...EVENTS);
/** 0 is judged by the rollout 0.0; the rollout 1.0 led to an answer. */
const AHEAD = treeOf(
  ...[sampled("0"), sampled("1"), sampled("0.0", { role: "rollout" }), sampled("1.0", { role: "rollout" })],
  { kind: "completed", id: "1.0", answer: "4", group: 0 },
);
const visible = (mode, unfolded = []) => new Visible(TREE, mode, new Set(unfolded));
const ids = (seen) => [...seen.walk("root")].map(([id]) => id);

test("each mode shows its nodes, and knows which those are", () => {
  const folded = ["root", "0", "0.0", "fold:0", "fold:root"];
  assert.deepEqual(ids(visible("dim")), ["root", "0", "0.0", "0.1", "1", "2", "3"]);
  assert.deepEqual(ids(visible("fold")), folded);
  assert.deepEqual(ids(visible("fold", ["root"])), ["root", "0", "0.0", "fold:0", "1", "2", "3"]);
  assert.deepEqual(ids(visible("hide")), ["root", "0", "0.0"]);
  for (const [mode, unfolded] of [["dim"], ["fold"], ["hide"], ["fold", ["root"]], ["fold", ["root", "0"]]]) {
    const seen = visible(mode, unfolded);
    const shown = new Set(ids(seen));
    for (const id of [...TREE.nodes.keys(), "fold:0", "fold:root", "fold:1", "fold:9", "9"])
      assert.equal(seen.has(id), shown.has(id), `${mode} ${id}`);
  }
});

test("a pruned step that something grows from is no leaf to fold", () => {
  const grown = treeOf(sampled("0"), sampled("0.0"), decided([], ["0"]));
  assert.deepEqual(ids(new Visible(grown, "hide", new Set())), ["root", "0", "0.0"]);
});

test("a fold knows its members and the best score in it", () => {
  const seen = visible("fold");
  assert.deepEqual(seen.fold("fold:root"), { id: "fold:root", parent: "root", members: ["1", "2", "3"], best: 0.4 });
  assert.equal(seen.fold("fold:0").best, null);
  assert.equal(seen.fold("fold:0.0"), null);
  assert.deepEqual(seen.children("fold:root"), []);
  assert.equal(seen.parent("fold:0"), "0");
  assert.equal(isFold(null), false);
  assert.equal(isFold(foldOf("0")), true);
});

test("a walk goes only below what is open", () => {
  assert.deepEqual(
    [...visible("dim").walk("root", (id) => id !== "0")],
    [
      ["root", 0],
      ["0", 1],
      ["1", 1],
      ["2", 1],
      ["3", 1],
    ],
  );
});

// What a person chose to see -----------------------------------------------------------------

const chosen = (state, tree = TREE) => ids(state.visible(tree, NOTHING));

test("rollouts come on demand, but for those that led to an answer", () => {
  const state = new ViewState();
  assert.deepEqual(chosen(state, AHEAD), ["root", "0", "1", "1.0"]);
  state.toggleState("rollout");
  assert.deepEqual(chosen(state, AHEAD), ["root", "0", "0.0", "1", "1.0"]);
  state.toggleState("rollout");
  assert.equal(state.select("0.0", AHEAD, NOTHING), true);
  assert.deepEqual([state.selected, state.hiddenStates.has("rollout")], ["0.0", false]);
});

test("who selects a step sees it: it is unfolded, or all pruned ones are shown again", () => {
  const folding = new ViewState();
  folding.setPruned("fold");
  folding.select("0.1", TREE, NOTHING);
  assert.deepEqual([folding.pruned, [...folding.unfolded]], ["fold", ["0"]]);
  const hiding = new ViewState();
  hiding.setPruned("hide");
  hiding.select("0.0", TREE, NOTHING);
  assert.equal(hiding.pruned, "hide");
  hiding.select("1", TREE, NOTHING);
  assert.deepEqual([hiding.pruned, hiding.selected], ["dim", "1"]);
});

test("nothing changes for a node that is not there", () => {
  const state = new ViewState();
  state.setPruned("hide");
  state.select("0", TREE, NOTHING);
  assert.equal(state.select("9.9", TREE, NOTHING), false);
  assert.deepEqual([state.selected, state.pruned], ["0", "hide"]);
  assert.equal(state.select(null, TREE, NOTHING), true);
  assert.equal(state.selected, null);
  const coming = new Writing("step", new Map([["4", 3]]));
  assert.equal(state.select("4", TREE, coming), true);
});

test("a selection survives going back in time, but not being folded or hidden", () => {
  const state = new ViewState();
  const forget = (tree) => {
    state.forgetHidden(tree, state.visible(tree, NOTHING));
    return state.selected;
  };
  state.select("0.1", TREE, NOTHING);
  assert.equal(forget(treeOf(...EVENTS.slice(0, 4))), "0.1");
  state.setPruned("fold");
  assert.equal(forget(TREE), null);
  state.select("fold:0", TREE, NOTHING);
  assert.equal(forget(TREE), "fold:0");
  state.setPruned("dim");
  assert.equal(forget(TREE), null);
});

test("of a selected step that turns out to be a duplicate the original is selected", () => {
  const state = new ViewState();
  const before = [sampled("0"), sampled("1")];
  const forget = (tree) => {
    state.forgetHidden(tree, state.visible(tree, NOTHING));
    return state.selected;
  };
  state.select("1", treeOf(...before), NOTHING);
  assert.equal(forget(treeOf(...before)), "1");
  assert.equal(forget(treeOf(...before, { kind: "merged", id: "1", into: "0" })), "0");
});

test("unfolding names the first step, and lasts until pruned steps are shown another way", () => {
  const state = new ViewState();
  state.setPruned("fold");
  assert.equal(state.unfold("fold:root", TREE, NOTHING), "1");
  assert.ok(chosen(state).includes("3"));
  for (const mode of ["hide", "dim", "fold"]) {
    state.cyclePruned();
    assert.equal(state.pruned, mode);
  }
  assert.ok(!chosen(state).includes("3"));
});

test("a new run keeps the filters and forgets the nodes", () => {
  const state = new ViewState();
  state.setPruned("fold");
  state.toggleState("pruned");
  state.select("1", TREE, NOTHING);
  state.toggleDuplicates("0");
  state.begin();
  assert.deepEqual([state.selected, state.unfolded.size, state.opened.size], [null, 0, 0]);
  assert.deepEqual([state.pruned, [...state.hiddenStates]], ["fold", ["rollout", "merged", "pruned"]]);
});

test("duplicates are folded into their original, until it is opened, one is selected, or all are shown", () => {
  const tree = Tree.fromEvents([
    header(),
    ...["0", "1", "2"].map((id) => ({ kind: "sampled", id, text: "the same", tokens: 1, logprob: -1 })),
    ...["1", "2"].map((id) => ({ kind: "merged", id, into: "0" })),
  ].map((event, seq) => ({ ...event, seq, t: 0 })));
  const state = new ViewState();
  const children = () => state.visible(tree, NOTHING).children("root");
  assert.deepEqual(children(), ["0"]);
  assert.equal(state.visible(tree, NOTHING).duplicatesOf("0"), 2);
  assert.equal(state.visible(tree, NOTHING).has("1"), false);
  const before = state.visible(tree, NOTHING).shape;
  state.toggleDuplicates("0");
  assert.deepEqual(children(), ["0", "1", "2"]);
  assert.notEqual(state.visible(tree, NOTHING).shape, before);
  state.toggleDuplicates("0");
  state.select("2", tree, NOTHING);
  assert.deepEqual(children(), ["0", "1", "2"]);
  state.begin();
  state.toggleState("merged");
  assert.deepEqual(children(), ["0", "1", "2"]);
  assert.equal(state.visible(tree, NOTHING).duplicatesOf("0"), 0);
});

// Ways through the tree ----------------------------------------------------------------------

test("inward leads along the chosen path, else to what was kept, else to the first", () => {
  const seen = visible("dim");
  assert.equal(inward(seen, "root"), "0");
  const late = treeOf(sampled("0"), sampled("1"), decided(["1"], ["0"]), sampled("1.0"), sampled("1.1"));
  const through = new Visible(late, "dim", new Set());
  assert.equal(inward(through, "root"), "1");
  assert.equal(inward(through, "1"), "1.0");
  late.finished = { chosen: "1.1" };
  assert.equal(inward(through, "1"), "1.1");
  // A name that only begins alike lies elsewhere.
  late.finished = { chosen: "05" };
  assert.equal(inward(through, "root"), "1");
  assert.equal(inward(through, "1.1"), null);
  assert.equal(inward(visible("fold"), "fold:root"), null);
});

test("beyond the end of a family comes the neighbour at the same depth", () => {
  const tree = treeOf(...["0", "1", "2", "0.0", "0.1", "2.0", "2.1"].map((id) => sampled(id)));
  const seen = new Visible(tree, "dim", new Set());
  assert.equal(sibling(seen, "0.0", 1), "0.1");
  assert.equal(sibling(seen, "0.1", 1), "2.0");
  assert.equal(sibling(seen, "2.0", -1), "0.1");
  assert.equal(sibling(seen, "0.0", -1), null);
  assert.equal(sibling(seen, "2.1", 1), null);
  assert.equal(sibling(seen, "1", Infinity), "2");
  assert.equal(sibling(seen, "1", -Infinity), "0");
  assert.equal(sibling(seen, "root", 1), null);
  assert.equal(sibling(visible("fold"), "0", 1), "fold:root");
});

test("the next node that fits is found in depth-first order, round the end, never the root", () => {
  const pruned = (node) => node.state === "pruned";
  const order = [];
  for (let id = null, i = 0; i < 4; i += 1) order.push((id = nextNode(TREE, id, pruned)));
  assert.deepEqual(order, ["0.1", "1", "3", "0.1"]);
  assert.equal(nextNode(TREE, "fold:root", pruned), "0.1");
  assert.equal(nextNode(TREE, "0", (node) => node.state === "completed"), null);
  assert.equal(nextNode(TREE, null, () => true), "0");
  assert.equal(nextNode(new Tree(), null, () => true), null);
});
