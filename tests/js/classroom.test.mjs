// A class: what is heard of it, whether a pupil's page is where the teacher is, and what is asked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { askable, branchesOf, optionOf, spokenOutcome, truthOf, twinsOf } from "../../assets/js/classroom/branches.js";
import { ClassSession } from "../../assets/js/classroom/session.js";
import { Lockstep } from "../../assets/js/classroom/lockstep.js";
import { Tree } from "../../assets/js/log/tree.js";
import { newestOf, Wire } from "../../assets/js/classroom/wire.js";

const numbered = (events) => events.map((event, seq) => ({ seq, t: 0, ...event }));
const started = { kind: "started", strategy: "beam_search", options: {}, sampling: {}, seed: 1, solver: { name: "s" }, verifier: { name: "v" }, problem: { text: "?" } };
const sampled = (id, parts = {}) => ({ kind: "sampled", id, text: `step ${id}`, tokens: 2, logprob: -1, ...parts });
const scored = (id, score) => ({ kind: "scored", id, score });
const decided = (kept, pruned) => ({
  ...{ kind: "decided", round: 1, rule: "top_k", why: "Why.", cutoff: 0.5 },
  kept: kept.map((id) => [id, 1, 0]),
  pruned: pruned.map((id) => [id, 2, -0.1]),
});
const LOG = numbered([
  started,
  ...["0", "1", "2", "3"].map((id) => sampled(id)),
  sampled("0.0", { role: "rollout" }),
  { kind: "merged", id: "3", into: "0" },
  ...["0", "1", "2"].map((id, place) => scored(id, [0.4, 0.9, 0.2][place])),
  decided(["0", "1"], ["2"]),
  sampled("1.0"),
  sampled("0.1"),
  scored("1.0", 0.9),
  { kind: "completed", id: "1.0", answer: "7", group: 0 },
  { kind: "completed", id: "0.1", answer: "8", group: 1 },
  { kind: "graded", right: ["0.1"], wrong: ["1.0"], undecided: [] },
]);

test("of what has come only the newest whole message counts", () => {
  assert.deepEqual(newestOf('data: {"a":1}\n\ndata: {"a":2}\n\n: here\n\ndata: {"a'), { newest: '{"a":2}', rest: 'data: {"a' });
  assert.deepEqual(newestOf(": here\n\n"), { newest: null, rest: "" });
});

test("a question is put at the moment before its branches are judged", () => {
  assert.deepEqual(askable(LOG, "root"), { options: ["0", "1", "2"], cursor: 7 });
  assert.equal(askable(LOG, "1"), null);
  assert.equal(askable(LOG, "0"), null); // one step, and one that was only written to look ahead
  // Where each is judged before the next is written, there is no such moment.
  const oneByOne = numbered([started, sampled("0"), scored("0", 0.5), sampled("1"), scored("1", 0.5)]);
  assert.deepEqual(askable(oneByOne, "root"), { options: ["0", "1"], cursor: 4 });
  assert.deepEqual(askable(oneByOne.slice(0, 4), "root"), { options: ["0", "1"], cursor: null });
});

