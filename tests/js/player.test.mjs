import assert from "node:assert/strict";
import { test } from "node:test";
import { Player } from "../../assets/js/log/player.js";
import { Rounds } from "../../assets/js/log/rounds.js";
import { beamLog } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 3 });
const rounds = new Rounds();
rounds.extend(EVENTS);
const cursors = rounds.segments.map((segment) => segment.cursor);

/** A player over the log, its cursor, and a clock that runs when told. */
function stage({ cursor = EVENTS.length, stepwise = false, log = rounds } = {}) {
  const state = { cursor, frames: [], seen: [], changes: 0, now: 0 };
  state.player = new Player({
    rounds: () => log,
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

test("a round lasts 1.6 seconds at the usual speed, and half as long at twice that", () => {
  for (const [speed, ms] of [
    [1, 1600],
    [2, 800],
  ]) {
    const state = stage({ cursor: cursors[0] });
    state.player.setSpeed(speed);
    state.player.play();
    state.pass(50); // the first frame only tells the time
    state.pass(ms - 50);
    assert.ok(state.cursor < cursors[1]);
    state.pass(100);
    assert.ok(state.cursor >= cursors[1], `${speed}×`);
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
  state.player.setSpeed(8);
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
