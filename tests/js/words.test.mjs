import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aggregateArithmetic,
  answerLabel,
  nameOf,
  nodeName,
  shortName,
  sizeNote,
  stateWords,
  summary,
  summaryInParts,
  whySentences,
} from "../../assets/js/words/words.js";
import { endingLabel, endingsWords } from "../../assets/js/words/endings.js";
import { beamLog, header } from "./synthetic.mjs";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";

const pair = (solver, verifier) => ({ solver: { parameters: solver }, verifier: { parameters: verifier } });

test("a verifier that is larger than its solver is said", () => {
  assert.equal(
    sizeNote(pair(1_100_000, 5_170_000)),
    "The verifier is 4.7 times as large as the solver: its cost counts.",
  );
  for (const fair of [pair(5, 1), pair(100, 101), pair(null, 5), pair(5, null), pair(0, 5), undefined])
    assert.equal(sizeNote(fair), "");
});

test("an outcome verifier's score is the whole solution's, whatever the aggregate", () => {
  const tree = Tree.fromEvents(beamLog());
  const node = [...tree.nodes.values()].find(({ depth, aggregate }) => depth === 2 && aggregate !== null);
  assert.match(aggregateArithmetic(tree, node), /^last of /);
  tree.started = { ...tree.started, verifier: { ...tree.started.verifier, scores: "solutions" } };
  assert.match(aggregateArithmetic(tree, node), /^score of the whole solution = \d/);
});

const sampled = (id, fields = {}) => ({ kind: "sampled", id, text: id, tokens: 1, logprob: -1, ...fields });
const scored = (id, score) => ({ kind: "scored", id, score });
const decided = (fields) => ({ kind: "decided", round: 1, rule: "top_k", why: "Beam search keeps the 4 best.", ...fields });
const treeOf = (...events) => Tree.fromEvents([header(), ...events].map((event, seq) => ({ ...event, seq, t: 0 })));

test("each state in words, with its reason where the log gives one", () => {
  const words = (...events) => {
    const tree = treeOf(sampled("0"), sampled("1"), ...events);
    return stateWords(tree, tree.nodes.get("1"));
  };
  const pruned = (margin, cutoff = 0.5) => words(scored("1", 0.4), decided({ cutoff, pruned: [["1", 2, margin]] }));
  const end = { kind: "finished", status: "completed", chosen: "1" };
  const completed = (answer) => ({ kind: "completed", id: "1", answer, group: 0 });
  assert.equal(words(), "just written, not scored yet");
  assert.equal(words(scored("1", 0.4)), "scored, waiting for the decision");
  assert.equal(words(decided({ kept: [["1"]] })), "kept");
  assert.equal(words({ kind: "merged", id: "1", into: "0" }), "a duplicate of Step 1, branch 1 of 2");
  assert.equal(words(completed("42")), "answer 42");
  assert.equal(words(completed(null)), "a finished solution without an answer");
  assert.equal(words(completed("42"), end), "chosen: answer 42");
  assert.equal(words(completed(null), end), "chosen: a finished solution without an answer");
  assert.equal(pruned(-0.1), "pruned: below the cut 0.50");
  assert.equal(pruned(0.1), "pruned: above the cut 0.50");
  assert.equal(pruned(0), "pruned: level with the cut 0.50, and ties go by order");
  assert.equal(pruned(null), "pruned");
  assert.equal(pruned(-0.1, null), "pruned");
  // The cut and the score never look the same where they differ.
  assert.equal(pruned(-0.001, 0.401), "pruned: below the cut 0.401");
  assert.equal(words(decided({ rule: "too_long", cutoff: 0.5, pruned: [["1", 1, -1]] })), "pruned: cut off at the limit of one step");
});

