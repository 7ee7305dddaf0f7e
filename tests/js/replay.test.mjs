import assert from "node:assert/strict";
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

test("going back costs the events since the last keyframe, not the whole log", () => {
  const events = beamLog({ n: 64, width: 4, rounds: 80 });
  assert.ok(events.length > 8000);
  const replay = new Replay(events);
  replay.seek(events.length);
  const { apply } = Tree.prototype;
  let applied = 0;
  Tree.prototype.apply = function counted(event) {
    applied += 1;
    apply.call(this, event);
  };
  try {
    replay.seek(8005);
    assert.equal(applied, 5);
    replay.seek(8009);
    assert.equal(applied, 9);
  } finally {
    Tree.prototype.apply = apply;
  }
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
