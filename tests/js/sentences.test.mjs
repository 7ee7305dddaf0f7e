// Every sentence that the page says of the recorded runs, read by rule: the rules are what a
// stranger stumbles over. Each run is read at its end, and at moments on the way.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { aggregateArithmetic, nodeName, stateWords, summary, whySentences } from "../../assets/js/words/words.js";
import { Replay } from "../../assets/js/log/replay.js";
import { Rounds } from "../../assets/js/log/rounds.js";
import { sparesNumbers } from "../../assets/js/words/countdown.js";
import { tell, tellAll } from "../../assets/js/words/story.js";

const FOLDER = new URL("../../assets/traces/", import.meta.url);
const RUNS = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".jsonl"))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8").trim().split("\n").map((line) => JSON.parse(line))]);

const FAULTS = [
  [/undefined|null|NaN|Infinity|\[object/, "a value that nobody filled in"],
  [/(^|[^\d.,])1 (steps|paths|solutions|rounds|duplicates|times|tokens|nodes|answers|visits|attempts|warnings)\b/, "one of many"],
  [/ {2}|\.\.|,,|\.,| [.,;:]|^[ .,;:]/, "stray signs"],
  [/\b[a-z]+_[a-z]+\b/, "a name of the code's"],
];
// A long answer is cut with the same sign as a sentence that will go on.
const OVER = [/\byet\b|\bso far\b|waiting|^(?!.*\banswer ).*…$/, "not over, though the run is"];

function read(sentence, where, ...more) {
  for (const [fault, what] of [...FAULTS, ...more]) assert.doesNotMatch(sentence, fault, `${where}: ${what}`);
}

/** A sentence without what the models wrote, which is theirs. */
const ours = (sentence) => sentence.replace(/“[^”]*”/g, "“”").replace(/ on: .*$/, "");

function moment(events, cursor) {
  const rounds = new Rounds();
  rounds.extend(events);
  return { tree: new Replay(events).seek(cursor), told: tellAll(events, rounds.segments, cursor, {}).map((entry) => entry.sentence) };
}

for (const [name, events] of RUNS) {
  test(`what is said of ${name}`, () => {
    const { tree, told } = moment(events, events.length);
    for (const sentence of told) {
      read(ours(sentence), `${name}: ${sentence}`, OVER);
      assert.match(sentence, /[.?!”…]$/);
    }
    read(summary(tree), name, OVER);
    for (const node of [...tree.nodes.values()].slice(1)) {
      read(nodeName(tree, node), `${name} ${node.id}`, OVER);
      read(stateWords(tree, node), `${name} ${node.id}`, OVER);
      read(aggregateArithmetic(tree, node), `${name} ${node.id}`);
      for (const sentence of whySentences(tree, node)) read(sentence, `${name} ${node.id}`, OVER);
    }
    for (const part of [0.25, 0.5, 0.75])
      for (const sentence of moment(events, Math.floor(part * events.length)).told) read(ours(sentence), name);
  });

  test(`no two lines of the story of ${name} say the same`, () => {
    const told = moment(events, events.length).told.map((sentence) => sentence.replace(/^Rounds? \d+( to \d+)?(, each)?: /, ""));
    for (let i = 1; i < told.length; i += 1) assert.notEqual(told[i], told[i - 1]);
  });
}

test("rounds of which the same is to be said are told in one, which leads to their end", () => {
  const [, events] = RUNS.find(([name]) => name.includes("greedy"));
  const rounds = new Rounds();
  rounds.extend(events);
  const told = tellAll(events, rounds.segments, events.length, {});
  const steps = events.filter(({ kind }) => kind === "sampled").length;
  const one = told.find(({ sentence }) => /^Rounds 1 to \d+, each: 1 step written/.test(sentence));
  assert.ok(one, told.map(({ sentence }) => sentence).join("\n"));
  assert.ok(Number(/to (\d+)/.exec(one.sentence)[1]) >= steps - 1);
  assert.ok(rounds.segments.some(({ cursor }) => cursor === one.cursor));
});

test("where there was one solution, none was chosen by a vote", () => {
  const [, events] = RUNS.find(([name]) => name.includes("greedy"));
  const end = moment(events, events.length).told.at(-1);
  assert.match(end, /, from the only solution\. That is (right|wrong: \d+ is right)\.$/);
});

test("a right Countdown that spares numbers says that it may", () => {
  const problem = { family: "countdown", level: 4 };
  assert.equal(sparesNumbers(problem, "0.1.2"), true);
  assert.equal(sparesNumbers(problem, "0.1.2.0"), false);
  assert.equal(sparesNumbers({ family: "word", level: 4 }, "0.1.2"), false);
  const event = (kind, fields) => ({ kind, ...fields });
  const countdown = { text: "Use 3, 7, 8 and 25 to make 24.", answer: "24", ...problem };
  const end = (chosen) => {
    const events = [
      event("started", { problem: countdown, strategy: "greedy", options: {} }),
      event("voted", { method: "majority", tally: [[0, "24", 1, 1]] }),
      event("graded", { right: [chosen], wrong: [] }),
      event("finished", { status: "completed", method: "majority", chosen, answer: "24" }),
    ];
    return tell(events, { kind: "end", from: 1, cursor: 4 }, 4);
  };
  assert.match(end("0.0"), /That is right: a Countdown may leave numbers unused\.$/);
  assert.match(end("0.0.0.0"), /That is right\.$/);
});
