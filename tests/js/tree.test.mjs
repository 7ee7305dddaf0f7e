import assert from "node:assert/strict";
import { test } from "node:test";
import { Replay } from "../../assets/js/log/replay.js";
import { Rounds } from "../../assets/js/log/rounds.js";
import { LogError, toJSON, Tree } from "../../assets/js/log/tree.js";
import { foldOf, Visible } from "../../assets/js/log/visible.js";
import { answerRows } from "../../assets/js/panels/answers.js";
import { aggregateArithmetic, nodeName, whySentences } from "../../assets/js/words/words.js";
import { beamLog } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 4 });
const json = (tree) => JSON.parse(JSON.stringify(toJSON(tree)));

test("kept, pruned, completed and merged account for every step", () => {
  const tree = Tree.fromEvents(EVENTS);
  const states = [...tree.nodes.values()].slice(1).map((node) => node.state);
  assert.equal(states.length, 64);
  assert.ok(states.every((state) => ["kept", "pruned", "completed", "merged"].includes(state)));
  assert.equal(tree.rounds, 3);
  assert.equal(tree.nodes.get(tree.chosen).state, "completed");
});

test("a replay shows the same tree whichever way it came", () => {
  const events = beamLog({ n: 64, width: 4, rounds: 40 });
  const replay = new Replay(events);
  replay.seek(events.length);
  assert.ok(events.length > 4000);
  for (const cursor of [4500, 3, 4001, 4000, events.length, 0, 1, 2500]) {
    assert.deepEqual(json(replay.seek(cursor)), json(Tree.fromEvents(events.slice(0, cursor))), `at ${cursor}`);
  }
});

test("a log that contradicts itself is refused, and a replay stops there", () => {
  const twice = [...EVENTS.slice(0, 3), { ...EVENTS[2], seq: 3 }];
  assert.throws(() => Tree.fromEvents(twice), LogError);
  assert.throws(() => Tree.fromEvents(EVENTS.slice(1)), LogError);
  assert.throws(() => Tree.fromEvents([...EVENTS.slice(0, 3), EVENTS[5]]), /hole/);
  const replay = new Replay(twice);
  replay.seek(4);
  assert.match(replay.error, /sampled twice/);
  assert.equal(replay.seek(3).nodes.size, 3);
});

test("a decision about the search itself changes no step", () => {
  const before = json(Tree.fromEvents(EVENTS.slice(0, 30)));
  const decision = { seq: 30, t: 1, kind: "decided", round: 1, rule: "vote_settled", why: "So." };
  const tree = Tree.fromEvents([...EVENTS.slice(0, 30), decision]);
  assert.deepEqual(tree.decisions.at(-1), decision);
  assert.deepEqual(json(tree).nodes, before.nodes);
});

test("rounds: the problem, each round, the answer", () => {
  const rounds = new Rounds();
  rounds.extend(EVENTS.slice(0, 30));
  rounds.extend(EVENTS);
  assert.deepEqual(
    rounds.segments.map((segment) => segment.kind),
    ["start", "round", "round", "round", "round", "end"],
  );
  assert.equal(rounds.segments.at(-1).cursor, EVENTS.length);
  const [start, first] = rounds.segments;
  assert.equal(rounds.neighbour(start.cursor, 1), first.cursor);
  assert.equal(rounds.neighbour(start.cursor + 1, 1), first.cursor);
  assert.equal(rounds.neighbour(first.cursor, -1), start.cursor);
  assert.equal(rounds.neighbour(start.cursor, -1), start.cursor);
  assert.equal(rounds.neighbour(EVENTS.length, 1), EVENTS.length);
});

test("pruned steps can be shown, folded and hidden", () => {
  const tree = Tree.fromEvents(EVENTS);
  const all = new Visible(tree, "dim", new Set()).children("root");
  const folded = new Visible(tree, "fold", new Set());
  assert.equal(all.length, 16);
  assert.deepEqual(folded.children("root").at(-1), foldOf("root"));
  const fold = folded.fold(foldOf("root"));
  assert.equal(fold.members.length + folded.children("root").length - 1, 16);
  assert.equal(fold.best, Math.max(...fold.members.map((id) => tree.nodes.get(id).aggregate)));
  const cut = fold.members[0];
  assert.equal(folded.has(cut), false);
  assert.equal(new Visible(tree, "fold", new Set(["root"])).has(cut), true);
  assert.equal(new Visible(tree, "hide", new Set()).has(cut), false);
});

test("a pruned step says its rank, its margin and the cut, as the log gives them", () => {
  const tree = Tree.fromEvents(EVENTS);
  const node = [...tree.nodes.values()].find(({ state }) => state === "pruned");
  const decision = tree.decisionOf(node);
  const text = whySentences(tree, node).join(" ");
  assert.ok(text.startsWith(decision.why));
  assert.match(text, new RegExp(`Rank ${node.rank} of ${decision.kept.length + decision.pruned.length}`));
  assert.match(nodeName(tree, node), /^Step 1, branch \d+ of 16, score 0\.\d+, pruned: below the cut 0\.\d+$/);
});

test("who sets the cut, and who ties with it, is said and not shown as a margin of zero", () => {
  const tree = Tree.fromEvents(EVENTS);
  const last = [...tree.nodes.values()].find(({ margin, state }) => margin === 0 && state === "kept");
  assert.match(whySentences(tree, last).join(" "), /the lowest that was kept, and so the cut\.$/);
  const tied = { ...last, state: "pruned" };
  assert.match(whySentences(tree, tied).join(" "), /level with the last one kept; ties go by order\.$/);
});

test("the arithmetic of every aggregate has the real numbers", () => {
  for (const [aggregate, expected] of [
    ["last", /^last of \(.+\) = /],
    ["min", /^min\(.+\) = /],
    ["prod", / × .+ = /],
    ["mean", /^mean\(.+\) = \(.+\) \/ 2 = /],
  ]) {
    const events = structuredClone(EVENTS);
    events[0].options.aggregate = aggregate;
    const tree = Tree.fromEvents(events);
    const node = [...tree.nodes.values()].find(({ depth }) => depth === 2);
    assert.match(aggregateArithmetic(tree, node), expected);
  }
});

test("answers: every method's votes, the chosen one first", () => {
  const tree = Tree.fromEvents(EVENTS);
  const rows = answerRows(tree);
  assert.equal(rows[0].group, tree.nodes.get(tree.chosen).group);
  assert.equal(
    rows.reduce((sum, row) => sum + row.solutions, 0),
    16,
  );
  for (const row of rows) assert.deepEqual(Object.keys(row.votes).sort(), ["best", "majority", "weighted"]);
});

test("what a verifier wrote stands with the step that it is about", () => {
  const at = EVENTS.findIndex((event) => event.kind === "scored");
  const said = EVENTS.map((event, index) => (index === at ? { ...event, reason: "<b>fine</b>" } : event));
  const tree = Tree.fromEvents(said);
  assert.equal(tree.nodes.get(EVENTS[at].id).reason, "<b>fine</b>");
  assert.equal([...tree.nodes.values()].filter((node) => node.reason).length, 1);
});
