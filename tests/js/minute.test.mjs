import assert from "node:assert/strict";
import { test } from "node:test";
import { header } from "./synthetic.mjs";
import { Minute } from "../../assets/js/minute/minute.js";
import { alsoOf, placesOf, scriptOf, TERMS } from "../../assets/js/minute/script.js";
import { sayClaim } from "../../assets/js/minute/claims.js";
import { Tree } from "../../assets/js/log/tree.js";

/** A best-of-N log: each attempt is `[answer, score]`; of the answers `right` is right. */
function attempts(tries, right, judge = "weighted") {
  const events = [];
  const add = (kind, fields) => events.push({ seq: events.length, t: events.length * 0.01, kind, ...fields });
  const { kind, ...start } = header({ n: tries.length }, "best_of_n");
  add(kind, start);
  tries.forEach(([answer], i) =>
    add("sampled", { id: String(i), text: `The answer is ${answer}.`, tokens: 5, logprob: -1, ended: "end" }),
  );
  const groups = [...new Set(tries.map(([answer]) => answer))];
  tries.forEach(([answer], i) => add("completed", { id: String(i), answer, group: groups.indexOf(answer) }));
  tries.forEach(([, score], i) => add("scored", { id: String(i), score, aggregate: score }));
  const ids = (answer) => tries.flatMap(([given], i) => (given === answer ? [i] : []));
  const best = (answer) => String(ids(answer).toSorted((a, b) => tries[b][1] - tries[a][1])[0]);
  const worth = {
    majority: (answer) => ids(answer).length,
    weighted: (answer) => ids(answer).reduce((sum, i) => sum + tries[i][1], 0),
    best: (answer) => Math.max(...ids(answer).map((i) => tries[i][1])),
  };
  for (const [method, votes] of Object.entries(worth)) {
    const tally = groups.map((answer, g) => [g, answer, votes(answer), ids(answer).length]).sort((a, b) => b[2] - a[2]);
    add("voted", { method, tally, chosen: best(tally[0][1]) });
  }
  add("graded", {
    right: ids(right).map(String),
    wrong: tries.flatMap(([answer], i) => (answer === right ? [] : [String(i)])),
  });
  const chosen = events.find((event) => event.method === judge).chosen;
  add("finished", { status: "completed", method: judge, chosen, answer: tries[Number(chosen)][0] });
  return events;
}

const FAILS = attempts([["29", 0.1], ["29", 0.1], ["27", 0.9], ["29", 0.2]], "27");
const FOOLED = attempts([["12", 0.4], ["12", 0.5], ["15", 0.98], ["12", 0.2]], "12", "best");
const say = (claim, events, evidence = {}) => sayClaim({ claim, evidence }, Tree.fromEvents(events));

test("a failed vote is told with its numbers, and pointed at", () => {
  assert.deepEqual(say("voting_fails", FAILS), {
    sentence: "3 of 4 attempts say 29, and are wrong. The verifier’s vote says 27, and is right.",
    points: [
      { id: "3", label: "0.20", short: "0.20" },
      { id: "2", label: "0.90", short: "0.90" },
    ],
  });
});

test("a fooled verifier is told with its score", () => {
  assert.deepEqual(say("verifier_is_fooled", FOOLED), {
    sentence: "The verifier likes 15 best (0.98), and is wrong. 3 of 4 attempts say 12, and are right.",
    points: [
      { id: "1", label: "0.50", short: "0.50" },
      { id: "2", label: "0.98", short: "0.98" },
    ],
  });
});

test("a larger budget that does worse names both choices", () => {
  const events = attempts([["12", 0.4], ["12", 0.5], ["15", 0.98], ["12", 0.2]], "12", "best");
  const { sentence, points } = say("more_budget_is_worse", events, { few: 2, then: "1" });
  assert.equal(
    sentence,
    "Of the first 2 attempts the best score says 12, and is right. Of all 4 it says 15, and is wrong.",
  );
  assert.deepEqual(
    points.map(({ id }) => id),
    ["1", "2"],
  );
});

test("nothing is said that the log does not bear out", () => {
  assert.equal(say("voting_fails", FOOLED), null);
  assert.equal(say("verifier_is_fooled", FAILS), null);
  assert.equal(say("voting_fails", FAILS.slice(0, -1)), null);
  assert.equal(say("right_path_is_cut", FAILS, { step: "0", text: "x", way: [], kept: 1 }), null);
  assert.equal(say("more_budget_is_worse", FAILS, { few: 2, then: "0" }), null);
  assert.equal(say("unheard of", FAILS), null);
});

test("the script tells of steps, of the verifier and of the strategy, and ends with the log", () => {
  const script = scriptOf(FAILS);
  assert.deepEqual(
    script.map(({ term }) => term),
    TERMS.map(({ name }) => name),
  );
  script.forEach(({ from, to }, i) => assert.equal(from <= to && to, script[i + 1]?.from ?? FAILS.length));
  assert.equal(FAILS[script[1].from].kind, "scored");
  assert.deepEqual(scriptOf(FAILS.slice(0, 3)), []);
});

