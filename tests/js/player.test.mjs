import assert from "node:assert/strict";
import { test } from "node:test";
import { AS_IT_HAPPENS, chosenPace, rememberPace } from "../../assets/js/log/pace.js";
import { Player } from "../../assets/js/log/player.js";
import { Rounds } from "../../assets/js/log/rounds.js";
import { beamLog } from "./synthetic.mjs";
import { firstNew } from "../../assets/js/showing.js";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 3 });
const rounds = new Rounds();
rounds.extend(EVENTS);
const cursors = rounds.segments.map((segment) => segment.cursor);

/** A player over the log, its cursor, and a clock that runs when told. */
function stage({ cursor = EVENTS.length, stepwise = false, log = rounds, pace = 1, growing = false } = {}) {
  const state = { cursor, frames: [], seen: [], changes: 0, now: 0, growing, log };
  state.player = new Player({
    pace,
    rounds: () => state.log,
    events: () => EVENTS.slice(0, state.log.seen),
    growing: () => state.growing,
    cursor: () => state.cursor,
    seek: (to) => {
      state.cursor = to;
      state.seen.push(to);
    },
    onChange: () => (state.changes += 1),
    stepwise: () => stepwise,
    frame: (callback) => state.frames.push(callback),
  });
  state.pass = (ms, every = 50) => {
    for (let passed = 0; passed < ms && state.frames.length; passed += every) {
      state.now += every;
      state.frames.shift()(state.now);
    }
  };
  return state;
}

test("playing moves through the rounds and stops at the end", () => {
  const state = stage();
  state.player.play();
  assert.equal(state.cursor, cursors[0]);
  state.pass(100000);
  assert.equal(state.cursor, EVENTS.length);
  assert.equal(state.player.playing, false);
  assert.deepEqual(
    state.seen,
    state.seen.toSorted((a, b) => a - b),
  );
  assert.ok(new Set(state.seen).size > 40);
});

test("without motion playing goes round by round", () => {
  const state = stage({ cursor: 1, stepwise: true });
  state.player.play();
  state.pass(100000, 100);
  assert.deepEqual(state.seen, cursors.slice(1));
});

test("a round lasts a second at the usual pace, and half as long at twice that", () => {
  for (const [pace, ms] of [
    [1, 1000],
    [2, 500],
  ]) {
    const state = stage({ cursor: cursors[0] });
    state.player.setPace(pace);
    state.player.play();
    state.pass(50); // the first frame only tells the time
    state.pass(ms - 50);
    assert.ok(state.cursor < cursors[1]);
    state.pass(100);
    assert.ok(state.cursor >= cursors[1], `${pace}×`);
  }
});

test("playing goes on from where the cursor is, and from the start only at the end", () => {
  const state = stage({ cursor: cursors[1] + 3 });
  state.player.play();
  state.pass(100);
  assert.ok(state.cursor >= cursors[1] + 3 && state.cursor < cursors[2]);
  state.player.play();
  assert.equal(state.frames.length, 1);
});

test("pause stops it, also in the middle of a frame, and both are told", () => {
  const state = stage({ cursor: cursors[0] });
  state.player.toggle();
  state.pass(400);
  const { cursor } = state;
  state.player.toggle();
  assert.equal(state.changes, 2);
  state.player.pause();
  assert.equal(state.changes, 2);
  state.pass(1000);
  assert.equal(state.cursor, cursor);
  assert.equal(state.frames.length, 0);
});

test("a tab that slept does not leap to the end", () => {
  const state = stage({ cursor: cursors[0] });
  state.player.play();
  state.pass(50);
  state.pass(60000, 60000);
  assert.ok(state.cursor < cursors[1]);
});

test("at full speed and with late frames it still comes by the end of every round", () => {
  const state = stage({ cursor: cursors[0] });
  state.player.setPace(8);
  state.player.play();
  state.pass(100000, 250);
  assert.deepEqual(
    cursors.slice(1).filter((cursor) => !state.seen.includes(cursor)),
    [],
  );
});

test("there is nothing to play before the first event", () => {
  const state = stage({ cursor: 0, log: new Rounds() });
  state.player.play();
  assert.deepEqual([state.player.playing, state.frames.length], [false, 0]);
});

/** What is known of the log after so many of its events. */
function known(count) {
  const log = new Rounds();
  log.extend(EVENTS.slice(0, count));
  return log;
}

