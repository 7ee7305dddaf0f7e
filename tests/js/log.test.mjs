import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, toNdjson } from "../../assets/js/log/log.js";
import { beamLog } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 8, width: 4, rounds: 3 });
const settle = async () => {
  for (let i = 0; i < 20; i += 1) await null;
};

/** A log with a server that answers from `EVENTS`, a clock, and timers that run when told. */
function harness(answer) {
  const world = { time: 0, queries: [], timers: [], changes: [] };
  world.log = new EventLog({
    pull: async (query) => {
      world.queries.push(query);
      return answer(query, world);
    },
    onChange: (change) => world.changes.push(change),
    now: () => world.time,
    later: (task, ms) => world.timers.push({ task, at: world.time + ms }),
  });
  world.pass = async (ms) => {
    world.time += ms;
    const due = world.timers.filter((timer) => timer.at <= world.time);
    world.timers = world.timers.filter((timer) => timer.at > world.time);
    for (const { task } of due) task();
    await settle();
  };
  return world;
}

const page =
  (size = 2000) =>
  ({ since }) => ({ events: EVENTS.slice(since, since + size), head: EVENTS.length, live: false, gone: false });
const batch = (from, to) =>
  JSON.stringify({ first: from, events: EVENTS.slice(from, to).map(({ seq: _, ...event }) => event) });
const push = (from, to, head = to) => ({ run: "r", ev: batch(from, to), head, live: to < EVENTS.length });

test("pushes in order need no pull", async () => {
  const { log, queries } = harness(page());
  for (let i = 0; i < EVENTS.length; i += 7) log.accept(push(i, Math.min(EVENTS.length, i + 7)));
  await settle();
  assert.deepEqual(log.events, EVENTS);
  assert.equal(log.complete, true);
  assert.equal(log.live, false);
  // The one question at the end is what other models would have cost.
  assert.deepEqual(queries, [{ run: "r", since: EVENTS.length }]);
});

test("a gap is pulled, in pages, and repeats are ignored", async () => {
  const { log, queries } = harness(page(10));
  log.accept(push(0, 5));
  log.accept(push(12, 20));
  await settle();
  assert.deepEqual(log.events, EVENTS);
  assert.equal(queries[0].since, 5);
  assert.ok(queries.length >= (EVENTS.length - 5) / 10);
  log.accept(push(0, 20));
  assert.equal(log.length, EVENTS.length);
});

test("an empty push with a head pulls everything", async () => {
  const { log } = harness(page());
  log.accept({ run: "r", ev: "", head: EVENTS.length, live: false });
  await settle();
  assert.equal(log.length, EVENTS.length);
});

test("a torn push counts as a lost one", async () => {
  const { log } = harness(page());
  log.accept({ ...push(0, 5), ev: batch(0, 5).slice(0, -9) });
  await settle();
  assert.equal(log.length, EVENTS.length);
});

test("a new run starts anew, and the old run's late reply is dropped", async () => {
  let release;
  const world = harness(({ run, since }) =>
    run === "old"
      ? new Promise((resolve) => {
          release = () => resolve(page()({ since }));
        })
      : page()({ since }),
  );
  world.log.accept({ run: "old", ev: "", head: 9, live: true });
  await settle();
  world.log.accept({ run: "new", ev: "", head: 3, live: true });
  release();
  await settle();
  assert.equal(world.log.run, "new");
  assert.deepEqual(world.log.events, EVENTS);
  assert.equal(world.changes.filter((change) => change.reset).length, 2);
});

test("failures are retried ever more slowly, with a notice after the second", async () => {
  let failing = true;
  const world = harness((query) => (failing ? undefined : page()(query)));
  world.log.accept({ run: "r", ev: "", head: 5, live: true });
  await settle();
  assert.equal(world.log.notice, "");
  await world.pass(600);
  assert.match(world.log.notice, /Trying again/);
  failing = false;
  await world.pass(1200);
  assert.equal(world.log.notice, "");
  assert.equal(world.log.length, EVENTS.length);
});

test("the watchdog pulls when a live run falls silent", async () => {
  const world = harness(page());
  world.log.watch(() => true);
  world.log.accept(push(0, 5));
  for (let i = 0; i < 4; i += 1) await world.pass(500);
  assert.equal(world.queries.length, 0);
  for (let i = 0; i < 3; i += 1) await world.pass(500);
  assert.equal(world.log.length, EVENTS.length);
});

test("a run that is gone says so and is not asked for again", async () => {
  const world = harness(() => ({ events: [], head: 0, live: false, gone: true }));
  world.log.accept(push(0, 5, 9));
  await settle();
  assert.match(world.log.notice, /no longer has this run/);
  await world.pass(60000);
  assert.equal(world.queries.length, 1);
});

test("the trace has one event per line", () => {
  const lines = toNdjson(EVENTS).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    EVENTS,
  );
});
