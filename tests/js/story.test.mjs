import assert from "node:assert/strict";
import { test } from "node:test";
import { Rounds } from "../../assets/js/log/rounds.js";
import { settled, tell, tellAll, withWarnings } from "../../assets/js/words/story.js";
import { splitMaths } from "../../assets/js/dom/maths.js";
import { beamLog } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 3 });
const rounds = new Rounds();
rounds.extend(EVENTS);
const story = (index, cursor = rounds.segments[index].cursor) =>
  tell(EVENTS, rounds.segments[index], cursor, { strategies: { beam_search: "Beam search" } });

const tellOf = (...events) => tell(events, { kind: "round", round: 1, from: 0, cursor: events.length }, events.length);

test("each stop is told in plain words", () => {
  assert.match(story(0), /^Beam search sets out with a budget of 16 solutions on: Ada has/);
  assert.match(
    story(1),
    /^Round 1: 16 steps written and scored\. 1 duplicate was merged\. The search kept 4 and pruned 11; the cut was 0\.\d+\.$/,
  );
  assert.match(story(3), /^Round 3: .+ 16 paths reached their end: .+\.$/);
  assert.match(
    story(4),
    /^The answer is \d+, chosen by weighted vote, given by \d+ of 16 solutions\. That is (right|wrong: \d+ is right)\.$/,
  );
});

test("a wrong answer is told with the right one, where that says more", () => {
  const wrong = (problem) =>
    tell(
      [
        { kind: "started", strategy: "best_of_n", problem },
        { kind: "graded", right: [], wrong: ["0"] },
        { kind: "finished", status: "finished", chosen: "0", answer: "14", method: "best" },
      ],
      { kind: "end", from: 1, cursor: 3 },
      3,
    );
  assert.match(wrong({ text: "24 - 5 + 12?", answer: "31" }), / That is wrong: 31 is right\.$/);
  assert.match(wrong({ text: "Make 14.", answer: "14", family: "countdown" }), / That is wrong\.$/);
  assert.match(wrong({ text: "Nobody knows." }), / That is wrong\.$/);
});

test("steps that were asked for apart are said to be an approximation", () => {
  const [header, ...rest] = EVENTS;
  const asked = { ...header, solver: { ...header.solver, steps: "asked" } };
  const told = tell([asked, ...rest], rounds.segments[0], rounds.segments[0].cursor);
  assert.match(told, /The steps are an approximation: .* a turn of its own\.$/);
  const whole = { ...header, solver: { ...header.solver, steps: "whole" } };
  assert.doesNotMatch(tell([whole], rounds.segments[0], rounds.segments[0].cursor), /approximation/);
});

test("a model of one's own is told by its name", () => {
  const [header, ...rest] = EVENTS;
  const told = (problem) => {
    const own = { ...header, problem, solver: { ...header.solver, name: "SmolLM2" } };
    return tell([own, ...rest], rounds.segments[0], rounds.segments[0].cursor);
  };
  assert.match(told({ text: "What?", family: null }), /solutions, with the model SmolLM2, on: What\?$/);
  assert.match(told({ text: "1 + 1", family: "expression" }), /solutions on: 1 \+ 1$/);
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
    "The run was stopped.",
  );
  assert.equal(ended({ status: "cancelled", message: "The server ends." }), "The run was stopped. The server ends.");
  assert.equal(ended({ status: "completed", message: "No path reached an answer." }), "No path reached an answer.");
});

test("the answer says how many gave it, and that it is the only one", () => {
  const ended = (...solutions) => {
    const tally = [[0, "4", 1, solutions[0]], ...solutions.slice(1).map((count) => [1, "5", 0.5, count])];
    const events = [
      { kind: "voted", method: "best", tally },
      { kind: "finished", status: "completed", method: "best", chosen: "0", answer: "4" },
    ];
    return tell(events, { kind: "end", from: 0, cursor: 2 }, 2);
  };
  assert.equal(ended(1), "The answer is 4, from the only solution.");
  assert.equal(ended(2, 3), "The answer is 4, chosen by the best score, given by 2 of 5 solutions.");
});

