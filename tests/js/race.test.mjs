import assert from "node:assert/strict";
import { test } from "node:test";
import { beamLog } from "./synthetic.mjs";
import { counterpart } from "../../assets/js/race/matching.js";
import { LaneClock } from "../../assets/js/race/clock.js";
import { endOf } from "../../assets/js/words/visited_words.js";
import { methodOf, resultOf, takenOver, tokensOf } from "../../assets/js/race/table.js";
import { raceIn, raceQuery, readLane, writtenLane } from "../../assets/js/race/lane_text.js";
import { lastBeside } from "../../assets/js/race/lane.js";
import { captionOf } from "../../assets/js/race/trials.js";
import { Tree } from "../../assets/js/log/tree.js";

const treeOf = (nodes) => {
  const tree = new Tree();
  const header = { seq: 0, t: 0, kind: "started", problem: { text: "?" }, options: {}, strategy: "x" };
  tree.apply(header);
  Object.entries(nodes).forEach(([id, text], index) =>
    tree.apply({ seq: index + 1, t: 0, kind: "sampled", id, text, tokens: 1, logprob: 0 }),
  );
  return tree;
};

test("a step is found in another tree by the words up to it", () => {
  const one = treeOf({ 0: "a", 1: "b", "0.0": "c", "1.0": "c" });
  const other = treeOf({ 0: "b", 1: "x", "0.0": "c" });
  assert.deepEqual(counterpart(one, "1.0", other), { id: "0.0", whole: true });
  assert.deepEqual(counterpart(one, "0.0", other), { id: "root", whole: false });
  assert.deepEqual(counterpart(one, "root", other), { id: "root", whole: true });
});

test("where it was never written, the last step in common is found", () => {
  const one = treeOf({ 0: "a", "0.0": "b", "0.0.0": "c" });
  const other = treeOf({ 0: "a", "0.0": "z" });
  assert.deepEqual(counterpart(one, "0.0.0", other), { id: "0", whole: false });
});

test("of several that say the same the one in the same place is found, else one that was gone on from", () => {
  const one = treeOf({ 0: "a", 1: "a" });
  assert.equal(counterpart(one, "1", treeOf({ 0: "a", 1: "a" })).id, "1");
  assert.equal(counterpart(one, "1", treeOf({ 0: "a", 2: "a", "2.0": "b" })).id, "2");
});

test("a clock never goes back, and finds the moment of every value", () => {
  const clock = new LaneClock();
  const events = beamLog(200);
  clock.extend(events.slice(0, 50));
  clock.extend(events);
  assert.equal(clock.length, events.length);
  for (const name of ["tokens", "flops", "seconds"]) {
    for (let cursor = 1; cursor <= clock.length; cursor += 1) {
      assert.ok(clock.at(name, cursor) >= clock.at(name, cursor - 1));
      assert.ok(clock.cursor(name, clock.at(name, cursor)) >= cursor);
    }
    assert.equal(clock.cursor(name, clock.end(name)), events.length);
    assert.equal(clock.cursor(name, -1), 0);
  }
});

test("a lane and a race are read as they were written", () => {
  const lane = { strategy: "dvts", values: { n: "8", models: "my pair", filter_duplicates: "false" } };
  assert.equal(writtenLane(lane), "dvts n=8 models=my%20pair filter_duplicates=false");
  assert.deepEqual(readLane(writtenLane(lane)), lane);
  assert.deepEqual(readLane("beam_search x%=% n"), { strategy: "beam_search", values: { "x%": "%" } });
  const race = { problem: "1 + 1 = ?", answer: "2", seed: "7", lanes: ["dvts n=8", "greedy"] };
  assert.deepEqual(raceIn(`?${raceQuery(race, ["a", "b"])}`), { ...race, runs: ["a", "b"] });
  assert.deepEqual(raceIn(`?${raceQuery({ ...race, answer: "" })}`), { ...race, answer: "", runs: [] });
});

test("runs that are there already are held against each other by their ids alone", () => {
  const race = raceIn("?runs=a,b");
  assert.deepEqual([race.lanes, race.runs], [[], ["a", "b"]]);
  assert.equal(String(raceQuery(race, race.runs)), "runs=a%2Cb");
  assert.deepEqual(raceIn("?runs=a,b,c,d,e").runs, ["a", "b", "c", "d"]);
  assert.equal(raceIn("?runs=a"), null);
});

test("an address without a problem or without lanes is no race", () => {
  assert.equal(raceIn(""), null);
  assert.equal(raceIn("?problem=1"), null);
  assert.equal(raceIn("?lane=dvts"), null);
});

test("a chart says of which problems it is, and only while it grows that it is not all", () => {
  assert.match(captionOf({ done: 3, of: 20, drawn: "" }), /^Bars: share of right answers so far\./);
  assert.match(captionOf({ done: 20, of: 20, drawn: "Of level 6." }), /^Of level 6\. Bars: share of right answers\. /);
});

test("a lane that reuses steps says how much of it is new, and where the rest was paid", () => {
  const steered = { again: 16, again_tokens: 102, steps: 17, tokens: 7 };
  assert.equal(tokensOf(steered), "7 new + 102 reused");
  assert.match(takenOver(steered, 1), /^Lane 2 reuses 16 of its 17 steps \(102 tokens\) .* The row counts only/);
  assert.match(takenOver({ ...steered, steps: 16, tokens: 0 }, 1), /reuses all 16 of its steps .* no work of its own/);
  const own = { again: 0, again_tokens: 0, steps: 4, tokens: 9 };
  assert.deepEqual([tokensOf(own), takenOver(own, 0)], ["9", ""]);
});

test("a lane's head says what came out of it", () => {
  const row = { answer: "18", right: true, right_undecided: false, known: true };
  assert.equal(resultOf(row), "Answer 18, right\u00a0✓");
  assert.equal(resultOf({ ...row, right: false }), "Answer 18, wrong\u00a0✗");
  assert.equal(resultOf({ ...row, known: false }), "Answer 18");
  assert.equal(resultOf({ ...row, answer: null, right: null }), "No answer");
  assert.equal(methodOf({ ...row, method: "majority" }), "by majority vote, no scores");
  assert.equal(methodOf({ ...row, method: null }), "");
  assert.equal(endOf("cancelled"), "stopped");
  assert.equal(methodOf({ ...row, answer: null, method: "best" }), "");
});

test("where one lane writes on and the other does not, the last step beside it shows that", () => {
  const sampled = (id, role = "step") => ({ kind: "sampled", id, role });
  const events = [sampled("0"), sampled("1"), sampled("1.0"), sampled("2", "rollout"), { kind: "scored", id: "1" }];
  assert.equal(lastBeside(events, "4"), "1");
  assert.equal(lastBeside(events, "1.3"), "1.0");
  assert.equal(lastBeside(events, "0.0"), "0"); // none was written there: it ended with that step
  assert.equal(lastBeside([], "0"), "root");
});
