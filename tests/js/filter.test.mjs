import assert from "node:assert/strict";
import { test } from "node:test";
import { disagreeing, Filter, rivalsOf } from "../../assets/js/log/filter.js";
import { beamLog, header } from "./synthetic.mjs";
import { Finder } from "../../assets/js/log/finder.js";
import { NOTHING } from "../../assets/js/log/writing.js";
import { Scene } from "../../assets/js/picture/scene.js";
import { Tree } from "../../assets/js/log/tree.js";
import { ViewState } from "../../assets/js/log/view_state.js";

const sampled = (id, fields = {}) => ({ kind: "sampled", id, text: id, tokens: 1, logprob: -1, ...fields });
const logOf = (...events) => [header(), ...events].map((event, seq) => ({ ...event, seq, t: 0 }));
const EVENTS = beamLog({ n: 16, width: 4, rounds: 5 });

/** A tree of solutions, `[right, aggregate]` each; which of them disagree with the truth. */
function disagreeingOf(...solutions) {
  const nodes = solutions.map(([right, aggregate], index) => [String(index), { right, aggregate }]);
  const disagrees = disagreeing({ nodes: new Map(nodes) });
  return nodes.filter(([, node]) => disagrees(node)).map(([id]) => Number(id));
}

test("verifier and truth disagree by order: what is wrong stands above, what is right below", () => {
  const [right, wrong, unknown] = [true, false, null];
  assert.deepEqual(disagreeingOf([right, 0.9], [wrong, 0.8], [right, 0.7], [wrong, 0.1]), [2]);
  assert.deepEqual(disagreeingOf([right, 0.2], [wrong, 0.3], [wrong, 0.2], [wrong, 0.1]), [0, 1], "low scores, and fooled");
  assert.deepEqual(disagreeingOf([right, 0.9], [wrong, 0.95], [wrong, 0.1]), [0, 1], "high scores, and fooled");
  assert.deepEqual(disagreeingOf([right, 0.4], [wrong, 0.3]), [], "low scores in the right order");
  assert.deepEqual(disagreeingOf([right, 0.4], [wrong, 0.4]), [], "level is no order");
  assert.deepEqual(disagreeingOf([unknown, 0.9], [right, null], [wrong, 0.1]), []);
});

test("where all are right, or all wrong, the score alone says whether the verifier believes them", () => {
  assert.deepEqual(disagreeingOf([true, 0.49], [true, 0.5]), [0]);
  assert.deepEqual(disagreeingOf([false, 0.49], [false, 0.5]), [1]);
});

test("a filter asks for scores in a range, both ends included, and for nothing at first", () => {
  const filter = new Filter();
  assert.equal(filter.test(), null);
  filter.low = 0.25;
  filter.high = 0.5;
  const fits = [0.24, 0.25, 0.5, 0.51, null].map((score) => filter.test()({ score }));
  assert.deepEqual(fits, [false, true, true, false, false]);
  filter.disagreeing = filter.rivals = true;
  assert.equal(filter.size, 3);
  const [right, wrong] = [true, false].map((right) => ({ score: 0.3, aggregate: 0.3, right }));
  assert.equal(filter.test({ nodes: new Map([["0", right]]) })(right), true);
  assert.equal(filter.test({ nodes: new Map([["0", wrong]]) })(wrong), false);
});

test("the chosen path's rivals are what it competed with, and the best path to every other answer", () => {
  const tree = Tree.fromEvents(EVENTS);
  const ids = rivalsOf(tree);
  const path = tree.path(tree.chosen);
  for (const { id, parent } of path) {
    assert.ok(ids.has(id));
    for (const sibling of tree.nodes.get(parent).children) assert.ok(ids.has(sibling));
  }
  const groups = new Set([...tree.nodes.values()].filter(({ group }) => group !== null).map(({ group }) => group));
  const shown = new Set([...ids].map((id) => tree.nodes.get(id).group).filter((group) => group !== null));
  assert.deepEqual(shown, groups);
  assert.ok(ids.size < tree.nodes.size);
  assert.equal(rivalsOf(Tree.fromEvents(EVENTS.slice(0, 20))), null);
});

test("the picture shows only these where that is asked for, and a step outside ends it", () => {
  const tree = Tree.fromEvents(EVENTS);
  const view = new ViewState();
  view.toggleState("merged");
  view.filter.rivals = true;
  const shown = [...view.visible(tree, NOTHING).walk("root")].map(([id]) => id);
  assert.deepEqual(new Set(shown), rivalsOf(tree));
  const outside = [...tree.nodes.keys()].find((id) => !shown.includes(id));
  assert.equal(view.visible(tree, NOTHING).has(outside), false);
  view.select(outside, tree, NOTHING);
  assert.equal(view.filter.rivals, false);
  assert.equal(view.visible(tree, NOTHING).has(outside), true);
});