test("where few solutions outvote many, it is said what else counts", () => {
  const ended = (method, few, many) => {
    const tally = [[0, "4", 0.9, few], [1, "5", 0.2, many]];
    const finished = { kind: "finished", status: "completed", method, chosen: "0", answer: "4" };
    return tell([{ kind: "voted", method, tally }, finished], { kind: "end", from: 0, cursor: 2 }, 2);
  };
  assert.match(ended("weighted", 1, 15), /by 1 of 16 solutions\. More say 5, but each votes with its score: one high/);
  for (const told of [ended("weighted", 8, 8), ended("best", 1, 15)]) assert.doesNotMatch(told, /outweigh/);
});

test("best-of-N: nothing is cut on the way", () => {
  const slice = [{ kind: "sampled", id: "0" }, { kind: "sampled", id: "0" }, { kind: "decided", kept: [["0"], ["1"]] }];
  assert.equal(
    tell(slice, { kind: "round", round: 1, from: 0, cursor: 3 }, 3),
    "Round 1: 2 steps written. 2 paths go on; nothing is cut.",
  );
});

test("where paths go on in several ways, a round says of how many", () => {
  const round = (...ids) => tellOf(...ids.map((id) => ({ kind: "sampled", id })), { kind: "scored" }, { kind: "merged" });
  assert.match(round("0", "1"), /^Round 1: 2 steps written and scored\./);
  assert.match(round("0.0", "0.1", "0.2"), /^Round 1: 3 steps from 1 path written and scored\./);
  assert.match(round("0.0", "0.1", "1.0"), /^Round 1: 3 steps from 2 paths written/);
  assert.match(round("0.0", "1.0"), /^Round 1: 2 steps written/, "each goes on once");
});

test("a decision about the search itself is told with its reason", () => {
  const decision = (why) => ({ kind: "decided", round: 1, rule: "vote_settled", why });
  const solution = [{ kind: "sampled", id: "0" }, { kind: "completed", answer: "12", group: 0 }];
  assert.equal(
    tellOf(...solution, decision("The vote is settled.")),
    "Round 1: 1 step written. 1 path reached its end: 12. The vote is settled.",
  );
  const flooded = tellOf(...solution, ...Array.from({ length: 50 }, () => decision("x".repeat(1000))));
  assert.ok(flooded.length < 700, `${flooded.length}`);
});

test("what is said of a round has its numbers", () => {
  const sampled = { kind: "sampled", id: "0" };
  const decision = (kept, pruned, cutoff) => ({
    kind: "decided",
    cutoff,
    kept: Array.from({ length: kept }, () => ["0"]),
    pruned: Array.from({ length: pruned }, () => ["1"]),
  });
  assert.equal(tellOf(sampled, { kind: "scored" }), "Round 1: 1 step written, 1 scored…");
  assert.equal(tellOf(sampled, decision(0, 1)), "Round 1: 1 step written. 1 path stops here.");
  assert.equal(tellOf(sampled, decision(0, 3)), "Round 1: 1 step written. 3 paths stop here.");
  assert.match(tellOf(sampled, decision(1, 1, 0.25)), /The search kept 1 and pruned 1; the cut was 0\.25\.$/);
  assert.match(
    tellOf(sampled, decision(1, 1, 0.25), decision(1, 1, 0.75), decision(1, 1, 0.5)),
    /kept 3 and pruned 3; the cuts lay from 0\.25 to 0\.75\.$/,
  );
  assert.match(tellOf(sampled, { kind: "merged" }, { kind: "merged" }), /2 duplicates were merged\.$/);
  const answer = (text) => ({ kind: "completed", answer: text });
  // One step was written, so two of the three paths had ended before.
  assert.match(tellOf(sampled, ...["4", "5", "4"].map(answer)), /3 paths have reached their end: 4 and 5\.$/);
  assert.match(tellOf(sampled, sampled, ...["4", "5"].map(answer)), /2 paths reached their end: 4 and 5\.$/);
  assert.match(tellOf(sampled, ...["1", "2", "3", "4", "5"].map(answer)), /: 1, 2, 3, 4 and others\.$/);
  assert.match(tellOf(sampled, answer(null)), /1 path reached its end without an answer\.$/);
});