test("every term has a place in the picture once the run is over", () => {
  const tree = Tree.fromEvents(FAILS);
  for (const { name } of TERMS) {
    const places = placesOf(name, tree);
    assert.ok(places.length && places.every(({ id }) => tree.nodes.has(id)), name);
  }
});

/** A page's first minute, with a clock that goes when told. */
function visit({ search = "", still = false, store = new Map(), run = "opening" } = {}) {
  const state = { log: { run: "", events: [], complete: false, length: 0 }, cursor: 0, now: 0, frames: [], store };
  state.minute = new Minute({
    given: {
      opening: "opening",
      chosen: [{ run: "opening", claim: "voting_fails", evidence: {}, recipe: recipeOf(FAILS[0]) }],
    },
    seek: (cursor) => (state.cursor = cursor),
    onChange: () => {},
    log: () => state.log,
    search,
    storage: { getItem: (key) => store.get(key) ?? null, setItem: (key, value) => store.set(key, value) },
    still: () => still,
    frame: (callback) => state.frames.push(callback),
  });
  state.hear = (name, events = FAILS) => {
    state.log = { run: name, events, complete: true, length: events.length };
    state.cursor = events.length;
    state.minute.onLog(true);
  };
  state.pass = (ms) => {
    for (const end = state.now + ms; state.now < end && state.frames.length; ) {
      state.now += 100;
      state.frames.shift()(state.now);
    }
  };
  state.told = () => state.minute.told(Tree.fromEvents(state.log.events.slice(0, state.cursor)), state.cursor);
  state.hear(run);
  return state;
}

const recipeOf = ({ problem, strategy, seed, options, verifier }) => ({
  problem: problem.text,
  strategy,
  seed,
  n: options.n,
  verifier: verifier.name,
});

test("the opening plays by itself, term by term, and ends with what there is to see", () => {
  const state = visit();
  assert.equal(state.minute.playing, true);
  const heard = [];
  for (let i = 0; i < 600 && state.minute.playing; i += 1) {
    const { term, sentence, points } = state.told();
    if (heard.at(-1) !== term) heard.push(term);
    assert.equal(sentence, "");
    assert.ok(Array.isArray(points));
    state.pass(100);
  }
  assert.deepEqual(heard, ["step", "verifier", "strategy"]);
  assert.equal(state.cursor, FAILS.length);
  assert.match(state.told().sentence, /^3 of 4 attempts say 29/);
  assert.equal(state.told().points.at(-1).id, "2");
});

test("nobody who came by a link, wants no motion, or has seen it is played to", () => {
  const store = new Map();
  assert.equal(visit({ search: "?run=abc" }).minute.playing, false);
  assert.equal(visit({ search: "?problem=1" }).minute.playing, false);
  assert.equal(visit({ search: "?node=0.1" }).minute.playing, false);
  assert.equal(visit({ run: "another" }).minute.playing, false);
  const still = visit({ still: true });
  assert.equal(still.minute.playing, false);
  assert.match(still.told().sentence, /^3 of 4/); // it stands finished, with its sentence
  assert.equal(visit({ store }).minute.playing, true);
  assert.equal(visit({ store }).minute.playing, false);
});

test("it is over at once when skipped, and when another run comes", () => {
  const skipped = visit();
  skipped.pass(1000);
  skipped.minute.skip();
  assert.deepEqual([skipped.cursor, skipped.minute.playing], [FAILS.length, false]);
  const left = visit();
  left.hear("another", FOOLED);
  assert.equal(left.minute.playing, false);
  left.pass(20000);
  assert.equal(left.cursor, FOOLED.length);
  assert.equal(left.told(), null);
});

test("the same recipe run again is told of as well, and another one is not", () => {
  const state = visit({ search: "?run=abc", run: "abc" });
  assert.match(state.told().sentence, /^3 of 4/);
  assert.equal(state.told().opening, false);
  state.cursor = 5; // before the votes there is nothing to see
  assert.equal(state.told(), null);
  state.hear("other", [{ ...FAILS[0], seed: 99 }, ...FAILS.slice(1)]);
  assert.equal(state.told(), null);
});

test("of a search that cuts nothing the strategy's sentence says so", () => {
  assert.match(alsoOf("strategy", { started: { strategy: "best_of_n" } }), /nothing is cut/);
  assert.equal(alsoOf("strategy", { started: { strategy: "beam_search" } }), "");
  assert.equal(alsoOf("step", { started: { strategy: "best_of_n" } }), "");
});

test("of a verifier that is shipped to show what goes wrong it is said that it is one", () => {
  const [start, ...rest] = FOOLED;
  const { sentence } = say("verifier_is_fooled", [{ ...start, verifier: { name: "verifier-early" } }, ...rest]);
  assert.match(sentence, /^This verifier, from early in its training, likes 15 best/);
});

test("a run that is spoken of is known by its name", () => {
  const { minute, log } = visit();
  const speaks = (run) => Object.assign(log, { run }) && minute.speaks;
  assert.deepEqual(["opening", "other"].map(speaks), [true, false]);
});
