import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "../../assets/js/log/log.js";
import { Rounds } from "../../assets/js/log/rounds.js";
import { gathered } from "../../assets/js/panels/warnings.js";
import { Scene } from "../../assets/js/picture/scene.js";
import { tellAll } from "../../assets/js/words/story.js";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";
import { nameOf } from "../../assets/js/words/words.js";
import { writingSentence } from "../../assets/js/words/writing_words.js";
import { NOTHING, parseWriting, Writing } from "../../assets/js/log/writing.js";
import { beamLog } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 3 });
const CALLS = EVENTS.flatMap((event, i) => (event.kind === "sampled" && EVENTS[i - 1].kind !== "sampled" ? [i] : []));

function idsFrom(start) {
  const ids = [];
  for (let i = start; EVENTS[i].kind === "sampled"; i += 1) ids.push(EVENTS[i].id);
  return ids;
}

const written = (ids, count = 0) => new Writing("step", new Map(ids.map((id) => [id, count])));

function placesOf(tree, visible) {
  const scene = new Scene();
  scene.update(tree, visible, new Set(), false);
  return new Map([...scene.items].map(([id, { u, d }]) => [id, `${u}|${d}`]));
}

for (const mode of ["dim", "fold", "hide"]) {
  test(`a step stands where it was being written (${mode})`, () => {
    for (const start of CALLS) {
      const tree = Tree.fromEvents(EVENTS.slice(0, start));
      const ids = idsFrom(start);
      const before = placesOf(tree, new Visible(tree, mode, new Set(), true, written(ids).of(tree)));
      for (const event of EVENTS.slice(start, start + ids.length)) tree.apply(event);
      const after = placesOf(tree, new Visible(tree, mode, new Set(), true, written(ids).of(tree)));
      assert.deepEqual(before, after);
      assert.ok(ids.every((id) => before.has(id)));
    }
  });
}

test("only what is not there yet, below what is there, is being written", () => {
  const tree = Tree.fromEvents(EVENTS.slice(0, CALLS[1]));
  const ids = [...tree.nodes.keys()].slice(1, 3);
  assert.equal(written(ids).of(tree).tokens.size, 0);
  assert.equal(written(["99.0", "0.0.0.0"]).of(tree).tokens.size, 0);
  const coming = written(["99"], 12).of(tree);
  const visible = new Visible(tree, "dim", new Set(), true, coming);
  assert.equal(nameOf(tree, visible, "99"), "Step 1, branch 17 of 17, being written, 12 tokens");
  assert.equal(visible.parent("99"), "root");
  assert.equal(writingSentence(coming), "Writing 1 step, 12 tokens so far");
  assert.equal(writingSentence(written(["99"])), "Writing 1 step…");
  assert.equal(writingSentence(NOTHING), "");
});

test("look-ahead steps are in sight while they are written only where they are asked for", () => {
  const tree = Tree.fromEvents(EVENTS.slice(0, CALLS[0]));
  const ahead = new Writing("rollout", new Map([["0", 3]]));
  assert.equal(new Visible(tree, "dim", new Set(), false, ahead).has("0"), false);
  assert.equal(new Visible(tree, "dim", new Set(), true, ahead).has("0"), true);
});

test("torn or strange counts are no counts", () => {
  for (const text of [undefined, null, 3, "", "{", "[]", '{"tokens": 3}', '{"tokens": [3]}'])
    assert.equal(parseWriting(text), null);
  const { role, tokens } = parseWriting('{"role": "x", "tokens": [["__proto__", 1], ["0.1", -4], ["2", 7], [3, 3]]}');
  assert.equal(role, "step");
  assert.deepEqual([...tokens], [["0.1", 0], ["2", 7]]);
});

test("what is being written has its limits: ids that are none, and too many", () => {
  const parse = (...pairs) => [...parseWriting(JSON.stringify({ role: "rollout", tokens: pairs })).tokens];
  const long = Array.from({ length: 1000 }, () => "1").join(".");
  assert.deepEqual(parse(["root", 1], ["0.", 1], [".0", 1], ["-1", 1], ["0x1", 1], [`${long}.1`, 1], ["", 1]), []);
  assert.deepEqual(parse([long, 1], ["0", 1.5], ["1", "2"], ["2", Infinity]), [[long, 1], ["0", 0], ["1", 0], ["2", 0]]);
  const many = Array.from({ length: 1030 }, (_, index) => [String(index), 1]);
  assert.equal(parse(...many).length, 1024);
});

test("steps are the same ones only with the same role, in the same order", () => {
  const steps = written(["0", "1"], 3);
  assert.equal(steps.alike(written(["0", "1"], 9)), true);
  for (const other of [written(["1", "0"]), written(["0"]), written(["0", "1", "2"]), new Writing("rollout", steps.tokens)])
    assert.equal(steps.alike(other), false);
});

test("the log knows when nothing but the counts is new, and forgets them at the end", () => {
  const changes = [];
  const log = new EventLog({ pull: () => new Promise(() => {}), onChange: (change) => changes.push(change.counted) });
  const push = (tokens, live = true) =>
    log.accept({ run: "r", ev: "", head: 0, live, writing: JSON.stringify({ role: "step", tokens }) });
  push([["0", 0]]);
  push([["0", 4]]);
  push([["1", 0]]);
  assert.deepEqual(changes, [false, true, false]);
  assert.equal(log.writing.tokens.get("1"), 0);
  push([["1", 3]], false);
  assert.deepEqual([changes.at(-1), log.writing], [false, NOTHING]);
});

test("a warning belongs to the round whose steps were written nevertheless", () => {
  const [start] = CALLS.slice(1);
  const warned = { kind: "warned", message: "Short of memory." };
  const events = [...EVENTS.slice(0, start), warned, ...EVENTS.slice(start)].map((event, seq) => ({ ...event, seq }));
  const rounds = new Rounds();
  rounds.extend(events);
  const told = tellAll(events, rounds.segments, events.length, {}).map(({ sentence }) => sentence);
  assert.deepEqual(
    told.flatMap((sentence, index) => (sentence.includes("Warning: Short of memory.") ? [index] : [])),
    [2],
  );
  assert.equal(rounds.segments[1].cursor, rounds.segments[2].from);
  assert.equal(Tree.fromEvents(events).warnings.length, 1);
  assert.deepEqual(gathered([{ message: "a" }, { message: "b" }, { message: "a" }]), [["a", 2], ["b", 1]]);
});
