import assert from "node:assert/strict";
import { test } from "node:test";
import { answerRows } from "../../assets/js/panels/answers.js";
import { doubted, doubtPhrase } from "../../assets/js/words/doubts.js";
import { nodeName, whySentences } from "../../assets/js/words/words.js";
import { tell } from "../../assets/js/words/story.js";
import { Tree } from "../../assets/js/log/tree.js";
import { header } from "./synthetic.mjs";

const solution = (id, answer, group, fields = {}) => [
  { kind: "sampled", id, text: id, tokens: 1, logprob: -1 },
  { kind: "completed", id, answer, group, ...fields },
];
const SOLUTIONS = [
  ...solution("0", "x+1", 0),
  ...solution("1", "b^b", 1, { undecided: [0] }),
  ...solution("2", "c^c", 2, { undecided: [0, 1] }),
  ...solution("3", "1+x", 2),
];
const compared = (first, second, equal) => ({ kind: "compared", first, second, equal });
const logOf = (...events) => [header(), ...events].map((event, seq) => ({ ...event, seq, t: 0 }));
const treeOf = (...events) => Tree.fromEvents(logOf(...SOLUTIONS, ...events));

test("what could not be compared is said of both answers, by the answers themselves", () => {
  const tree = treeOf();
  assert.equal(doubtPhrase(tree, 0), "could not be compared with b^b and c^c");
  assert.equal(doubtPhrase(tree, 1), "could not be compared with x+1 and c^c");
  assert.match(nodeName(tree, tree.nodes.get("1")), /could not be compared with x\+1 and c\^c/);
  assert.match(
    whySentences(tree, tree.nodes.get("3")).join(" "),
    /Its answer could not be compared with x\+1 and b\^b: whether they are equal is not known, so they vote apart\./,
  );
  assert.deepEqual(
    answerRows(tree).map(({ answer, doubt }) => [answer, doubt !== ""]),
    [
      ["c^c", true],
      ["x+1", true],
      ["b^b", true],
    ],
  );
});

test("what was compared after all is said no more, and equal classes are one", () => {
  const different = treeOf(compared(0, 1, false));
  assert.equal(doubtPhrase(different, 0), "could not be compared with c^c");
  const equal = treeOf(compared(0, 1, false), compared(0, 2, true));
  assert.deepEqual(equal.undecided, []);
  assert.deepEqual(
    [...equal.nodes.values()].map(({ group }) => group),
    [null, 0, 1, 0, 0],
  );
  assert.equal(answerRows(equal)[0].solutions, 3);
});

test("the story and the tree agree on what is undecided", () => {
  for (const more of [[], [compared(0, 1, false)], [compared(0, 2, true)], [compared(1, 2, true)]]) {
    const tree = treeOf(...more);
    assert.deepEqual([...doubted([...SOLUTIONS, ...more])].sort(), [...new Set(tree.undecided.flat())].sort());
  }
});

test("many others are counted, and long ones are cut with an ellipsis", () => {
  const events = [...solution("0", "x".repeat(100), 0)];
  for (let group = 1; group < 7; group += 1)
    events.push(...solution(String(group), `a${group}`, group, { undecided: [0] }));
  const tree = Tree.fromEvents(logOf(...events));
  assert.equal(doubtPhrase(tree, 0), "could not be compared with a1, a2, a3 and 3 more");
  assert.match(doubtPhrase(tree, 1), /x…$/);
});

test("a reference that could not be compared is neither right nor wrong", () => {
  const tree = treeOf({ kind: "graded", right: ["0"], undecided: ["1"] });
  const words = whySentences(tree, tree.nodes.get("1")).join(" ");
  assert.match(words, /It could not be compared with the reference: whether it is right is not known\./);
  assert.doesNotMatch(words, /disagrees/);
  const row = answerRows(tree).find(({ answer }) => answer === "b^b");
  assert.deepEqual([row.right, row.undecided], [null, true]);
});

test("the end of the story says both", () => {
  const events = [
    ...SOLUTIONS,
    { kind: "voted", method: "best", tally: [[1, "b^b", 1, 1]] },
    { kind: "graded", undecided: ["1"] },
    { kind: "finished", status: "completed", method: "best", chosen: "1", answer: "b^b" },
  ];
  const segment = { kind: "end", from: SOLUTIONS.length, cursor: events.length };
  const told = tell(events, segment, events.length);
  assert.match(told, /It could not be compared with the reference\./);
  assert.match(told, /3 answers could not all be compared with each other; those vote apart\.$/);
});