test("the story so far holds what is settled at the cursor", () => {
  const told = (cursor) => tellAll(EVENTS, rounds.segments, cursor, {}).map(({ cursor: at }) => at);
  const ends = rounds.segments.map((segment) => segment.cursor);
  assert.deepEqual(told(0), []);
  assert.deepEqual(told(ends[1]), ends.slice(0, 2));
  assert.deepEqual(told(ends[2] - 1), ends.slice(0, 2));
  assert.deepEqual(told(EVENTS.length), ends);
  // A round whose last event settles nothing is settled by whatever comes after it.
  const open = [{ kind: "sampled", id: "0" }, { kind: "spent" }];
  const segment = { kind: "round", round: 1, from: 0, cursor: 2 };
  assert.equal(settled(open, segment, 2), false);
  assert.equal(settled([...open, { kind: "sampled", id: "0" }], segment, 2), true);
});

test("two warnings are told, more are counted", () => {
  const warned = (count) => Array.from({ length: count }, (_, i) => ({ kind: "warned", message: `w${i}` }));
  const story = (count) => {
    const events = [{ kind: "sampled", id: "0" }, ...warned(count)];
    return withWarnings(events, { kind: "round", round: 1, from: 0, cursor: events.length }, events.length, {});
  };
  assert.match(story(2), / Warning: w0 Warning: w1$/);
  assert.match(story(3), / Warning: w0 Warning: w1 And 1 more warning\.$/);
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
  for (const text of ["", "\\(", "$$", "$$ $", "\\(\\)", "$$$$", `\\(${"x".repeat(5000)}\\)`, "\\)\\("]) {
    assert.equal(
      splitMaths(text).some((part) => part.maths),
      false,
      text.slice(0, 20),
    );
  }
  assert.ok(splitMaths("\\(x\\)".repeat(10000)).length <= 201);
});

test("the story of a run that was cut off says so, after what was still under way", () => {
  const cut = EVENTS.slice(0, EVENTS.findLastIndex(({ kind }) => kind === "scored"));
  const rounds = new Rounds();
  rounds.extend(cut);
  const going = tellAll(cut, rounds.segments, cut.length, {});
  const over = tellAll(cut, rounds.segments, cut.length, {}, true);
  assert.deepEqual(over.slice(0, going.length), going);
  assert.match(over.at(-2).sentence, /written/);
  assert.equal(over.at(-1).sentence, "Here the run was cut off.");
  assert.equal(over.at(-1).cursor, cut.length);
});

test("steps that were cut off, repeated or late are said, and why there is no answer", () => {
  const header = EVENTS[0];
  const step = (id, fields) => ({ kind: "sampled", id, text: id, tokens: 9, logprob: -1, ...fields });
  const log = [
    header,
    step("0", { ended: "length" }),
    step("1", { repeats: "phrase" }),
    { kind: "decided", round: 1, rule: "too_long", why: "Too long.", pruned: [["0"]] },
    { kind: "decided", round: 1, rule: "out_of_steps", why: "No more.", pruned: [["1"]] },
    { kind: "finished", status: "completed", message: "No path reached an answer." },
  ].map((event, seq) => ({ ...event, seq, t: 0 }));
  const round = tell(log, { kind: "round", round: 1, from: 1, cursor: 5 }, 5);
  const limit = `cut off at the limit of one step, ${header.sampling.max_step_tokens} tokens`;
  assert.match(round, new RegExp(`1 step was ${limit}\\. 1 step repeats what was said\\. 1 path was not finished when`));
  const end = tell(log, { kind: "end", from: 5, cursor: 6 }, 6);
  assert.match(end, new RegExp(`^No path reached an answer\\. 1 path ${limit}; 1 path not finished after 1 step`));
});

test("what a person kept or cut is not the search's own doing", () => {
  const events = [
    { kind: "decided", round: 1, rule: "beam", cutoff: 0.5, kept: [["0"], ["1"]], pruned: [["2"], ["3"]] },
    { kind: "decided", round: 1, rule: "kept_by_hand", kept: [["2"]] },
    { kind: "decided", round: 1, rule: "cut_by_hand", pruned: [["1"]] },
  ];
  const told = tell(events, { kind: "round", round: 1, from: 0, cursor: 3 }, 3);
  assert.match(told, /The search kept 2 and pruned 2; the cut was 0\.50?\. By hand: 1 kept, 1 cut\./);
});