test("a step that nobody finished says so, in the panel and in the outline", () => {
  const cut = { kind: "decided", round: 1, rule: "given_up", why: "So.", pruned: [["0"]] };
  const said = (ended, ...events) => {
    const tree = treeOf(sampled("0", { ended }), ...events);
    return [stateWords(tree, tree.nodes.get("0")), nodeName(tree, tree.nodes.get("0"))];
  };
  for (const [ended, words] of [
    ["aborted", "given up before it ended"],
    ["filtered", "stopped by a content filter before it ended"],
    ["unknown", "nobody said how it ended"],
  ]) {
    const [state, name] = said(ended, cut);
    assert.equal(state, `pruned: ${words}`);
    assert.ok(name.includes(`pruned: ${words}`));
    assert.ok(said(ended)[0].endsWith(`; ${words}`));
  }
  assert.equal(said("length", { ...cut, rule: "too_long" })[0], "pruned: cut off at the limit of one step, 96 tokens");
});

test("a path that did not end, and one that repeats itself, say so", () => {
  const late = decided({ rule: "out_of_steps", pruned: [["0"]] });
  const told = (fields, ...events) => {
    const tree = treeOf(sampled("0", fields), ...events);
    const node = tree.nodes.get("0");
    return [stateWords(tree, node), whySentences(tree, node).at(-1), endingLabel(node), endingsWords(tree)];
  };
  assert.deepEqual(told({}, late), [
    "pruned: not finished after 1 step, the most that were allowed",
    "Beam search keeps the 4 best.",
    "",
    "1 path not finished after 1 step, the most that were allowed",
  ]);
  assert.deepEqual(told({ repeats: "phrase", ended: "length" }, decided({ rule: "too_long", pruned: [["0"]] })), [
    "pruned: cut off at the limit of one step, 96 tokens; it repeats itself over and over",
    "The solver repeats itself here: the step ends with one phrase over and over.",
    "cut off, repeats",
    "1 path cut off at the limit of one step, 96 tokens; 1 step repeats what was said",
  ]);
  const full = told({ text: "", tokens: 0, ended: "length" }, decided({ rule: "too_long", pruned: [["0"]] }));
  assert.equal(full[0], "pruned: cut off at the end of the model's context");
  assert.match(told({ repeats: "step" })[1], /an earlier step of this path says the same/);
  const unanswered = told({ ended: "end" }, { kind: "completed", id: "0" });
  assert.equal(unanswered[3], "1 path ended without an answer");
  const answered = { kind: "completed", id: "0", answer: "4", group: 0 };
  assert.deepEqual(told({ ended: "end" }, answered).slice(2), ["", ""]);
  // Published code takes a step that was cut off for a finished solution.
  assert.equal(told({ ended: "length" }, answered)[0], "answer 4; cut off at the limit of one step, 96 tokens");
});

test("why a step is where it is", () => {
  const why = (id, ...events) => {
    const tree = treeOf(sampled("0"), sampled("1"), scored("0", 0.9), ...events);
    return whySentences(tree, tree.nodes.get(id)).join(" ");
  };
  const both = decided({ cutoff: 0.9, kept: [["0", 1, 0]], pruned: [["1", 2, -0.5]] });
  assert.match(why("1"), /has just written this step/);
  assert.match(why("0"), /The strategy has not decided yet/);
  assert.match(why("1", { kind: "merged", id: "1", into: "0" }), /word for word the same/);
  assert.equal(
    why("1", scored("1", 0.4), both),
    "Beam search keeps the 4 best. That is N / beam width: 16 / 4 = 4. Rank 2 of 2. Its path scores 0.40; the cut was 0.90, so the margin is −0.50.",
  );
  assert.match(why("0", both), /Rank 1 of 2\. Its path scores 0\.90: the lowest that was kept, and so the cut\.$/);
  assert.equal(why("0", decided({ kept: [["0"]] })), "Beam search keeps the 4 best. That is N / beam width: 16 / 4 = 4.");
  const solved = [{ kind: "completed", id: "0", answer: "4", group: 0 }];
  assert.equal(why("0", ...solved), "The path ended here with the answer 4.");
  assert.match(why("0", ...solved, { kind: "graded", right: ["0"] }), / It agrees with the reference: right\.$/);
  assert.match(why("0", ...solved, { kind: "graded", wrong: ["0"] }), / It disagrees with the reference: wrong\.$/);
  const end = { kind: "finished", status: "completed", chosen: "0" };
  assert.match(why("0", ...solved, end), / The search chose this solution\.$/);
  assert.match(why("0", { ...solved[0], answer: null }), /no answer could be read from it, so it has no vote\.$/);
});

