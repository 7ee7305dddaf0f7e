import assert from "node:assert/strict";
import { test } from "node:test";
import { Replay } from "../../assets/js/log/replay.js";
import { LogError, toJSON, Tree } from "../../assets/js/log/tree.js";
import { answerRows } from "../../assets/js/panels/answers.js";
import { aggregateArithmetic, nodeName, whySentences } from "../../assets/js/words/words.js";
import { beamLog, header } from "./synthetic.mjs";

const EVENTS = beamLog({ n: 16, width: 4, rounds: 4 });
const json = (tree) => JSON.parse(JSON.stringify(toJSON(tree)));

test("kept, pruned, completed and merged account for every step", () => {
  const tree = Tree.fromEvents(EVENTS);
  const states = [...tree.nodes.values()].slice(1).map((node) => node.state);
  assert.equal(states.length, 64);
  assert.ok(states.every((state) => ["kept", "pruned", "completed", "merged"].includes(state)));
  assert.equal(tree.rounds, 3);
  assert.equal(tree.nodes.get(tree.chosen).state, "completed");
});

test("a log that contradicts itself is refused, and a replay stops there", () => {
  const twice = [...EVENTS.slice(0, 3), { ...EVENTS[2], seq: 3 }, { ...EVENTS[3], seq: 4 }];
  assert.throws(() => Tree.fromEvents(twice), LogError);
  assert.throws(() => Tree.fromEvents(EVENTS.slice(1)), LogError);
  assert.throws(() => Tree.fromEvents([...EVENTS.slice(0, 3), EVENTS[5]]), /hole/);
  const replay = new Replay(twice);
  replay.seek(5);
  assert.match(replay.error, /sampled twice/);
  // It stays where it stopped, however often one looks, and a look back is whole again.
  assert.equal(replay.seek(5).nodes.size, 3);
  assert.equal(replay.seek(3).nodes.size, 3);
  replay.seek(2);
  assert.equal(replay.error, "");
});

/** A log of these events after a header; `seq` comes by itself. */
const logOf = (...events) => [header(), ...events].map((event, seq) => ({ ...event, seq, t: 0 }));
const sampled = (id, fields = {}) => ({ kind: "sampled", id, text: id, tokens: 1, logprob: -1, ...fields });
const decided = (...kept) => ({ kind: "decided", round: 1, rule: "top_k", why: "So.", kept });

test("every contradiction is named", () => {
  const finished = { kind: "finished", status: "completed", chosen: null };
  for (const [events, message] of [
    [[header()], /exactly one 'started'/],
    [[finished, sampled("0")], /after the run finished/],
    [[{ kind: "constructed" }], /unknown kind/],
    [[sampled("0.0")], /node 0, never sampled/],
    [[sampled("0", { after: "7" })], /node 7, never sampled/],
    [[{ kind: "scored", id: "0", score: 1 }], /node 0, never sampled/],
    [[sampled("0"), { kind: "merged", id: "0", into: "1" }], /node 1, never sampled/],
    [[sampled("0"), decided(["0"]), decided(["0"])], /already kept; it cannot become kept/],
    [[decided(["root"])], /root is already kept/],
    [[sampled("0", { role: "rollout" }), decided(["0"])], /already rollout/],
    [[{ kind: "graded", right: ["0"] }], /never sampled/],
    [[{ kind: "allocated", round: 1, shares: [["0", 1, 1]] }], /never sampled/],
  ])
    assert.throws(() => Tree.fromEvents(logOf(...events)), message);
});

test("a rollout that ended may still become a solution", () => {
  const ended = logOf(sampled("0", { role: "rollout" }), { kind: "completed", id: "0", answer: "4", group: 0 });
  const node = Tree.fromEvents(ended).nodes.get("0");
  assert.deepEqual([node.state, node.answer, node.group], ["completed", "4", 0]);
});

test("a score changes what was just written, and nothing that was decided", () => {
  const score = { kind: "scored", id: "0", score: 0.4 };
  const stateAfter = (...events) => Tree.fromEvents(logOf(...events)).nodes.get("0").state;
  assert.equal(stateAfter(sampled("0")), "frontier");
  assert.equal(stateAfter(sampled("0"), score), "candidate");
  assert.equal(stateAfter(sampled("0"), decided(["0"]), score), "kept");
  assert.equal(stateAfter(sampled("0", { role: "rollout" }), score), "rollout");
  assert.equal(Tree.fromEvents(logOf(sampled("0"), score)).nodes.get("0").aggregate, 0.4);
});

test("what was said twice of a node is as it was said first once the second is taken back", () => {
  const completed = (id, group, undecided) => ({ kind: "completed", id, answer: id, group, undecided });
  const events = logOf(
    ...[sampled("0"), sampled("1"), sampled("2", { role: "rollout" }), sampled("0.0"), sampled("1.0")],
    ...[0.5, 0.9].map((score) => ({ kind: "scored", id: "0", score, reason: `${score}`, tokens: 3 })),
    { kind: "scored", id: "2", score: 0.1 },
    ...[2, 3].map((visits) => ({ kind: "backed_up", id: "1", visits, value: visits / 10 })),
    ...[1, 2].map((copies) => ({ kind: "allocated", round: 1, shares: [["0", 0.5, copies], ["1", 0.5, 3]] })),
    ...[completed("0.0", 0), completed("1.0", 1, [0]), completed("2", 2, [0, 1])],
    { kind: "compared", first: 0, second: 2, equal: false },
    { kind: "compared", first: 0, second: 1, equal: true },
    ...[7, 5].map((generated) => ({ kind: "spent", generated })),
    ...["0.0", "1.0"].map((chosen) => ({ kind: "voted", method: "best", tally: [], chosen })),
    { kind: "graded", right: ["0.0"], undecided: ["1.0"] },
    { kind: "graded", right: ["1.0"], wrong: ["0.0"] },
  );
  const tree = new Tree();
  const moments = events.map((event) => {
    const before = json(tree);
    tree.apply(event);
    return before;
  });
  for (const event of events.toReversed()) {
    tree.undo(event);
    assert.deepEqual(json(tree), moments.pop(), `${event.kind} ${event.seq}`);
  }
});

