import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Address } from "../../assets/js/address.js";
import { beamLog, header } from "./synthetic.mjs";
import { Rounds } from "../../assets/js/log/rounds.js";

const DEFAULTS = { strategies: {}, sampling: {} };
const tree = { nodes: new Map([["0", {}]]) };
let written;
let entries;

function goTo(address) {
  const { pathname, search, hash } = new URL(address, "http://host");
  globalThis.location = { pathname, search, hash };
  return address;
}

beforeEach(() => {
  written = [];
  entries = ["/"];
  globalThis.location = { pathname: "/", search: "", hash: "" };
  globalThis.history = {
    state: null,
    replaceState: (_, __, address) => written.push(goTo(address)),
    pushState(_, __, address) {
      entries.push(goTo(address));
    },
    back: () => goTo(entries.at(-2)),
  };
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => {
  mock.timers.reset();
  delete globalThis.location;
  delete globalThis.history;
});

test("the node that is asked for is given once, when its run has it", () => {
  const address = new Address(DEFAULTS);
  assert.equal(address.requestedNode("r", tree), null);
  address.request("r", "0");
  assert.equal(address.requestedNode("other", tree), null);
  assert.equal(address.requestedNode("r", { nodes: new Map() }), null);
  assert.equal(address.requestedNode("r", tree), "0");
  // The server says it with every batch; who has moved on since then is left alone.
  address.request("r", "0");
  assert.equal(address.requestedNode("r", tree), null);
});

test("the address is written once in a while, with what is selected by then", () => {
  const address = new Address(DEFAULTS);
  for (const node of [null, "0", "0.1"]) address.keep("r", node, header());
  assert.deepEqual(written, []);
  mock.timers.tick(399);
  assert.deepEqual(written, []);
  mock.timers.tick(1);
  assert.deepEqual(written, ["/?run=r&node=0.1"]);
  address.keep("r", "0.1", header());
  mock.timers.tick(1000);
  assert.equal(written.length, 1);
});

test("a node that is still to come stays in the address", () => {
  const address = new Address(DEFAULTS);
  address.request("r", "3.1");
  address.keep("r", null, header());
  mock.timers.tick(400);
  assert.deepEqual(written, ["/?run=r&node=3.1"]);
});

test("recorded examples, and an explorer that is gone, write nothing", () => {
  const address = new Address(DEFAULTS);
  address.keep("recorded-countdown", "0", header());
  mock.timers.tick(1000);
  address.keep("r", "0", header());
  address.dispose();
  mock.timers.tick(1000);
  assert.deepEqual(written, []);
});

test("a run that is about to start is named at once, and nothing of another recipe beside it", () => {
  globalThis.location.search = "?__theme=dark&problem=What&strategy=dvts&n=8&seed=3&node=0";
  const address = new Address({ strategies: { dvts: { n: 16 } }, sampling: { top_p: 1 } });
  address.expect("new");
  assert.deepEqual(entries.slice(1), ["/?__theme=dark&run=new"]);
  address.expect("new"); // the server says it too
  address.arrive("new");
  assert.equal(entries.length, 2);
  assert.deepEqual(written, []);
});

test("until the run that is expected is there, the one on show leaves the address alone", () => {
  const address = new Address(DEFAULTS);
  address.keep("old", "0", header());
  address.expect("new");
  address.keep("old", "0.1", header());
  mock.timers.tick(1000);
  assert.deepEqual([entries.slice(1), written], [["/?run=new"], []]);
  address.arrive("new");
  address.keep("new", null, header());
  address.keep("new", "0", header());
  mock.timers.tick(400);
  assert.deepEqual([entries.slice(1), written], [["/?run=new"], ["/?run=new&node=0"]]);
});

test("a run that is refused gives its place back, and only that one does", () => {
  globalThis.location.search = "?run=old&node=0";
  const address = new Address(DEFAULTS);
  address.expect("first");
  address.expect("second");
  address.refuse("first");
  assert.equal(location.search, "?run=second");
  address.refuse("second");
  assert.equal(location.search, "?run=old&node=0");
  address.keep("old", "0.1", header());
  mock.timers.tick(400);
  assert.equal(location.search, "?run=old&node=0.1");
});

/** The browser's Back or Forward to an entry with this query. */
const goBack = (address, search) => {
  globalThis.location.search = search;
  return address.popped();
};

test("every run that comes on show has an entry, and the first screen keeps its own", () => {
  const address = new Address(DEFAULTS);
  for (const run of ["recorded-first", "recorded-first", "recorded-second", "own"]) address.arrive(run);
  assert.deepEqual(entries, ["/", "/?run=recorded-second", "/?run=own"]);
  assert.deepEqual(written, []);
});

test("going back names the run to show, and showing it makes no entry", () => {
  const address = new Address(DEFAULTS);
  for (const run of ["recorded-first", "own", "second"]) address.arrive(run);
  assert.equal(goBack(address, "?run=own&node=0"), "own");
  address.keep("second", "0.1", header()); // still on show
  mock.timers.tick(1000);
  assert.equal(location.search, "?run=own&node=0");
  assert.equal(address.requestedNode("own", tree), "0");
  address.arrive("own");
  assert.equal(goBack(address, ""), "");
  address.arrive("recorded-first");
  assert.equal(location.search, "");
  assert.equal(goBack(address, ""), null); // a place in the page, no other run
  assert.equal(goBack(address, "?run=second"), "second");
  address.arrive("second");
  assert.deepEqual(entries, ["/", "/?run=own", "/?run=second"]);
});

test("what stands for a run that is gone makes no entry, and leaves the address", () => {
  const address = new Address(DEFAULTS);
  for (const run of ["recorded-first", "own"]) address.arrive(run);
  goBack(address, "?run=gone");
  address.standsFor("recorded-first", "gone");
  address.arrive("recorded-first");
  assert.equal(location.search, "?run=gone");
  assert.equal(entries.length, 2);
  address.expect("next");
  address.arrive("next");
  assert.deepEqual(entries.slice(2), ["/?run=next"]);
});

test("a first screen that was never seen is one when it comes", () => {
  globalThis.location.search = "?run=own";
  const address = new Address(DEFAULTS);
  address.arrive("own");
  assert.equal(goBack(address, ""), "");
  address.standsFor("recorded-first", "");
  address.arrive("recorded-first");
  assert.deepEqual([location.search, entries.length], ["", 1]);
});

test("the entry that a refused run leaves is the next one's, and no stop on the way back", () => {
  const address = new Address(DEFAULTS);
  for (const run of ["recorded-first", "own"]) address.arrive(run);
  address.expect("refused");
  address.refuse("refused");
  assert.equal(location.search, "?run=own");
  assert.equal(goBack(address, "?run=own"), null);
  assert.equal(location.search, "?run=own"); // `back` of the mock: the entry below its last one
  address.expect("refused too");
  address.refuse("refused too");
  const { length } = entries;
  address.expect("good");
  assert.equal(entries.length, length);
  assert.equal(location.search, "?run=good");
});

test("a run that the address names already keeps what stands beside it", () => {
  globalThis.location.search = "?run=r&node=0.1";
  const address = new Address(DEFAULTS);
  address.expect("r");
  assert.deepEqual(written, []);
});

test("the moment that a link asks for comes once its round is over, and for the first run only", () => {
  const events = beamLog({ n: 8, width: 4, rounds: 3 });
  const rounds = new Rounds();
  const over = (number) => rounds.segments.find(({ kind, round }) => kind === "round" && round === number).cursor;
  globalThis.location.search = "?problem=What&at=2";
  const [address, other] = [new Address(DEFAULTS), new Address(DEFAULTS)];
  rounds.extend(events.slice(0, 4));
  assert.equal(address.requestedCursor(rounds, false), null);
  rounds.extend(events);
  assert.equal(rounds.roundAt(over(2)), 2);
  assert.equal(rounds.roundAt(events.length), null);
  assert.equal(address.requestedCursor(rounds, true), over(2));
  assert.equal(address.requestedCursor(rounds, true), null);
  for (const run of ["own", "second"]) other.arrive(run);
  assert.equal(other.requestedCursor(rounds, true), null);
});
