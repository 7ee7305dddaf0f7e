import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Address } from "../../assets/js/address.js";
import { header } from "./synthetic.mjs";

const DEFAULTS = { strategies: {}, sampling: {} };
const tree = { nodes: new Map([["0", {}]]) };
let written;

beforeEach(() => {
  written = [];
  globalThis.location = { pathname: "/", search: "", hash: "" };
  globalThis.history = {
    state: null,
    replaceState(_, __, address) {
      written.push(address);
      const { pathname, search, hash } = new URL(address, "http://host");
      globalThis.location = { pathname, search, hash };
    },
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
  assert.deepEqual(written, ["/?__theme=dark&run=new"]);
  address.expect("new"); // the server says it too
  assert.equal(written.length, 1);
});

test("until the run that is expected is there, the one on show leaves the address alone", () => {
  const address = new Address(DEFAULTS);
  address.keep("old", "0", header());
  address.expect("new");
  address.keep("old", "0.1", header());
  mock.timers.tick(1000);
  assert.deepEqual(written, ["/?run=new"]);
  address.keep("new", null, header());
  address.keep("new", "0", header());
  mock.timers.tick(400);
  assert.deepEqual(written, ["/?run=new", "/?run=new&node=0"]);
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

test("a run that the address names already keeps what stands beside it", () => {
  globalThis.location.search = "?run=r&node=0.1";
  const address = new Address(DEFAULTS);
  address.expect("r");
  assert.deepEqual(written, []);
});
