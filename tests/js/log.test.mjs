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
/** The same in columns, as a server sends it. */
const columns = (from, to) => {
  const groups = EVENTS.slice(from, to).map(({ seq, ...event }) => event);
  const same = groups.findIndex(({ kind }, at) => kind === "sampled" && groups[at + 1]?.kind === "sampled");
  const [one, two] = groups.slice(same, same + 2);
  const keys = Object.keys(one);
  const values = keys.map((key) => (one[key] === two[key] ? one[key] : [one[key], two[key] ?? null]));
  return JSON.stringify({ first: from, groups: groups.toSpliced(same, 2, { keys, count: 2, values }) });
};
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

/** A reply that arrives when the test says so. */
function held() {
  const replies = [];
  const answer = (query) => new Promise((resolve) => replies.push({ query, resolve }));
  return { replies, answer };
}

test("a new run starts anew, and what is said of the old one afterwards is dropped", async () => {
  const { replies, answer } = held();
  const other = beamLog({ n: 6, width: 2, rounds: 2, seed: 9 });
  const world = harness(answer);
  world.log.accept({ run: "old", ev: "", head: 9, live: true });
  world.log.accept({ run: "new", ev: "", head: EVENTS.length, live: true });
  assert.deepEqual(
    replies.map(({ query }) => query),
    [
      { run: "old", since: 0 },
      { run: "new", since: 0 },
    ],
  );
  replies[0].resolve({ events: other, head: other.length, live: true, gone: true });
  await settle();
  assert.deepEqual([world.log.run, world.log.length, world.log.gone], ["new", 0, false]);
  // The new run's own pull is still under way: another one would ask for the same events again.
  world.log.pull();
  assert.equal(replies.length, 2);
  replies[1].resolve(page()({ since: 0 }));
  await settle();
  assert.deepEqual(world.log.events, EVENTS);
  assert.deepEqual(
    world.changes.map(({ reset }) => reset),
    [true, true, false],
  );
});

test("an old run's retry asks nothing of the new one", async () => {
  const world = harness(() => undefined);
  world.log.accept({ run: "old", ev: "", head: 5, live: true });
  await settle();
  world.log.accept({ ...push(0, 5), run: "new" });
  await settle();
  await world.pass(60000);
  assert.deepEqual(
    world.queries.map(({ run }) => run),
    ["old"],
  );
});