test("once revealed, each branch says who chose it, what the verifier thought and what came of it", () => {
  const rows = branchesOf(Tree.fromEvents(LOG), ["0", "1", "2"], [3, 4, 0]);
  assert.deepEqual(
    rows.map(({ letter, count, score, best, right, answered, cut }) => [letter, count, score, best, right, answered, cut]),
    [
      ["A", 3, 0.4, false, true, true, false],
      ["B", 4, 0.9, true, false, true, false],
      ["C", 0, 0.2, false, null, false, true],
    ],
  );
  assert.deepEqual(rows.map(truthOf), ["✓ a right answer came of it", "✗ only wrong answers came of it", "– cut: nobody knows what would have come of it"]);
  assert.match(spokenOutcome(rows), /^Revealed. 7 chose. A: 3, a right answer.* B: 4, the verifier's choice, 0.90, only wrong/);
  const ungraded = branchesOf(Tree.fromEvents(LOG.slice(0, -1)), ["0", "1"], [0, 0]);
  assert.match(truthOf(ungraded[0]), /not known/);
});

test("a step that repeats an option bears its letter", () => {
  const text = (id, words) => sampled(id, { text: words });
  const tree = Tree.fromEvents(numbered([started, text("0", "a"), text("1", "b"), text("2", "a "), text("0.0", "b"), text("3", "c")]));
  assert.deepEqual([...twinsOf(tree, ["0", "1"])], [["2", 0]]);
  assert.deepEqual([...twinsOf(tree, ["7", "8"])], []); // not written here yet
});

test("what a person decided is not told as the search's choice, and gives nothing away before", () => {
  const noted = (id, action) => ({ kind: "noted", id, action, author: "", of: "before", text: "", count: 0, changed: {} });
  const log = numbered([...LOG.map(({ seq, ...event }) => event), noted("2", "kept"), noted("1", "pruned")]);
  const rows = branchesOf(Tree.fromEvents(log), ["0", "1", "2"], [3, 4, 0]);
  assert.deepEqual(rows.map(({ hand }) => hand), ["", "a person cut it", "a person kept it"]);
  assert.match(spokenOutcome(rows), /B: 4, the verifier's choice, 0.90, a person cut it, only wrong.* C: 0, a person kept it, /);
  const asked = branchesOf(Tree.fromEvents(log), ["0", "1", "2"], null);
  assert.deepEqual(asked.map(({ hand }) => hand), ["", "", ""]);
});

test("a step below a branch stands for it", () => {
  assert.equal(optionOf(["1", "10"], "10.3"), 1);
  assert.equal(optionOf(["1", "10"], "2"), -1);
});

const shown = (parts = {}) => ({ run: "r", length: 20, cursor: 5, follow: false, node: null, ...parts });
const state = (parts = {}) => ({ run: "r", cursor: 5, live: false, node: "", ...parts });
const all = () => true;

test("a pupil's page goes where the teacher is, as far as its run has come", () => {
  const steps = new Lockstep();
  assert.deepEqual(steps.steps(state(), shown(), all), {});
  assert.deepEqual(steps.steps(state({ run: "other" }), shown(), all), { run: "other" });
  assert.deepEqual(steps.steps(state({ cursor: 99, node: "0" }), shown(), all), { cursor: 20, node: "0" });
  assert.deepEqual(steps.steps(state({ cursor: 5, node: "0" }), shown(), () => false), {});
  assert.deepEqual(steps.steps(state({ cursor: 5, live: true }), shown({ cursor: 20 }), all), {});
});

test("whoever turns to something else looks away, and comes back", () => {
  for (const turned of [{ cursor: 6 }, { node: "0" }, { run: "other" }]) {
    const steps = new Lockstep();
    steps.arrived(shown());
    steps.look(shown(), false);
    assert.equal(steps.away, false);
    steps.look(shown(turned), false);
    assert.equal(steps.away, true);
    steps.back();
    assert.equal(steps.away, false);
  }
  // A run that grows under the cursor, and looking for a branch, is no looking away.
  const steps = new Lockstep();
  steps.arrived(shown({ cursor: 20, follow: true }));
  steps.look(shown({ cursor: 25, length: 25, follow: true }), false);
  steps.look(shown({ cursor: 20, node: "1" }), true);
  assert.equal(steps.away, false);
  // Nor is a run to which the class has taken the page, be it on its way to another one already.
  steps.look(shown({ run: "next" }), false, ["last", "next"]);
  assert.equal(steps.away, false);
  steps.look(shown({ run: "own" }), false, ["last", "next"]);
  assert.equal(steps.away, true);
});

class FakeWire {
  sent = [];
  answers = { open: { code: "ACDEFG", token: "t" } };

  async post(path, token, values = {}) {
    this.sent.push([path, token, values]);
    const name = path.split("/").at(-1);
    await this.held;
    if (this.refusing) throw Object.assign(new Error(this.refusing), { status: 429 });
    return this.answers[name] ?? (name === "join" ? { code: "ACDEFG", token: "p" } : {});
  }

  follow(code, token, hear) {
    this.hear = hear;
    return () => {
      this.stopped = true;
    };
  }
}

function memory() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

test("a pupil chooses, thinks again, and a refresh remembers both class and choice", async () => {
  const wire = new FakeWire();
  const store = memory();
  const pupil = new ClassSession(wire, store, () => {});
  await pupil.join(" acdefg ");
  assert.deepEqual([pupil.role, pupil.code, wire.sent[0][0]], ["pupil", "ACDEFG", "acdefg/join"]);
  wire.hear.told({ ...state(), question: { number: 2, node: "root", options: ["0", "1"] } });
  await pupil.choose(0);
  await pupil.choose(1);
  assert.equal(pupil.chosen, 1);
  assert.deepEqual(wire.sent.at(-1), ["ACDEFG/choose", "p", { question: 2, choice: 1 }]);
  wire.refusing = "Choices come too fast.";
  await pupil.choose(0);
  assert.deepEqual([pupil.chosen, pupil.trouble], [1, "Choices come too fast."]);
  const again = new ClassSession(wire, store, () => {});
  assert.equal(again.resume("QQQQQQ"), false);
  assert.equal(again.resume("ACDEFG"), true);
  wire.hear.told({ ...state(), question: { number: 2, node: "root", options: ["0", "1"], counts: [0, 1] } });
  assert.equal(again.chosen, 1);
  const before = wire.sent.length;
  await again.choose(0); // it is revealed
  assert.equal(wire.sent.length, before);
  wire.hear.told({ over: "The teacher has ended the class." });
  assert.deepEqual([again.role, again.trouble, again.resume()], [null, "The teacher has ended the class.", false]);
});

test("of the places of a teacher who drags the cursor the newest is sent, one at a time", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const wire = new FakeWire();
  const teacher = new ClassSession(wire, memory(), () => {});
  await teacher.open(state());
  const moves = () => wire.sent.filter(([path]) => path.endsWith("move")).map(([, , place]) => place.cursor);
  teacher.move(state()); // it is known
  for (let cursor = 6; cursor < 60; cursor += 1) teacher.move(state({ cursor }));
  assert.deepEqual(moves(), []);
  context.mock.timers.tick(100);
  await null;
  assert.deepEqual(moves(), [59]);
});

/** Have a wire answer nothing until what this gives back is called. */
function hold(wire) {
  let go;
  wire.held = new Promise((done) => (go = done));
  return go;
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await null;
};
const names = (wire) => wire.sent.map(([path]) => path.split("/").at(-1));

test("a question that is asked while a place waits to be sent takes its turn, and nothing empty follows", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const wire = new FakeWire();
  const teacher = new ClassSession(wire, memory(), () => {});
  await teacher.open(state());
  teacher.move(state({ node: "root" }));
  await teacher.ask("root", ["0", "1"], state({ cursor: 3, node: "root" }));
  context.mock.timers.tick(1000);
  await turns();
  assert.deepEqual(names(wire), ["open", "move", "ask"]);
  assert.ok(wire.sent.every(([, , values]) => values !== null));
  assert.equal(wire.sent[1][2].cursor, 3);
});