test("names: for the eye, for the ear, of what is folded, and of a long answer", () => {
  const tree = treeOf(
    ...[sampled("0"), sampled("1"), scored("1", 0.25), decided({ pruned: [["1"]] })],
    { kind: "graded", right: ["0"] },
  );
  const folded = new Visible(tree, "fold", new Set());
  assert.equal(shortName(tree, tree.root), "The problem");
  assert.match(nodeName(tree, tree.root), /^The problem: Ada has/);
  assert.equal(nodeName(tree, tree.nodes.get("0")), "Step 1, branch 1 of 2, not scored, just written, not scored yet, right");
  assert.equal(nameOf(tree, folded, "fold:root"), "1 step folded away, best 0.25");
  assert.equal(nameOf(tree, folded, "1"), "Step 1, branch 2 of 2, score 0.25, pruned");
  assert.equal(answerLabel({ answer: "a\n  b" }), "a b");
  assert.equal(answerLabel({ answer: "x".repeat(40) }).length, 22);
});

test("one sentence for the whole picture", () => {
  const steps = [sampled("0"), sampled("1"), decided({ pruned: [["1"]] })];
  const end = [{ kind: "completed", id: "0", answer: "4", group: 0 }];
  assert.equal(summary(treeOf()), "A search tree with no steps yet.");
  assert.equal(summary(treeOf(steps[0])), "Search tree with 1 step.");
  assert.equal(summary(treeOf(...steps)), "Search tree with 2 steps and 1 pruned.");
  assert.equal(
    summary(treeOf(...steps, ...end, { kind: "finished", status: "completed", chosen: "0" })),
    "Search tree with 2 steps, 1 pruned and 1 finished solution. The chosen answer is 4.",
  );
});

test("of a run that was cut off nothing is still to come", () => {
  const log = beamLog({ n: 8, width: 4, rounds: 3 });
  const lastScore = log.findLastIndex(({ kind }) => kind === "scored");
  const tree = Tree.fromEvents(log.slice(0, lastScore));
  const open = (state) => [...tree.nodes.values()].find((node) => node.state === state);
  const [written, scored] = [open("frontier"), open("candidate")];
  assert.match(whySentences(tree, written)[0], /has not scored it yet/);
  assert.match(whySentences(tree, scored)[0], /has not decided yet/);
  tree.interrupted = true;
  assert.equal(stateWords(tree, written), "written, and not scored: the run was cut off");
  assert.equal(stateWords(tree, scored), "scored, and not decided on: the run was cut off");
  for (const node of [written, scored]) {
    assert.match(whySentences(tree, node)[0], /was cut off before/);
    assert.doesNotMatch(nodeName(tree, node), /yet|waiting/);
  }
  assert.match(nodeName(tree, tree.root), /^The problem, run cut off: /);
  assert.match(summary(tree), / The run was cut off here\.$/);
});

test("a large tree's sentence is counted a few thousand steps at a time, and says the same", () => {
  const tree = Tree.fromEvents(beamLog({ n: 256, rounds: 40 }));
  const parts = summaryInParts(tree);
  let [pauses, last] = [0, parts.next()];
  for (; !last.done; last = parts.next()) pauses += 1;
  assert.equal(pauses, Math.floor(tree.nodes.size / 4000));
  assert.ok(pauses > 1);
  assert.equal(last.value, summary(tree));
});
