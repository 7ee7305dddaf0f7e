// Lessons in the browser, as far as they need no page: where one is, beliefs, memory, votes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { beliefsOf, brier, compared, SURE } from "../../assets/js/lessons/brier.js";
import { wholeWork } from "../../assets/js/lessons/cost.js";
import { Course, hiddenBy, queryOf } from "../../assets/js/lessons/course.js";
import { learnedOf } from "../../assets/js/lessons/exam.js";
import { gradeOf, QuestionPanel } from "../../assets/js/lessons/question.js";
import { captionOf } from "../../assets/js/lessons/score_card.js";
import { arrivals } from "../../assets/js/lessons/share.js";
import { placed } from "../../assets/js/lessons/curve.js";
import { inParts } from "../../assets/js/lessons/text.js";
import { saidOf } from "../../assets/js/lessons/noise.js";
import { Progress } from "../../assets/js/lessons/progress.js";
import { answersOf, normalisedGain, otherForm, recordOf, rightOf, UNKNOWN } from "../../assets/js/lessons/scoring.js";
import { ROOT } from "../../assets/js/log/tree.js";
import { spokenName, stepName } from "../../assets/js/lessons/names.js";
import { tallyOf } from "../../assets/js/lessons/tally.js";

const QUESTION = { sure: true, right: "b", options: [{ id: "a" }, { id: "b" }], scores: { a: 0.6, b: 0.4 } };
const course = new Course([
  { number: 1, title: "One", pages: [{}, {}] },
  { number: 2, title: "Two", pages: [{ question: QUESTION }, {}, { question: { ...QUESTION, sure: false } }] },
]);

test("pages follow one another over the ends of lessons", () => {
  assert.deepEqual(course.beside({ lesson: 1, page: 1 }, 1), { lesson: 1, page: 2 });
  assert.deepEqual(course.beside({ lesson: 1, page: 2 }, 1), { lesson: 2, page: 1 });
  assert.deepEqual(course.beside({ lesson: 2, page: 1 }, -1), { lesson: 1, page: 2 });
  assert.equal(course.beside({ lesson: 1, page: 1 }, -1), null);
  assert.equal(course.beside({ lesson: 2, page: 3 }, 1), null);
});

test("the address names a page, and what it names wrongly is told", () => {
  assert.deepEqual(course.asked("?lesson=2&page=3"), { place: { lesson: 2, page: 3 }, notice: "" });
  assert.deepEqual(course.asked("?lesson=2"), { place: { lesson: 2, page: 1 }, notice: "" });
  assert.deepEqual(course.asked(""), { place: null, notice: "" });
  const far = course.asked("?lesson=2&page=9");
  assert.deepEqual(far.place, { lesson: 2, page: 1 });
  assert.match(far.notice, /has 3 pages/);
  for (const bad of ["9", "0", "-1", "1.5", "x", ""]) {
    const { place, notice } = course.asked(`?lesson=${bad}`);
    assert.equal(place, null, bad);
    assert.match(notice, /There are 2 lessons/);
  }
  assert.equal(queryOf({ lesson: 1, page: 2 }, "?hide=score&lesson=7"), "?hide=score&lesson=1&page=2");
});

test("a term is known from the page that introduces it", () => {
  const taught = new Course([
    { number: 1, title: "One", pages: [{ introduces: ["step"] }, { introduces: ["solution"] }] },
    { number: 2, title: "Two", pages: [{}, { introduces: ["kept"] }] },
  ]);
  assert.deepEqual(taught.known({ lesson: 1, page: 1 }), new Set(["step"]));
  assert.deepEqual(taught.known({ lesson: 2, page: 1 }), new Set(["step", "solution"]));
  assert.deepEqual(taught.known({ lesson: 2, page: 2 }), new Set(["step", "solution", "kept"]));
});

test("a step that is pointed at says where it stands, and not what became of it", () => {
  const nodes = new Map([
    ["0", { score: null, state: "pruned", right: false }],
    ["0.1", { score: 0.5, state: "kept", right: true }],
  ]);
  assert.deepEqual([ROOT, "0", "0.1"].map((id) => stepName({ nodes }, null, id)), ["Problem", "Step 1", "Step 2, score 0.50"]);
});

