import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Replay } from "../../assets/js/log/replay.js";
import { Rounds } from "../../assets/js/log/rounds.js";
import { toJSON, Tree } from "../../assets/js/log/tree.js";
import { beamLog } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 4 });
const json = (tree) => JSON.parse(JSON.stringify(toJSON(tree)));

test("a replay shows the same tree whichever way it came", () => {
  const events = beamLog({ n: 64, width: 4, rounds: 40 });
  const replay = new Replay(events);
  replay.seek(events.length);
  assert.ok(events.length > 4000);
  for (const cursor of [4500, 3, 4001, 4000, events.length, 0, 1, 2500]) {
    assert.deepEqual(json(replay.seek(cursor)), json(Tree.fromEvents(events.slice(0, cursor))), `at ${cursor}`);
  }
});

const golden = new URL("../golden/traces_v1/", import.meta.url);
const read = (name) =>
  readFileSync(new URL(name, golden), "utf-8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
/** All that a tree knows, as it is now. */
const whole = (tree) => {
  const { decisions, allocations, notes, warnings, started, finished } = tree;
  return structuredClone([toJSON(tree), decisions, allocations, notes, warnings, started, finished]);
};

test("every kind of event can be taken back, one after the other", () => {
  const logs = readdirSync(golden).filter((name) => name.endsWith(".jsonl"));
  assert.ok(logs.includes("every_kind.jsonl"));
  for (const name of logs) {
    const events = read(name);
    const tree = new Tree();
    const moments = events.map((event) => {
      const before = whole(tree);
      tree.apply(event);
      return before;
    });
    for (const event of events.toReversed()) {
      tree.undo(event);
      assert.deepEqual(whole(tree), moments.pop(), `${name}: ${event.kind} ${event.seq}`);
    }
    assert.deepEqual(tree.past, [], name);
  }
});

test("going anywhere costs what lies between, and makes no node a second time", () => {
  const events = beamLog({ n: 16, width: 4, rounds: 40 });
  const replay = new Replay(events);
  replay.seek(events.length);
  const nodes = [...replay.tree.nodes.values()];
  let [applied, undone] = [0, 0];
  const { apply, undo } = Tree.prototype;
  Tree.prototype.apply = function counted(event) {
    applied += 1;
    apply.call(this, event);
  };
  Tree.prototype.undo = function counted(event) {
    undone += 1;
    undo.call(this, event);
  };
  try {
    replay.seek(events.length - 7);
    assert.deepEqual([applied, undone], [0, 7]);
    replay.seek(9);
    assert.deepEqual([applied, undone], [0, events.length - 9]);
    replay.seek(12);
    assert.deepEqual([applied, undone], [3, events.length - 9]);
    replay.seek(events.length);
    const again = [...replay.tree.nodes.values()];
    assert.ok(again.length > 600 && again.every((node, index) => node === nodes[index] || node.id === "root"));
  } finally {
    Object.assign(Tree.prototype, { apply, undo });
  }
});

test("a tree that was taken back follows another log as if it were new", () => {
  const [events, other] = [beamLog({ seed: 1 }), beamLog({ seed: 1, n: 8, width: 2 })];
  const tree = Tree.fromEvents(events);
  for (const event of events.toReversed()) tree.undo(event);
  for (const event of other) tree.apply(event);
  assert.deepEqual(json(tree), json(Tree.fromEvents(other)));
});

test("after a contradiction the log is folded anew", () => {
  const events = [...EVENTS.slice(0, 20), { ...EVENTS[5], seq: 20 }];
  const replay = new Replay(events);
  replay.seek(21);
  assert.match(replay.error, /sampled twice/);
  assert.deepEqual(json(replay.seek(19)), json(Tree.fromEvents(EVENTS.slice(0, 19))));
  assert.equal(replay.error, "");
});

test("a cursor beyond either end is the end", () => {
  const replay = new Replay(EVENTS);
  assert.equal(replay.seek(1e9).seq, EVENTS.length - 1);
  assert.equal(replay.seek(-5).seq, -1);
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

test("the runner's number of a round counts, not the place of its segment", () => {
  const events = [
    { kind: "started" },
    ...[{ kind: "sampled" }, { kind: "sampled" }, { kind: "spent", round: 4 }],
    ...[{ kind: "scored" }, { kind: "sampled" }],
  ];
  const rounds = new Rounds();
  rounds.extend(events);
  assert.deepEqual(
    rounds.segments.map(({ kind, round, from, cursor }) => [kind, round, from, cursor]),
    [
      ["start", 0, 0, 1],
      ["round", 4, 1, 5],
      ["round", 5, 5, 6],
    ],
  );
  assert.equal(rounds.last, 5);
  rounds.extend([...events, { kind: "voted" }, { kind: "spent", round: 9 }, { kind: "finished" }]);
  assert.deepEqual(
    rounds.segments.slice(3).map(({ kind, round, from, cursor }) => [kind, round, from, cursor]),
    [["end", 5, 6, 9]],
  );
});

test("a cursor belongs to the segment that it is in, its end included", () => {
  const rounds = new Rounds();
  rounds.extend(EVENTS);
  rounds.segments.forEach(({ from, cursor }, index) => {
    assert.equal(rounds.indexAt(cursor), index);
    if (index) assert.equal(rounds.indexAt(from + 1), index);
  });
  assert.equal(new Rounds().neighbour(0, 1), 0);
});