test("failures are retried ever more slowly, up to a quarter of a minute", async () => {
  const world = harness((_, { time }) => void times.push(time));
  const times = [];
  world.log.accept({ run: "r", ev: "", head: 5, live: true });
  await settle();
  for (let i = 0; i < 700; i += 1) await world.pass(100);
  const waits = times.slice(1).map((time, index) => time - times[index]);
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("after a success the next failure is retried soon again", async () => {
  let failing = true;
  const world = harness((query) => (failing ? undefined : { ...page()(query), live: true }));
  world.log.accept({ run: "r", ev: "", head: 5, live: true });
  await settle();
  for (const wait of [500, 1000, 2000]) await world.pass(wait);
  failing = false;
  await world.pass(4000);
  assert.equal(world.log.length, EVENTS.length);
  const { length } = world.queries;
  failing = true;
  world.log.pull();
  await settle();
  await world.pass(499);
  assert.equal(world.queries.length, length + 1);
  await world.pass(1);
  assert.equal(world.queries.length, length + 2);
});

test("the second failure is said, and taken back when the connection is there again", async () => {
  let failing = true;
  const world = harness((query) => (failing ? Promise.reject(new Error("offline")) : page()(query)));
  world.log.accept({ run: "r", ev: "", head: 5, live: true });
  await settle();
  assert.equal(world.log.notice, "");
  await world.pass(500);
  assert.match(world.log.notice, /connection is interrupted/);
  failing = false;
  await world.pass(1000);
  assert.equal(world.log.notice, "");
  assert.equal(world.log.length, EVENTS.length);
});

test("a server that promises more than it sends is asked again, but not at once", async () => {
  const world = harness(({ since }) => ({ events: EVENTS.slice(since, 5), head: 9, live: true, gone: false }));
  world.log.accept({ run: "r", ev: "", head: 9, live: true });
  await settle();
  assert.deepEqual(
    world.queries.map(({ since }) => since),
    [0, 5],
  );
  await world.pass(500);
  assert.equal(world.queries.length, 3);
  assert.match(world.log.notice, /more of this run than it sends/);
});

test("one pull runs at a time", async () => {
  const { replies, answer } = held();
  const { log } = harness(answer);
  log.accept({ run: "r", ev: "", head: 9, live: true });
  log.accept({ run: "r", ev: "", head: 12, live: true });
  log.pull();
  assert.equal(replies.length, 1);
});

test("a push never takes back what is known", async () => {
  const { log } = harness(() => new Promise(() => {}));
  log.accept(push(0, 9, 20));
  log.accept(push(0, 3, 3));
  assert.deepEqual([log.length, log.head], [9, 20]);
  for (const nothing of [null, undefined, {}, { run: "" }, { run: 7 }]) log.accept(nothing);
  assert.deepEqual([log.run, log.length], ["r", 9]);
});

test("a run that ended is not live, whatever is said of it, and is compared once", async () => {
  const { log, queries } = harness((query) => ({ ...page()(query), comparison: { rows: [] } }));
  log.accept({ ...push(0, EVENTS.length), live: true });
  assert.equal(log.live, false);
  await settle();
  assert.deepEqual(log.comparison, { rows: [] });
  log.accept({ ...push(0, EVENTS.length), live: true });
  await settle();
  assert.equal(queries.length, 1);
});

test("a run that was pulled to its end was compared by that", async () => {
  const { log, queries } = harness((query) => ({ ...page()(query), comparison: { rows: [] } }));
  log.accept({ run: "r", ev: "", head: EVENTS.length, live: false });
  await settle();
  assert.deepEqual(log.comparison, { rows: [] });
  log.accept({ run: "r", ev: "", head: EVENTS.length, live: false });
  await settle();
  assert.equal(queries.length, 1);
});

test("the watchdog pulls when a live run falls silent, until nobody looks any more", async () => {
  let alive = true;
  const world = harness((query) => ({ ...page()(query), events: [], head: 5, live: true }));
  world.log.watch(() => alive);
  world.log.accept(push(0, 5));
  for (let i = 0; i < 5; i += 1) await world.pass(500);
  assert.equal(world.queries.length, 0);
  await world.pass(500);
  assert.equal(world.queries.length, 1);
  // The reply was a sign of life: another silence has to pass.
  for (let i = 0; i < 5; i += 1) await world.pass(500);
  assert.equal(world.queries.length, 1);
  await world.pass(500);
  assert.equal(world.queries.length, 2);
  alive = false;
  for (let i = 0; i < 20; i += 1) await world.pass(500);
  assert.equal(world.queries.length, 2);
  assert.equal(world.timers.length, 0);
});

test("the watchdog leaves a run alone that is over, and one that is being retried", async () => {
  const over = harness(page());
  over.log.watch(() => true);
  over.log.accept(push(0, EVENTS.length));
  await settle();
  const { length } = over.queries;
  for (let i = 0; i < 20; i += 1) await over.pass(500);
  assert.equal(over.queries.length, length);
  const failing = harness(() => undefined);
  failing.log.watch(() => true);
  failing.log.accept({ run: "r", ev: "", head: 5, live: true });
  await settle();
  for (let i = 0; i < 30; i += 1) await failing.pass(500);
  // At 0, 0.5, 1.5, 3.5 and 7.5 seconds, however silent it was in between; the next is at 15.5.
  assert.equal(failing.queries.length, 5);
});

test("a run that is gone says so and is not asked for again", async () => {
  const world = harness(() => ({ events: [], head: 0, live: false, gone: true }));
  world.log.accept(push(0, 5, 9));
  await settle();
  assert.match(world.log.notice, /no longer has this run/);
  await world.pass(60000);
  world.log.pull();
  assert.equal(world.queries.length, 1);
  // Nothing is missing of one that is here to its end.
  const whole = harness(() => ({ events: [], head: 0, live: false, gone: true }));
  whole.log.accept(push(0, EVENTS.length));
  await settle();
  assert.deepEqual([whole.log.gone, whole.log.notice], [true, ""]);
});

test("the trace has one event per line", () => {
  const lines = toNdjson(EVENTS).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    EVENTS,
  );
});

test("a batch in columns is the events that it was made of", () => {
  const world = harness(page());
  world.log.accept({ ...push(0, 12), ev: columns(0, 12) });
  assert.deepEqual(world.log.events, EVENTS.slice(0, 12));
  const sparse = { keys: ["kind", "id", "copies", "shares"], count: 2, values: ["a", ["0", "1"], [null, 2], { all: [[1]] }] };
  world.log.accept({ run: "s", ev: JSON.stringify({ first: 0, groups: [sparse] }), head: 2, live: true });
  assert.deepEqual(world.log.events, [
    { seq: 0, kind: "a", id: "0", shares: [[1]] },
    { seq: 1, kind: "a", id: "1", copies: 2, shares: [[1]] },
  ]);
});