test("the tree as text says what the picture shows, in words that are known", () => {
  const node = { score: null, state: "kept", right: null, copies: null };
  const nodes = new Map(Object.entries({ 0: { ...node, state: "pruned", score: 0.25 }, 1: node, "1.0": { ...node, state: "completed", right: false, copies: 2 } }));
  const said = (id, known) => spokenName({ nodes, chosen: "1.0" }, { duplicatesOf: (one) => (one === "1" ? 6 : 0) }, id, new Set(known));
  assert.equal(said("0", []), "Step 1, score 0.25, left");
  assert.equal(said("0", ["pruned"]), "Step 1, score 0.25, pruned");
  assert.equal(said("1", []), "Step 1, written 7 times");
  assert.equal(said("1.0", []), "Step 2, the answer given, wrong, goes on 2 times");
  assert.equal(said(ROOT, []), "Problem");
});

test("what is hidden is known, and what is not known is told", () => {
  assert.deepEqual(hiddenBy("?hide=score,tally"), { hidden: new Set(["score", "tally"]), notice: "" });
  const { hidden, notice } = hiddenBy("?hide=score,toString,colour");
  assert.deepEqual(hidden, new Set(["score"]));
  assert.match(notice, /toString, colour/);
  assert.match(notice, /lessons, question/);
});

test("only what one says one is sure of is counted", () => {
  assert.deepEqual(course.questions().map(({ lesson, page }) => [lesson, page]), [[2, 1]]);
});

test("beliefs add up to one, and a guess believes in all alike", () => {
  for (const { name } of SURE) {
    const beliefs = beliefsOf(["a", "b", "c"], "b", name);
    assert.ok(Math.abs([...beliefs.values()].reduce((sum, one) => sum + one, 0) - 1) < 1e-12, name);
  }
  assert.deepEqual([...beliefsOf(["a", "b", "c", "d"], "b", "guess").values()], [0.25, 0.25, 0.25, 0.25]);
  assert.deepEqual([...beliefsOf(["a", "b"], "b", "fairly").values()], [0.25, 0.75]);
});

test("the Brier score is the mean of the squared gaps", () => {
  assert.equal(brier(beliefsOf(["a", "b"], "b", "certain"), "b"), 0);
  assert.equal(brier(beliefsOf(["a", "b"], "a", "certain"), "b"), 1);
  assert.equal(brier(beliefsOf(["a", "b"], "a", "guess"), "b"), 0.25);
  assert.equal(brier(new Map([["a", 0.5], ["b", 0.5], ["c", 0]]), "b"), (0.25 + 0.25) / 3);
});

test("one is compared with the verifier on the same questions only", () => {
  assert.equal(compared([]), null);
  const answer = { picked: "b", sure: "certain" };
  assert.equal(compared([{ question: { ...QUESTION, scores: {} }, answer }]), null);
  const score = compared([
    { question: QUESTION, answer },
    { question: { ...QUESTION, right: "a" }, answer },
    { question: { ...QUESTION, scores: {} }, answer },
  ]);
  assert.equal(score.rows.length, 2);
  assert.equal(score.you, 0.5);
  assert.ok(Math.abs(score.verifier - (0.36 + 0.16) / 2) < 1e-12);
});

test("the browser remembers where one was and what one answered", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const place = { lesson: 2, page: 3 };
  const progress = new Progress(storage);
  // A lesson is done with its last page, and only once however often one comes there.
  progress.visit({ lesson: 2, page: 2 }, false);
  assert.deepEqual(progress.done, []);
  progress.visit(place, true);
  progress.visit(place, true);
  progress.keep(place, { picked: "a", sure: "guess" });
  const again = new Progress(storage);
  assert.deepEqual(again.at, place);
  assert.deepEqual(again.done, [2]);
  assert.deepEqual(again.answer(place), { picked: "a", sure: "guess" });
  again.keep(place, null);
  assert.equal(new Progress(storage).answer(place), null);
  // Whoever answers again has seen the truth: the first answer is the prediction.
  again.keep(place, { picked: "b", sure: "certain" });
  assert.deepEqual(new Progress(storage).answer(place), { picked: "b", sure: "certain" });
  assert.deepEqual(new Progress(storage).first(place), { picked: "a", sure: "guess" });
  for (const broken of ["{", "null", "7", '{"done": 3}', '{"answers": "x"}']) {
    const odd = new Progress({ getItem: () => broken, setItem: () => {} });
    assert.deepEqual(odd.done, [], broken);
    assert.equal(odd.answer(place), null);
  }
  const denied = new Progress({
    getItem: () => {
      throw new Error("denied");
    },
    setItem: () => {
      throw new Error("denied");
    },
  });
  denied.visit(place, false);
  assert.deepEqual(denied.at, place);
});

