// Which runs a visit had, and which of those that the server tells of may take the page.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Visit } from "../../assets/js/visit.js";
import { apart, visitedRun } from "../../assets/js/words/visited_words.js";
import { header } from "./synthetic.mjs";

const LABELS = {
  strategies: { beam_search: "Beam search" },
  options: { beam_search: { beam_width: { label: "Beam width M", default: 4 } } },
};

/** A log as the explorer has it. */
function logOf(run, end = { status: "completed", chosen: "0", answer: "20" }, more = []) {
  const spent = { kind: "spent", generated: 1234, solver_flops: 2e9, verifier_flops: 1.2e9 };
  const events = [header(), spent, ...more, ...(end ? [{ kind: "finished", ...end }] : [])];
  return { run, events, complete: Boolean(end), interrupted: false, live: !end };
}

/** An address that notes what is asked of it. */
class Written {
  expected = null;
  shown = null;
  next = null;
  told = [];
  popped = () => this.next;
  expect = (run) => this.told.push(["expect", run]);
  goTo = (run) => this.told.push(["go", run]);
  arrive = (run) => (this.shown = run);
  standsFor = (...runs) => this.told.push(["stands", ...runs]);
}

function storeOf(text = null) {
  return { text, getItem: () => text, setItem: (_, value) => (text = value) };
}

let address;
let recalled;
const visitOf = (store = null) => new Visit(address, () => (recalled += 1), store);

beforeEach(() => {
  address = new Written();
  recalled = 0;
  globalThis.window = { addEventListener() {}, removeEventListener() {} };
});
afterEach(() => delete globalThis.window);

test("a run is told by what it was, what came of it, and what it cost", () => {
  const { settings, ...told } = visitedRun(logOf("a", undefined, [{ kind: "graded", right: ["0"] }]), LABELS);
  assert.deepEqual([settings["Beam width M"], settings["Max steps"], settings.Seed, settings.Solver], ["4", "12", "7", "tiny-solver"]);
  assert.deepEqual(told, {
    id: "a",
    made: "Beam search, N 16",
    kind: "Beam search, N 16",
    of: "",
    outcome: "20, right",
    problem: "Ada has 3 boxes of 8 pencils. She gives 4 away. How many are left?",
    cost: "1,234 tokens, 3.20 GFLOPs",
  });
  const outcome = (...given) => visitedRun(logOf("a", ...given), LABELS).outcome;
  assert.equal(outcome(undefined, [{ kind: "graded", wrong: ["0"] }]), "20, wrong");
  assert.equal(outcome(undefined), "20");
  assert.equal(outcome({ status: "completed", answer: null }), "no answer");
  assert.equal(outcome({ status: "cancelled" }), "stopped");
  assert.equal(outcome({ status: "failed" }), "failed");
  assert.equal(outcome({ status: "out_of_budget", answer: "20" }), "limit reached");
  assert.equal(outcome(null), "running");
  assert.equal(visitedRun(logOf("recorded-x"), {}).made, "Beam search, N 16, recorded");
});

test("runs of one kind are told apart by the settings in which they differ, and by no others", () => {
  const run = (id, options = {}, fields = {}) => {
    const log = logOf(id);
    log.events[0] = { ...header(options), ...fields };
    return visitedRun(log, LABELS);
  };
  const usual = run("recorded-a");
  assert.deepEqual(apart([usual, run("b", { n: 8 })]), ["", ""], "another N is said already");
  assert.deepEqual(apart([usual, run("b")]), ["", ""], "nothing differs");
  assert.deepEqual(apart([run("c", { beam_width: 2 }, { seed: 8 }), usual]), ["Beam width M 2, Seed 8", "Beam width M 4, Seed 7"]);
  assert.deepEqual(apart([run("c", {}, { verifier: { name: "verifier-early" } }), usual]), ["Verifier verifier-early", "Verifier tiny-verifier"]);
  const other = { problem: { ...header().problem, text: "Another one." }, seed: 9 };
  assert.deepEqual(apart([run("d", {}, other), usual]), ["", ""], "another problem is said already");
  // A list that an earlier version of the page has kept knows no settings.
  const { settings: _, ...old } = usual;
  assert.deepEqual(apart([old, run("e", {}, { seed: 8 })]), ["", ""]);
});

test("the newest run is first, one that ends is the same one, and at most twenty are kept", () => {
  const visit = visitOf();
  visit.note(logOf("a", null), LABELS);
  visit.note(logOf("b"), LABELS);
  visit.note(logOf("a"), LABELS);
  assert.deepEqual(visit.runs.map(({ id, outcome }) => [id, outcome]), [["b", "20"], ["a", "20"]]);
  for (let number = 0; number < 30; number += 1) visit.note(logOf(`run-${number}`), LABELS);
  assert.equal(visit.runs.length, 20);
  assert.equal(visit.runs[0].id, "run-29");
});