test("a collapsed branch is one mark with all that grows there; what is selected opens it", () => {
  const tree = Tree.fromEvents(EVENTS);
  const view = new ViewState();
  view.toggleState("merged");
  const below = (id) => tree.nodes.get(id).children.flatMap((child) => [child, ...below(child)]);
  const branch = tree.nodes.get(tree.path(tree.chosen)[1].id);
  view.toggleBranch(branch.id, tree);
  let visible = view.visible(tree, NOTHING);
  assert.deepEqual(visible.children(branch.id), [`fold:${branch.id}`]);
  assert.deepEqual(new Set(visible.fold(`fold:${branch.id}`).members), new Set(below(branch.id)));
  assert.deepEqual([visible.has(branch.id), visible.has(tree.chosen)], [true, false]);
  assert.notEqual(visible.shape, new ViewState().visible(tree, NOTHING).shape);
  view.select(tree.chosen, tree, NOTHING);
  visible = view.visible(tree, NOTHING);
  assert.equal(visible.has(tree.chosen), true);
  // It opens by its mark, too, and a leaf has nothing to collapse.
  view.toggleBranch(branch.id, tree);
  view.unfold(`fold:${branch.id}`, tree, NOTHING);
  view.toggleBranch(tree.chosen, tree);
  assert.equal(view.closed.size, 0);
});

test("a finder finds texts whatever their case and spaces, as the log grows, and none of the future", () => {
  const events = logOf(sampled("0", { text: "Half of  24 is 12." }), sampled("1", { text: "No." }));
  const finder = new Finder();
  finder.look(" half OF 24 ");
  assert.deepEqual(finder.upTo(events, 3), ["0"]);
  events.push({ ...sampled("0.0", { text: "…half of 24…" }), seq: 3 });
  assert.deepEqual(finder.upTo(events, 4), ["0", "0.0"]);
  assert.deepEqual(finder.upTo(events, 3), ["0"]);
  assert.deepEqual(finder.upTo(events, 1), []);
  finder.look("no");
  assert.deepEqual(finder.upTo(events, 4), ["1"]);
  finder.look("  ");
  assert.deepEqual(finder.upTo(events, 4), []);
});

test("from match to match and round again, from wherever the selection is", () => {
  const view = new ViewState();
  const found = ["0", "1", "0.0"];
  const walk = (by) => (view.selected = view.nextFound(found, by));
  assert.deepEqual([walk(1), walk(1), walk(1), walk(1)], ["0", "1", "0.0", "0"]);
  assert.deepEqual([walk(-1), walk(-1)], ["0.0", "1"]);
  view.selected = "elsewhere";
  assert.equal(walk(-1), "0.0");
  assert.equal(view.nextFound([], 1), null);
});

test("what does not fit is faint, and what was found is never merged", () => {
  const tree = Tree.fromEvents(beamLog({ n: 128, width: 4, rounds: 10 }));
  const scene = new Scene();
  const cut = [...tree.nodes.values()].find(({ state, depth }) => state === "pruned" && depth > 5);
  const fits = ({ score }) => score !== null && score > 0.9;
  const visible = new ViewState().visible(tree, NOTHING);
  scene.update(tree, visible, new Set(), false, null, { fits, found: [cut.id] });
  for (const item of scene.items.values()) {
    if (item.id === "root") assert.equal(item.ghost, false);
    else if (!item.inner) assert.equal(item.ghost, !fits(tree.nodes.get(item.id)), item.id);
  }
  const camera = { ku: 1, kd: 60, ou: 250, od: 50, vertical: false };
  const sight = scene.look(camera, { width: 800, height: 500 });
  assert.ok(sight.branches.length > 0 && sight.marks.includes(scene.indexOf(cut.id)));
  const of = scene.branches.of(sight.branches[0]);
  assert.ok(of.fitting >= 0 && of.fitting < of.count);
});

test("right or wrong solutions are found alone, and among them those that say a text", () => {
  const events = logOf(
    sampled("0", { text: "19" }),
    sampled("1", { text: "24" }),
    sampled("2", { text: "about 19" }),
    ...["0", "1", "2"].map((id) => ({ kind: "completed", id, answer: id === "1" ? "24" : "19", group: id === "1" ? 1 : 0 })),
    { kind: "graded", right: ["1"], wrong: ["0", "2"] },
  );
  const tree = Tree.fromEvents(events);
  const view = new ViewState();
  const found = () => view.found(tree, events, events.length);
  assert.deepEqual(found(), []);
  view.filter.grade = "wrong";
  assert.equal(view.filter.size, 1);
  assert.deepEqual(found(), ["0", "2"]);
  view.finder.look("about");
  assert.deepEqual(found(), ["2"]);
  view.filter.grade = "right";
  assert.deepEqual(found(), []);
  view.finder.look("");
  assert.deepEqual(found(), ["1"]);
  view.filter.clear();
  view.filter.low = 0.5;
  assert.deepEqual(found(), [], "a range is drawn, and not gone through");
});

test("nothing that was sought in one run is sought in the next", () => {
  const view = new ViewState();
  view.finder.look("24 - 1");
  Object.assign(view.filter, { low: 0.5, disagreeing: true });
  view.pruned = "hide";
  view.begin();
  assert.deepEqual([view.finder.text, view.filter.size, view.filter.test()], ["", 0, null]);
  assert.equal(view.pruned, "hide", "how states are shown stays");
});
