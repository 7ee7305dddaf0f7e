// What can be done to a step, what was done to a run, and the way back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { actWords, before, possibleActs, untouched } from "../../assets/js/words/act_words.js";
import { Steering } from "../../assets/js/steering.js";
import { Tree } from "../../assets/js/log/tree.js";
import { visitedRun } from "../../assets/js/words/visited_words.js";

const numbered = (events) => events.map((event, seq) => ({ seq, t: 0, ...event }));

function started(strategy = "beam_search", options = { n: 4 }) {
  return { kind: "started", strategy, options, sampling: {}, seed: 1, solver: { name: "s" }, verifier: { name: "v" }, problem: { text: "2 + 2?" } };
}

const sampled = (id, parts = {}) => ({ kind: "sampled", id, text: `step ${id}`, tokens: 2, logprob: -1, ...parts });
const decided = (rule, kept, pruned) => ({
  ...{ kind: "decided", round: 1, rule, why: "Why.", cutoff: 0.5 },
  kept: kept.map((id) => [id, 1, 0]),
  pruned: pruned.map((id) => [id, 2, -0.1]),
});

function grown(strategy, options) {
  return Tree.fromEvents(
    numbered([
      started(strategy, options),
      ...["0", "1", "2", "3"].map((id) => sampled(id, id === "3" ? { ended: "length" } : {})),
      decided("top_k", ["0"], ["1"]),
      decided("out_of_steps", [], ["2"]),
      decided("too_long", [], ["3"]),
      sampled("0.0", { ended: "end" }),
      { kind: "completed", id: "0.0", answer: "4", group: 0 },
      sampled("0.1", { role: "rollout" }),
    ]),
  );
}

const acts = (tree, id) => possibleActs(tree, tree.nodes.get(id)).join(" ");

test("only what makes sense at a step is offered", () => {
  const tree = grown();
  assert.equal(acts(tree, "root"), "grow write go_on");
  assert.equal(acts(tree, "0"), "cut grow edit write go_on");
  assert.equal(acts(tree, "1"), "keep edit go_on");
  assert.equal(acts(tree, "2"), "edit go_on"); // no rule weighed it against others
  assert.equal(acts(tree, "3"), "edit"); // half a step
  assert.equal(acts(tree, "0.0"), "cut edit"); // finished
  assert.equal(acts(tree, "0.1"), ""); // only a look ahead
});

test("a single stream is not steered, and PUCT takes no step of a person's", () => {
  assert.equal(acts(grown("single_stream", {}), "0"), "go_on");
  assert.equal(acts(grown("mcts", { selection: "puct" }), "0"), "cut grow go_on");
  assert.equal(acts(grown("mcts", { selection: "uct" }), "0"), "cut grow edit write go_on");
});

const NOTES = [
  { kind: "noted", id: "0", action: "kept", author: "Ada", of: "a" },
  { kind: "noted", id: "root", action: "injected", text: "my  own", of: "b" },
];

const LABELS = { strategies: { beam_search: "Beam search" }, options: { beam_search: { beam_width: { label: "Beam width M" } } } };