test("what a page does reaches the server in its order, however slow the answers are", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const wire = new FakeWire();
  const teacher = new ClassSession(wire, memory(), () => {});
  await teacher.open(state());
  const go = hold(wire);
  for (const cursor of [6, 7, 8]) {
    teacher.move(state({ cursor }));
    context.mock.timers.tick(100);
  }
  const asked = teacher.ask("root", ["0", "1"], state({ cursor: 3 }));
  const revealed = teacher.reveal();
  await turns();
  assert.deepEqual(names(wire), ["open", "move"]); // the rest waits
  go();
  await Promise.all([asked, revealed]);
  assert.deepEqual(names(wire), ["open", "move", "move", "ask", "reveal"]);
  // What waits for a class that is over is not sent to the next one.
  const again = hold(wire);
  teacher.move(state({ cursor: 9 }));
  context.mock.timers.tick(100);
  const late = teacher.goOn();
  await turns();
  teacher.leave();
  again();
  assert.equal(await late, false);
  assert.equal(names(wire).includes("go_on"), false);
});

test("pressed twice, a class is opened once", async () => {
  const wire = new FakeWire();
  const teacher = new ClassSession(wire, memory(), () => {});
  await Promise.all([teacher.open(state()), teacher.open(state())]);
  assert.deepEqual(names(wire), ["open"]);
});

test("where a teacher is is told anew after a lost connection", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const wire = new FakeWire();
  const teacher = new ClassSession(wire, memory(), () => {});
  await teacher.open(state());
  wire.hear.told(state());
  wire.refusing = "The server does not answer.";
  teacher.move(state({ cursor: 8 }));
  context.mock.timers.tick(100);
  await turns();
  wire.hear.lost();
  wire.refusing = "";
  wire.hear.told(state());
  teacher.move(state({ cursor: 8 }));
  context.mock.timers.tick(100);
  await turns();
  assert.deepEqual(names(wire), ["open", "move", "move"]);
});

test("a server's refusal is its sentence, and none at all is told apart", async () => {
  const reply = { ok: false, status: 404, json: async () => ({ why: "There is no class of this code." }) };
  const wire = new Wire("https://example.org/class/", async () => reply);
  await assert.rejects(wire.post("X/join", ""), { message: "There is no class of this code.", status: 404 });
  const offline = new Wire("https://example.org/class/", async () => {
    throw new TypeError("Failed to fetch");
  });
  await assert.rejects(offline.post("X/join", ""), { status: 0 });
});