test("votes are counted from the solutions that have ended", () => {
  const node = (id, answer, group, aggregate, state = "completed") => [id, { id, answer, group, aggregate, state, right: null }];
  const nodes = new Map([
    node("0", "7", 0, 0.2),
    node("1", "8", 1, 0.9),
    node("2", "7", 0, 0.4),
    node("3", "9", 2, 1, "kept"),
    node("4", null, null, 1),
  ]);
  const votes = new Map([["majority", { chosen: "0" }], ["best", { chosen: "1" }]]);
  const rows = tallyOf({ nodes, votes });
  assert.deepEqual(rows.map(({ answer, count, best, wins }) => [answer, count, best, wins]), [
    ["7", 2, 0.4, ["most votes"]],
    ["8", 1, 0.9, ["best score"]],
  ]);
  assert.equal(tallyOf({ nodes: new Map([node("0", "7", 0, null)]), votes: new Map() })[0].best, null);
  nodes.set("5", node("5", "8", 1, 0.1)[1]);
  assert.deepEqual(tallyOf({ nodes, votes })[0].wins, ["most votes, a tie"]);
});

test("the normalised gain is the part of the unknown that was learned", () => {
  assert.equal(normalisedGain(2, 4, 6), 0.5);
  assert.equal(normalisedGain(0, 6, 6), 1);
  assert.equal(normalisedGain(3, 3, 6), 0);
  assert.equal(normalisedGain(4, 3, 6), -0.5);
  assert.equal(normalisedGain(6, 6, 6), null);
});

test("a test is scored by its own form, and saved without a name", () => {
  const forms = { a: [{ right: 1 }, { right: 2 }], b: [{ right: 3 }, { right: 1 }] };
  assert.equal(rightOf(forms.a, [1, 3]), 1);
  assert.equal(otherForm(otherForm("a")), "a");
  assert.deepEqual(recordOf({ first: "b", before: [3, 2], after: [1, 2] }, forms), {
    format: "espalier-learn-test",
    version: 2,
    before: { form: "b", answers: [3, 2], right: 1, unknown: 0, of: 2 },
    after: { form: "a", answers: [1, 2], right: 2, unknown: 0, of: 2 },
    normalised_gain: 1,
  });
  const half = recordOf({ first: "a", before: [2, 2], after: null }, forms);
  assert.equal(half.after, null);
  assert.equal(half.normalised_gain, null);
});

test("who does not know is not right, and is counted", () => {
  const forms = { a: [{ right: 1 }, { right: 2 }], b: [{ right: 3 }, { right: 1 }] };
  const { before, normalised_gain: gain } = recordOf({ first: "a", before: [UNKNOWN, UNKNOWN], after: [3, 2] }, forms);
  assert.deepEqual([before.right, before.unknown, gain], [0, 2, 0.5]);
});

test("what was kept is answered only where it fits the questions", () => {
  const questions = [{ options: ["1", "2"] }, { options: ["1", "2", "3"] }];
  for (const answers of [[1, 3], [UNKNOWN, UNKNOWN], [2, 1]]) assert.ok(answersOf(questions, answers), String(answers));
  for (const answers of [[1], [1, 4], [-1, 1], [1.5, 1], ["1", 1], [null, 1], "12", null, {}])
    assert.ok(!answersOf(questions, answers), JSON.stringify(answers));
});

test("two tests say only what they say, whenever the first was taken", () => {
  const part = (right) => ({ right, of: 6 });
  assert.match(learnedOf(part(6), part(6), null), /^All were right in the first test/);
  assert.match(learnedOf(part(2), part(5), 0.75), /^Normalised gain: 0\.75/);
  assert.match(learnedOf(part(4), part(3), -0.5), /fewer were right than before/);
  // Who took only the second has no gain, and a record all the same.
  const alone = recordOf({ first: "a", before: null, after: [3] }, { a: [{ right: 1 }], b: [{ right: 3 }] });
  assert.deepEqual([alone.before, alone.after.right, alone.normalised_gain], [null, 1, null]);
  assert.match(learnedOf(alone.before, alone.after, alone.normalised_gain), /no gain to work out/);
});