test("the list outlives a refresh, and what cannot be read is left out", () => {
  const store = storeOf();
  visitOf(store).note(logOf("a"), LABELS);
  assert.deepEqual(visitOf(store).runs.map(({ id }) => id), ["a"]);
  assert.deepEqual(visitOf(storeOf("{")).runs, []);
  assert.deepEqual(visitOf(storeOf('[null, 3, {"id": "a"}, {"id": 4}]')).runs, [{ id: "a" }]);
});

test("going back asks for the run, and only its answer is taken", () => {
  const visit = visitOf();
  const live = { run: "own", live: true };
  address.next = "first";
  visit.followHistory();
  assert.deepEqual([visit.asked, recalled], ["first", 1]);
  assert.equal(visit.accepts({ run: "other", recalled: "other" }, live), false);
  assert.equal(visit.accepts({ run: "own", live: true }, live), true); // until then it goes on
  assert.equal(visit.accepts({ run: "first", recalled: "first" }, live), true);
  // From now on the run that goes on keeps to itself, until it is asked for again.
  const first = { run: "first", live: false };
  assert.equal(visit.accepts({ run: "own", live: true }, first), false);
  visit.show("own");
  assert.equal(visit.accepts({ run: "own", live: true }, first), true);
  assert.deepEqual(address.told, [["go", "own"]]);
});

test("a run that was waited for when a person went back does not take the page", () => {
  const visit = visitOf();
  address.expected = "waiting";
  visit.followHistory();
  assert.equal(recalled, 0); // what the address names is on show
  const log = { run: "first", live: false };
  assert.equal(visit.accepts({ run: "", next: "waiting" }, log), false);
  assert.equal(visit.accepts({ run: "waiting", live: true }, log), false);
  assert.equal(visit.accepts({ run: "opened" }, log), true);
});

test("of two runs that were asked for in turn the last is shown, and the first can still be opened", () => {
  const visit = visitOf();
  const log = { run: "third", live: false };
  for (const next of ["second", "first"]) {
    address.next = next;
    visit.followHistory();
    address.expected = next;
  }
  assert.equal(visit.accepts({ run: "second", recalled: "second" }, log), false);
  assert.equal(visit.accepts({ run: "first", recalled: "first" }, log), true);
  assert.equal(visit.accepts({ run: "second" }, log), true);
});

test("whoever starts or opens another run meanwhile wants the old one no more", () => {
  const log = { run: "first", live: false };
  for (const turn of [(visit) => visit.expect("new"), (visit) => visit.accepts({ run: "opened" }, log)]) {
    const visit = visitOf();
    visit.show("old");
    turn(visit);
    assert.equal(visit.accepts({ run: "old", recalled: "old" }, log), false);
  }
});

test("what stands for a run that is gone is told to the address", () => {
  const visit = visitOf();
  visit.show("gone");
  assert.equal(visit.accepts({ run: "recorded-first", recalled: "gone" }, { run: "own" }), true);
  assert.deepEqual(address.told.at(-1), ["stands", "recorded-first", "gone"]);
});

test("a file of its own has no visit", () => {
  const visit = new Visit(address, undefined, null);
  visit.note(logOf("a"), LABELS);
  assert.deepEqual(visit.runs, []);
});

test("what stands on a page when it opens is for nobody who has turned to another run", () => {
  const visit = visitOf();
  const opening = { run: "first", opening: true };
  assert.equal(visit.accepts(opening, { run: "", live: false }), true);
  assert.equal(visit.accepts(opening, { run: "first", live: false }), true, "Gradio sends it twice");
  visit.show("led");
  assert.equal(visit.accepts(opening, { run: "first", live: false }), false);
  assert.equal(recalled, 2, "its answer may have been lost beside it");
  assert.equal(visit.accepts({ run: "led", recalled: "led" }, { run: "first", live: false }), true);
  assert.equal(visit.accepts(opening, { run: "led", live: false }), false);
  assert.equal(recalled, 3, "nor may its form stay");
  // Nor for whoever has started one.
  visit.expect("own");
  assert.equal(visit.accepts({ run: "own", live: true }, { run: "led", live: false }), true);
  assert.equal(visit.accepts(opening, { run: "own", live: true }), false);
  assert.equal(address.shown, "own");
});

test("a run whose answer was lost is asked for once more", () => {
  const visit = visitOf();
  const live = { run: "own", live: true };
  visit.insist();
  assert.equal(recalled, 0);
  visit.show("first");
  // In place of the answer Gradio gave the next batch of the run that goes on.
  assert.equal(visit.accepts({ run: "own", live: true }, live), true);
  visit.insist();
  assert.equal(recalled, 2);
  assert.equal(visit.accepts({ run: "first", recalled: "first" }, live), true);
  visit.insist();
  assert.equal(recalled, 2);
});