test("what was done is said with its author, and the steps by their words", () => {
  const tree = Tree.fromEvents(numbered([started(), ...NOTES, sampled("0")]));
  const said = (parts) => actWords({ author: "Ada", id: "0", ...parts }, tree, LABELS);
  assert.deepEqual(tree.notes.map((note) => actWords(note, tree)), [
    "Ada kept “step 0”",
    "A person wrote a step after the problem: “my own”",
  ]);
  assert.equal(actWords({ action: "kept", id: "0" }, tree, LABELS, true), "You kept “step 0”");
  // Before the tree has it, by its place, counted as the tree counts.
  assert.equal(actWords({ action: "kept", id: "0.7" }, tree, LABELS, true), "You kept step 2, branch 8");
  assert.equal(said({ action: "pruned", id: "7" }), "Ada cut step 1, branch 8");
  assert.equal(said({ action: "grown", count: 2 }), "Ada grew 2 more after “step 0”");
  assert.equal(said({ action: "edited", text: "new" }), "Ada edited a step: “new”");
  assert.equal(said({ action: "went_on" }), "Ada went on from “step 0” with Beam search");
  const set = { action: "changed", id: "root", changed: { beam_width: 2, judge: "best" } };
  assert.equal(said(set), "Ada set Beam width M to 2, Judge to best, and had just the missing steps grown");
  assert.equal(said({ action: "changed", id: "root" }), "Ada had just the missing steps grown");
  const edited = { kind: "noted", id: "0", action: "edited", text: "new" };
  const later = Tree.fromEvents(numbered([started(), ...NOTES, edited, sampled("0")]));
  assert.equal(actWords(later.notes[0], later), "Ada kept the step that was edited later");
  assert.equal(actWords(later.notes[2], later), "A person edited a step: “new”");
  assert.deepEqual([untouched(tree), before(tree)], ["a", "b"]);
});

test("the list of runs says that a run was steered, and of which it came", () => {
  const log = { run: "c", live: false, complete: false, interrupted: false, events: numbered([started(), ...NOTES, sampled("0")]) };
  const { made, of } = visitedRun(log, {});
  assert.deepEqual([made, of], ["Beam search, N 4, steered by 2 acts", "b"]);
});

test("a step is ranked among those about which a person decided otherwise too", () => {
  const kept = { ...decided("kept_by_hand", ["1"], []), kept: [["1", 2, -0.1]] };
  const tree = Tree.fromEvents(numbered([started(), sampled("0"), sampled("1"), decided("top_k", ["0"], []), kept]));
  assert.deepEqual(tree.decisions.map((decision) => tree.rankedWith(decision)), [2, 2]);
});

test("an act is answered once: by the run that came of it, or by why there is none", async () => {
  const requested = [];
  const explorer = { given: { steer: () => {} }, log: { run: "new" }, request: (...given) => requested.push(given) };
  const steering = new Steering(explorer);
  const refused = steering.ask({ run: "old", act: { action: "keep", node: "0.1" } });
  assert.equal(JSON.parse(steering.text).act.node, "0.1");
  steering.settle("It was not cut.");
  assert.equal(await refused, "It was not cut.");
  const came = steering.ask({ run: "old", act: { action: "cut", node: "0.1" } });
  steering.arrived();
  steering.arrived();
  assert.equal(await came, "");
  assert.deepEqual(requested, [["new", "0.1"]]);
  // What came of it is this person's; a run that only came on show is not.
  assert.deepEqual(["new", "old"].map(steering.actions().mine), [true, false]);
});

test("where no server drives runs again nothing is offered", () => {
  assert.deepEqual(new Steering({ given: {} }).actions(), {});
});

test("the step that a person wrote is looked at as soon as the run that came of it has it", async () => {
  const explorer = { given: { steer: () => {} }, log: { run: "new" }, request: () => {} };
  const steering = new Steering(explorer);
  const came = steering.ask({ run: "old", act: { action: "write", node: "0", text: " mine " } });
  const before = Tree.fromEvents(numbered([started(), sampled("0"), sampled("0.0", { text: "mine" })]));
  assert.equal(steering.writtenNode("new", before), null); // not asked of this run yet
  steering.arrived();
  await came;
  assert.equal(steering.writtenNode("new", before), null); // the solver's own, in the same words
  const tree = Tree.fromEvents(numbered([started(), sampled("0"), sampled("0.0"), sampled("0.1", { text: "mine", by: "Ada" })]));
  assert.equal(steering.writtenNode("old", tree), null);
  assert.equal(steering.writtenNode("new", tree), "0.1");
  assert.equal(steering.writtenNode("new", tree), null); // once: whoever selects another has left
});
