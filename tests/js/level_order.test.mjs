import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOrder, LogOrder } from "../../assets/js/picture/level_order.js";
import { NodeTable } from "../../assets/js/log/node_table.js";
import { Replay } from "../../assets/js/log/replay.js";
import { ROOT } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";
import { beamLog, header } from "./synthetic.mjs";

const plain = ({ ids, parents, first, rows }) => [[...ids], [...parents], [...first], [...rows]];
const asked = (tree, visible) => levelOrder(ROOT, (id) => visible.childrenOf(tree.nodes.get(id)));

/** A log with rollouts and duplicates, whose later steps grow from any of the earlier ones. */
function randomLog(seed) {
  let state = seed;
  const below = (most) => (state = (state * 48271) % 2147483647) % most;
  const [ids, children, rollouts] = [[ROOT], new Map(), new Set()];
  const events = [header({}, "mcts")];
  for (let made = 0; made < 120; made += 1) {
    const parent = ids[below(ids.length)];
    const index = children.get(parent) ?? 0;
    children.set(parent, index + 1);
    const id = parent === ROOT ? `${index}` : `${parent}.${index}`;
    const role = rollouts.has(parent) || below(5) === 0 ? "rollout" : "step";
    if (role === "rollout") rollouts.add(id);
    ids.push(id);
    events.push({ kind: "sampled", id, text: id, tokens: 1, logprob: -1, role });
    if (role === "step" && index > 0 && below(4) === 0) {
      ids.splice(ids.indexOf(id), 1);
      events.push({ kind: "merged", id, into: parent === ROOT ? "0" : `${parent}.0` });
    }
  }
  return events.map((event, seq) => ({ ...event, seq, t: 0 }));
}

test("the order of a moment is the one that the children would have told, wherever one comes from", () => {
  for (let seed = 1; seed < 25; seed += 1) {
    const events = randomLog(seed);
    const replay = new Replay(events);
    const order = new LogOrder();
    for (const part of [1, 0.3, 0.7, 0.01, 0.5, 1]) {
      const tree = replay.seek(Math.max(1, Math.round(part * events.length)));
      for (const [rollouts, opened, only] of [[true, null, null], [false, new Set(), null], [true, new Set(["0"]), null], [true, null, new Set([ROOT, "0", "0.0"])]]) {
        const writing = { role: "step", tokens: new Map(seed % 2 ? [] : [["0.900", 1], ["0.901", 0], ["770", 2]]) };
        const visible = new Visible(tree, "dim", new Set(), rollouts, writing, opened, { only });
        assert.ok(visible.whole);
        const found = order.at(tree.nodes, visible.leavesOut, visible.underWay);
        assert.deepEqual(plain(found), plain(asked(tree, visible)), `${seed} at ${part}`);
        assert.deepEqual(found.nodes, found.ids.map((id) => tree.nodes.get(id) ?? null));
      }
    }
  }
});

test("the order follows a log that grows, and another log", () => {
  const order = new LogOrder();
  for (const rounds of [2, 4]) {
    const events = beamLog({ rounds });
    const log = [];
    const replay = new Replay(log);
    for (const event of events) {
      log.push(event);
      const tree = replay.seek(log.length);
      assert.deepEqual(plain(order.at(tree.nodes, null, new Map())), plain(asked(tree, new Visible(tree, "dim", new Set()))));
    }
  }
});

test("a table of nodes reads as a map, whatever was taken away from it", () => {
  const table = new NodeTable();
  const nodes = ["root", "0", "1"].map((id) => ({ id, order: 0 }));
  for (const node of nodes) table.push(node);
  assert.deepEqual([...table.values()], nodes);
  assert.equal(table.pop(), nodes[2]);
  assert.deepEqual([table.size, table.has("1"), table.get("1"), [...table.keys()]], [2, false, undefined, ["root", "0"]]);
  assert.equal(table.next("1"), nodes[2]);
  assert.equal(table.next("2"), undefined);
  const other = { id: "2", order: 0 };
  table.push(other);
  assert.deepEqual([table.get("2"), table.has("1"), other.order], [other, false, 2]);
  table.pop();
  table.push(other);
  assert.deepEqual([...table.values()].map(({ id }) => id), ["root", "0", "2"]);
});