test("a path stopped without an answer is told from one that was cut", () => {
  for (const [rule, unfinished] of [
    ["out_of_steps", true],
    ["too_long", true],
    ["given_up", true],
    ["run_ended", true],
    ["top_k", false],
  ]) {
    const decision = { kind: "decided", round: 1, rule, why: "So.", pruned: [["0"]] };
    const tree = Tree.fromEvents(logOf(sampled("0"), sampled("1"), decision));
    assert.equal(tree.unfinished(tree.nodes.get("0")), unfinished, rule);
    assert.equal(tree.unfinished(tree.nodes.get("1")), false);
  }
});

test("a path goes from the first step to the node", () => {
  const tree = Tree.fromEvents(logOf(sampled("0"), sampled("0.0"), sampled("0.0.0")));
  assert.deepEqual(
    tree.path("0.0.0").map(({ id }) => id),
    ["0", "0.0", "0.0.0"],
  );
  assert.deepEqual(tree.path("root"), []);
  assert.throws(() => tree.path("9"), LogError);
});

test("a decision about the search itself changes no step", () => {
  const before = json(Tree.fromEvents(EVENTS.slice(0, 30)));
  const decision = { seq: 30, t: 1, kind: "decided", round: 1, rule: "vote_settled", why: "So." };
  const tree = Tree.fromEvents([...EVENTS.slice(0, 30), decision]);
  assert.deepEqual(tree.decisions.at(-1), decision);
  assert.deepEqual(json(tree).nodes, before.nodes);
});

test("a pruned step says its rank, its margin and the cut, as the log gives them", () => {
  const tree = Tree.fromEvents(EVENTS);
  const node = [...tree.nodes.values()].find(({ state }) => state === "pruned");
  const decision = tree.decisionOf(node);
  const text = whySentences(tree, node).join(" ");
  assert.ok(text.startsWith(decision.why));
  assert.match(text, new RegExp(`Rank ${node.rank} of ${decision.kept.length + decision.pruned.length}`));
  assert.match(nodeName(tree, node), /^Step 1, branch \d+ of 16, score 0\.\d+, pruned: below the cut 0\.\d+$/);
});

test("who sets the cut, and who ties with it, is said and not shown as a margin of zero", () => {
  const tree = Tree.fromEvents(EVENTS);
  const last = [...tree.nodes.values()].find(({ margin, state }) => margin === 0 && state === "kept");
  assert.match(whySentences(tree, last).join(" "), /the lowest that was kept, and so the cut\.$/);
  const tied = { ...last, state: "pruned" };
  assert.match(whySentences(tree, tied).join(" "), /level with the last one kept; ties go by order\.$/);
});

test("the arithmetic of every aggregate has the real numbers", () => {
  for (const [aggregate, expected] of [
    ["last", /^last of \(.+\) = /],
    ["min", /^min\(.+\) = /],
    ["prod", / × .+ = /],
    ["mean", /^mean\(.+\) = \(.+\) \/ 2 = /],
  ]) {
    const events = structuredClone(EVENTS);
    events[0].options.aggregate = aggregate;
    const tree = Tree.fromEvents(events);
    const node = [...tree.nodes.values()].find(({ depth }) => depth === 2);
    assert.match(aggregateArithmetic(tree, node), expected);
    const first = [...tree.nodes.values()].find(({ depth }) => depth === 1);
    if (aggregate === "prod") assert.match(aggregateArithmetic(tree, first), /^prod\((0\.\d+)\) = \1$/);
  }
});

test("answers: every method's votes, the chosen one first", () => {
  const tree = Tree.fromEvents(EVENTS);
  const rows = answerRows(tree);
  assert.equal(rows[0].group, tree.nodes.get(tree.chosen).group);
  assert.equal(
    rows.reduce((sum, row) => sum + row.solutions, 0),
    16,
  );
  for (const row of rows) assert.deepEqual(Object.keys(row.votes).sort(), ["best", "majority", "weighted"]);
});

test("answers before the vote: the most frequent first, the best solution of each", () => {
  const completed = (id, answer, group, score) => [
    sampled(id),
    { kind: "scored", id, score },
    { kind: "completed", id, answer, group },
  ];
  const tree = Tree.fromEvents(
    logOf(
      ...completed("0", "4", 0, 0.9),
      ...completed("1", "5", 1, 0.3),
      ...completed("2", "5", 1, 0.6),
      ...completed("3", "5", 1, 0.5),
      ...[sampled("4"), { kind: "completed", id: "4", answer: null, group: null }],
      { kind: "graded", right: ["2"], wrong: ["0"] },
    ),
  );
  const rows = answerRows(tree);
  assert.deepEqual(
    rows.map(({ answer, solutions, node, right }) => [answer, solutions, node, right]),
    [
      ["5", 3, "2", true],
      ["4", 1, "0", false],
    ],
  );
});

test("what a verifier wrote stands with the step that it is about", () => {
  const at = EVENTS.findIndex((event) => event.kind === "scored");
  const said = EVENTS.map((event, index) => (index === at ? { ...event, reason: "<b>fine</b>" } : event));
  const tree = Tree.fromEvents(said);
  assert.equal(tree.nodes.get(EVENTS[at].id).reason, "<b>fine</b>");
  assert.equal([...tree.nodes.values()].filter((node) => node.reason).length, 1);
});
