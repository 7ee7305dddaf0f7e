import assert from "node:assert/strict";
import { test } from "node:test";
import { stepWords } from "../../assets/js/words/step_words.js";
import { tell } from "../../assets/js/words/story.js";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";
import { votersSentence } from "../../assets/js/words/voters.js";
import { header } from "./synthetic.mjs";

const solution = (id, answer, group) => [
  { kind: "sampled", id, text: id, tokens: 1, logprob: -1 },
  { kind: "completed", id, answer, group },
];
/** A run whose solutions have these answers (null: none), of which each has so many votes. */
function runOf(answers, votes, { strategy = "beam_search", options = {} } = {}) {
  const classes = [...new Set(answers.filter(Boolean))];
  const tally = Object.entries(votes).map(([answer, times]) => [classes.indexOf(answer), answer, times, times]);
  const events = [
    header({ n: 2, ...options }, strategy),
    ...answers.flatMap((answer, index) => solution(`${index}`, answer, answer ? classes.indexOf(answer) : null)),
    { kind: "voted", method: "majority", tally },
    { kind: "finished", status: "completed", method: "majority", chosen: "0", answer: answers[0] },
  ];
  return events.map((event, seq) => ({ ...event, seq, t: 0 }));
}
const said = (...run) => votersSentence(Tree.fromEvents(runOf(...run)));

test("where each solution has one vote there is nothing to say of it", () => {
  assert.equal(said(["4", "5", "4"], { 4: 2, 5: 1 }), "");
  assert.equal(votersSentence(Tree.fromEvents(runOf(["4"], { 4: 1 }).slice(0, -2))), "");
});

test("who votes, and why others do not, by the rules of the strategy", () => {
  const three = ["4", "5", "4"];
  assert.equal(said(three, { 4: 1, 5: 1 }), "2 of 3 solutions vote: the first 2 to finish vote, as many as N says.");
  const best = said(three, { 4: 2 }, { options: { sort_completed: true } });
  assert.equal(best, "2 of 3 solutions vote: those with the 2 best scores vote, as many as N says.");
  const particles = said(["4", "5"], { 4: 3, 5: 1 }, { strategy: "particle_filtering" });
  assert.equal(particles, "4 votes from 2 solutions: a path votes as often as it holds particles when the run ends.");
  assert.equal(said(["4", "5"], { 4: 1 }, { strategy: "mcts", options: { final_choice: "visits" } }), "1 of 2 solutions votes: only the solution at the end of the way down answers.");
  assert.equal(said(["4", "5"], { 4: 1 }, { strategy: "unheard_of" }), "1 of 2 solutions votes.");
});

test("a solution without an answer has no vote, unless the option gives it one", () => {
  assert.equal(said(["4", null, null], { 4: 1 }), "1 of 3 solutions votes: 2 say no answer and have no vote.");
  assert.equal(said(["4", null], { 4: 1 }, { strategy: "best_of_n" }), "1 of 2 solutions votes: 1 says no answer and has no vote.");
});

test("the story's count says that it is of those that vote", () => {
  const events = runOf(["4", "5", "4"], { 4: 1, 5: 1 });
  const end = { kind: "end", from: events.length - 2, cursor: events.length };
  assert.match(tell(events, end, events.length), /given by 1 of 2 solutions that vote\./);
});

test("two numbers at a step say which is which", () => {
  const events = [header({}, "mcts"), solution("0", "4", 0)[0], { kind: "backed_up", id: "0", visits: 14, value: 0.62 }];
  const tree = Tree.fromEvents(events.map((event, seq) => ({ ...event, seq, t: 0 })));
  const { figures, counted, named } = stepWords(tree, new Visible(tree, "dim", new Set()), "0");
  assert.deepEqual([figures, counted], ["0.62", "(14)"]);
  assert.deepEqual(named, { figures: "value 0.62", counted: "14 visits" });
});