test("a mark is about the step: the mistake that was asked for is no right step", () => {
  assert.deepEqual([gradeOf(true, "keep"), gradeOf(false, "keep")], ["✓ right way", "✗ dead end"]);
  assert.deepEqual([gradeOf(true, "mistake"), gradeOf(false, "mistake")], ["✗ it goes wrong here", "not here"]);
  const labels = (about, picked, answered) => {
    const question = { ...QUESTION, about, options: ["a", "b", "c"].map((id) => ({ id })) };
    const panel = { question, picked, answer: answered && { picked, sure: "guess" } };
    return QuestionPanel.prototype.points.call(panel).map(({ label }) => label);
  };
  assert.deepEqual(labels("keep", "c", false), ["A", "B", "C you"]);
  assert.deepEqual(labels("keep", "c", true), ["A", "B ✓", "C ✗"]);
  assert.deepEqual(labels("keep", "b", true), ["A", "B ✓", "C"]);
  assert.deepEqual(labels("mistake", "c", true), ["A", "B ✗", "C"]);
  assert.deepEqual(labels("mistake", "b", true), ["A", "B ✗", "C"]);
});

test("the score says which questions it counts", () => {
  const asked = [{ lesson: 3 }, { lesson: 4 }, { lesson: 4 }, { lesson: 8 }];
  assert.match(captionOf(2, asked), /4 questions, in lessons 3, 4 and 8, .* answered 2 of them/);
  assert.match(captionOf(1, asked.slice(0, 1)), /in lesson 3,/);
});

test("noise tells what it did to one draw, and to all", () => {
  const outcomes = [
    { answer: "27", right: false, score: 1 },
    { answer: "39", right: true, score: 0.9 },
  ];
  assert.deepEqual(saidOf(outcomes, 0), {
    one: "The judge chooses 27, wrong, with 1.00.",
    all: "Right in 1 of 2 draws of this noise.",
  });
  assert.match(saidOf(outcomes, 1).one, /39, right, with 0\.90/);
});

test("the share counts only what has ended among the steps that are lit", () => {
  const nodes = new Map(
    [["0", "kept"], ["0.0", "completed"], ["1", "completed"], ["2", "completed"]].map(([id, state]) => [id, { id, state }]),
  );
  const events = [{ kind: "started" }, { kind: "graded", right: ["0.0", "2"] }];
  assert.deepEqual(arrivals({ nodes }, events, ["0", "0.0", "1"]), [{ right: true }, { right: false }]);
  assert.deepEqual(arrivals({ nodes }, events, ["0"]), []);
});

test("a bar's whole length is the work of the whole run, solver and verifier", () => {
  const events = [
    { kind: "spent", solver_flops: 3 },
    { kind: "sampled", flops: 3 },
    { kind: "spent", verifier_flops: 4 },
  ];
  assert.equal(wholeWork(events), 7);
});

test("the curve goes right with work and up with what is right, and stays within its frame", () => {
  const bar = (percent, flops) => ({ label: [["x", ""]], percent, low: percent / 100 - 0.02, high: percent / 100 + 0.02, solver: flops, verifier: flops });
  for (const width of [300, 900]) {
    const { points, against, height, ticks } = placed({ bars: [bar(40, 1e9), bar(60, 4e9), bar(99, 64e9)], against: bar(58, 2e9) }, width);
    const [first, second, last] = points;
    assert.ok(first.x < against.x && against.x < second.x && second.x < last.x);
    assert.ok(first.y > second.y && second.y > last.y);
    // By the logarithm: a factor is as far everywhere.
    assert.ok(Math.abs((second.x - first.x) / Math.log(4) - (last.x - second.x) / Math.log(16)) < 1e-9);
    for (const point of [...points, against]) assert.ok(point.x > 0 && point.x < width && point.top < point.y && point.bottom < height);
    assert.deepEqual(ticks, [2e9, 5e9, 1e10, 2e10, 5e10, 1e11]);
  }
});

test("no line of a caption ends inside of a calculation", () => {
  assert.deepEqual(inParts("Eleven begin with 24 - 7 = 17, and 8 arrive."), ["Eleven begin with ", "24 - 7 = 17", ", and 8 arrive."]);
  assert.deepEqual(inParts("0 to 1"), ["0 to 1"]);
});
