import assert from "node:assert/strict";
import { test } from "node:test";
import { Rounds } from "../../assets/js/log/rounds.js";
import { settled, tell } from "../../assets/js/words/story.js";
import { splitMaths } from "../../assets/js/dom/maths.js";
import { Player } from "../../assets/js/log/player.js";
import { beamLog } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 3 });
const rounds = new Rounds();
rounds.extend(EVENTS);
const story = (index, cursor = rounds.segments[index].cursor) =>
  tell(EVENTS, rounds.segments[index], cursor, { strategies: { beam_search: "Beam search" } });

test("each stop is told in plain words", () => {
  assert.match(story(0), /^Beam search sets out with a budget of 16 solutions on: Ada has/);
  assert.match(
    story(1),
    /^Round 1: 16 steps written and scored\. The search kept 4 and pruned 11; the cut was 0\.\d+\. 1 duplicate was merged\.$/,
  );
  assert.match(story(3), /^Round 3: .+ 16 paths reached their end: .+\.$/);
  assert.match(
    story(4),
    /^The answer is \d+, chosen by weighted vote, given by \d+ of 16 solutions\. That is (right|wrong)\.$/,
  );
});

test("an open round says how far it is", () => {
  assert.match(story(1, rounds.segments[1].from + 5), /^Round 1: 5 steps written…$/);
  assert.equal(settled(EVENTS, rounds.segments[1], rounds.segments[1].from + 5), false);
  assert.equal(settled(EVENTS, rounds.segments[1], rounds.segments[1].cursor), true);
});

test("a stopped run and a run without answer say so", () => {
  const ended = (fields) => tell([{ kind: "finished", seq: 0, ...fields }], { kind: "end", from: 0, cursor: 1 }, 1);
  assert.equal(
    ended({ status: "cancelled", message: "Stopped by request." }),
    "The run was stopped. Stopped by request.",
  );
  assert.equal(ended({ status: "completed", message: "No path reached an answer." }), "No path reached an answer.");
});

test("best-of-N: nothing is cut on the way", () => {
  const slice = [{ kind: "sampled" }, { kind: "sampled" }, { kind: "decided", kept: [["0"], ["1"]] }];
  assert.equal(
    tell(slice, { kind: "round", round: 1, from: 0, cursor: 3 }, 3),
    "Round 1: 2 steps written. 2 paths go on; nothing is cut.",
  );
});

test("a decision about the search itself is told with its reason", () => {
  const decision = (why) => ({ kind: "decided", round: 1, rule: "vote_settled", why });
  const tellOf = (...events) => tell(events, { kind: "round", round: 1, from: 0, cursor: events.length }, events.length);
  const solution = [{ kind: "sampled" }, { kind: "completed", answer: "12", group: 0 }];
  assert.equal(
    tellOf(...solution, decision("The vote is settled.")),
    "Round 1: 1 step written. 1 path reached its end: 12. The vote is settled.",
  );
  const flooded = tellOf(...solution, ...Array.from({ length: 50 }, () => decision("x".repeat(1000))));
  assert.ok(flooded.length < 700, `${flooded.length}`);
});

test("maths is found by its delimiters only, and bounded", () => {
  const parts = splitMaths("So \\(x^2\\) costs $5 and $$\\frac{1}{2}$$ or \\[y\\].");
  assert.deepEqual(
    parts.filter((part) => part.maths).map((part) => [part.text, part.display]),
    [
      ["x^2", false],
      ["\\frac{1}{2}", true],
      ["y", true],
    ],
  );
  assert.equal(parts.map((part) => part.text).join(""), "So x^2 costs $5 and \\frac{1}{2} or y.");
  for (const text of ["", "\\(", "$$", "$$ $", `\\(${"x".repeat(5000)}\\)`, "\\)\\("]) {
    assert.equal(
      splitMaths(text).some((part) => part.maths),
      false,
      text.slice(0, 20),
    );
  }
  assert.ok(splitMaths("\\(x\\)".repeat(10000)).length <= 201);
});

test("playing moves through the rounds and stops at the end", () => {
  let cursor = EVENTS.length;
  const frames = [];
  const player = new Player({
    rounds: () => rounds,
    cursor: () => cursor,
    seek: (to) => {
      cursor = to;
    },
    onChange: () => {},
    stepwise: () => false,
    frame: (callback) => frames.push(callback),
  });
  player.play();
  assert.equal(cursor, rounds.segments[0].cursor);
  const seen = [];
  for (let now = 0; frames.length && now < 100000; now += 50) {
    frames.shift()(now);
    seen.push(cursor);
  }
  assert.equal(cursor, EVENTS.length);
  assert.equal(player.playing, false);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.ok(new Set(seen).size > 40);
});

test("without motion playing goes round by round", () => {
  let cursor = 1;
  const frames = [];
  const seen = new Set();
  const player = new Player({
    rounds: () => rounds,
    cursor: () => cursor,
    seek: (to) => {
      cursor = to;
      seen.add(to);
    },
    onChange: () => {},
    stepwise: () => true,
    frame: (callback) => frames.push(callback),
  });
  player.play();
  for (let now = 0; frames.length && now < 100000; now += 100) frames.shift()(now);
  assert.deepEqual(
    [...seen],
    rounds.segments.slice(1).map((segment) => segment.cursor),
  );
});