test("a run that is over at once is shown at a round a second, to its very end", () => {
  const state = stage({ cursor: cursors[0], growing: true });
  state.player.grow();
  const reached = [];
  for (let second = 1; second <= rounds.segments.length; second += 1) {
    state.pass(1000);
    reached.push(state.cursor);
    if (second === 1) state.growing = false; // the log has its end; the picture is far behind
  }
  // The first frame only tells the time: each round is over within that frame of its second.
  for (const [index, cursor] of reached.slice(0, -1).entries())
    assert.ok(cursor > cursors[index] && cursor <= cursors[index + 1], `second ${index + 1}`);
  assert.deepEqual([state.cursor, state.player.playing], [EVENTS.length, false]);
});

test("a slow model is never kept waiting: what it writes is shown at the next frame", () => {
  for (const stepwise of [false, true]) {
    const state = stage({ cursor: cursors[0], growing: true, log: known(cursors[0]), stepwise });
    state.player.grow();
    for (const cursor of cursors.slice(1)) {
      state.pass(3000);
      state.log = known(cursor);
      state.pass(50);
      assert.equal(state.cursor, cursor, `stepwise: ${stepwise}`);
    }
    assert.equal(state.player.playing, true);
    state.growing = false;
    state.pass(50);
    assert.equal(state.player.playing, false);
  }
});

test("a model that writes bit by bit is at no time more than a round's second behind", () => {
  const state = stage({ cursor: cursors[0], growing: true, log: known(cursors[0]) });
  state.player.grow();
  let before = cursors[0];
  for (let count = cursors[0] + 1; count <= EVENTS.length; count += 1) {
    state.log = known(count);
    state.pass(1000);
    assert.ok(state.cursor >= before, `${state.cursor} of ${count}`);
    before = count;
  }
});

test("as fast as it happens nothing is slowed, and a finished run is played in its own time", () => {
  const state = stage({ cursor: cursors[0], growing: true, pace: AS_IT_HAPPENS });
  state.player.grow();
  assert.equal(state.player.playing, false);
  state.growing = false;
  state.player.play();
  state.pass(50);
  const start = EVENTS[cursors[0] - 1].t;
  state.pass(600);
  const due = EVENTS.filter((event) => event.t <= start + 0.6 + 1e-9).length;
  assert.equal(state.cursor, due);
  state.pass(100000);
  assert.equal(state.cursor, EVENTS.length);
});

test("a run of very many rounds takes 20 seconds, not minutes", () => {
  const many = beamLog({ n: 2, width: 2, rounds: 100 });
  const log = new Rounds();
  log.extend(many);
  const state = stage({ cursor: log.segments[0].cursor, log });
  state.player.play();
  state.pass(19000, 100);
  assert.equal(state.player.playing, true);
  state.pass(2000, 100);
  assert.equal(state.cursor, many.length);
});

test("it can be told to stop at a moment", () => {
  const state = stage({ cursor: cursors[0] });
  state.player.play(cursors[1] + 2);
  state.pass(100000);
  assert.deepEqual([state.cursor, state.player.playing], [cursors[1] + 2, false]);
});

test("pausing and going on within a frame does not make it twice as fast", () => {
  const state = stage({ cursor: cursors[0] });
  state.player.play();
  state.player.toggle();
  state.player.toggle();
  for (let frame = 0; frame < 21; frame += 1) {
    state.now += 50;
    for (const callback of state.frames.splice(0)) callback(state.now);
  }
  assert.ok(state.cursor <= cursors[1], `${state.cursor}`);
});

test("the pace is remembered, and the address may ask for another one", () => {
  const store = new Map();
  const storage = { getItem: (key) => store.get(key) ?? null, setItem: (key, value) => store.set(key, value) };
  assert.equal(chosenPace("", storage), 1);
  rememberPace(AS_IT_HAPPENS, storage);
  assert.equal(chosenPace("?run=x", storage), AS_IT_HAPPENS);
  rememberPace(0.5, storage);
  assert.equal(chosenPace("", storage), 0.5);
  assert.equal(chosenPace("?pace=8", storage), 8);
  assert.equal(chosenPace("?pace=1e9", storage), 0.5);
  const closed = {
    getItem: () => {
      throw new Error("closed");
    },
    setItem: () => {
      throw new Error("closed");
    },
  };
  rememberPace(2, closed);
  assert.deepEqual([chosenPace("", closed), chosenPace("", null)], [1, 1]);
});

test("what a steered run takes over stands there at once: it grows from the first step that is new", () => {
  const sampled = (id, again) => ({ kind: "sampled", id, again });
  const known = [{ kind: "started" }, { kind: "noted" }, sampled("root", false), sampled("0", true), { kind: "scored", id: "0" }];
  assert.equal(firstNew(known), 5);
  assert.equal(firstNew([...known, sampled("1", true), sampled("2", false), sampled("3", true)]), 6);
});
