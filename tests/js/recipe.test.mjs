import assert from "node:assert/strict";
import { test } from "node:test";
import { isRecorded, recipeLink, recipeOf, runAddress } from "../../assets/js/log/recipe.js";
import { header } from "./synthetic.mjs";

const DEFAULTS = {
  strategies: { beam_search: { max_steps: 12, n: 16, aggregate: "last", judge: "weighted", beam_width: 4 } },
  sampling: { temperature: 0.8, top_p: 1 },
};

test("only what differs from the defaults is in the link", () => {
  const query = recipeOf(header({ n: 32 }), DEFAULTS, "0.1");
  assert.deepEqual([...query.keys()], ["strategy", "problem", "seed", "n", "node"]);
  assert.equal(query.get("n"), "32");
});

test("what is not set at all is no part of the link", () => {
  const query = recipeOf(header({ max_tokens: null, lookahead: 2 }), DEFAULTS, null);
  assert.deepEqual([...query.keys()], ["strategy", "problem", "seed", "lookahead"]);
});

test("sampling and the score source are part of the recipe", () => {
  const started = header();
  started.sampling.temperature = 0.3;
  started.verifier.name = "log-probability";
  const query = recipeOf(started, DEFAULTS, null);
  assert.equal(query.get("temperature"), "0.3");
  assert.equal(query.get("score_source"), "log-probability");
});

test("a reference answer goes along where the problem does not bring it", () => {
  const answerOf = (problem) => recipeOf({ ...header(), problem }, DEFAULTS, null).get("answer");
  assert.equal(answerOf({ text: "Why?", answer: "42", family: null }), "42");
  assert.equal(answerOf({ text: "1 + 1 = ?", answer: "2", family: "expression" }), null);
  assert.equal(answerOf({ text: "Why?", answer: null, family: null }), null);
});

test("a score source is known by what its verifier is called", () => {
  const sourceOf = (name, strategy = "beam_search") => {
    const started = header({}, strategy);
    started.verifier.name = name;
    return recipeOf(started, DEFAULTS, null).get("score_source");
  };
  assert.equal(sourceOf("oracle"), "oracle");
  assert.equal(sourceOf("random"), "random");
  assert.equal(sourceOf("random-forest-7b"), null);
  assert.equal(sourceOf("log-probability", "greedy"), null);
});

test("embedded models have short names, and the usual two go unsaid", () => {
  const models = { solver: { "solver-large": "large" }, verifier: { "verifier-early": "early" } };
  const started = header();
  started.solver.name = "solver-small";
  assert.equal(recipeOf(started, { ...DEFAULTS, models }, null).has("solver"), false);
  started.solver.name = "solver-large";
  started.verifier.name = "verifier-early";
  const query = recipeOf(started, { ...DEFAULTS, models }, null);
  assert.equal(query.get("solver"), "large");
  assert.equal(query.get("verifier"), "early");
  // A stranger's trace may name anything.
  started.solver.name = "constructor";
  assert.equal(recipeOf(started, { ...DEFAULTS, models }, null).has("solver"), false);
  started.solver.name = "solver-large";
  // A page whose operator chose the models names none.
  assert.equal(recipeOf(started, { ...DEFAULTS, models: {} }, null).has("solver"), false);
  assert.equal(recipeOf(started, DEFAULTS, null).has("verifier"), false);
});

test("an offered pair has one name, and a run without a verifier is known by its solver", () => {
  const models = { solver: { "a/solver": "large" }, verifier: {} };
  const pairs = [{ name: "big", solver: "a/solver", verifier: "b/verifier" }];
  const linked = (solver, verifier, strategy) => {
    const started = header({}, strategy);
    started.solver.name = solver;
    started.verifier.name = verifier;
    return recipeOf(started, { ...DEFAULTS, models, pairs }, null);
  };
  const query = linked("a/solver", "b/verifier");
  assert.equal(query.get("models"), "big");
  assert.equal(query.has("solver"), false);
  assert.equal(linked("a/solver", "another").get("models"), null);
  assert.equal(linked("a/solver", "another").get("solver"), "large");
  assert.equal(linked("a/solver", "log-probability").get("models"), "big");
  assert.equal(linked("a/solver", "none", "greedy").get("models"), "big");
  assert.equal(linked("another", "b/verifier").get("models"), null);
});

test("a link survives hostile problem text", () => {
  const started = header();
  started.problem.text = "</script>&a=1#${x} é 100%";
  const link = recipeLink({ origin: "https://a.b", pathname: "/sub/" }, started, DEFAULTS, null);
  const url = new URL(link);
  assert.equal(url.pathname, "/sub/");
  assert.equal(url.searchParams.get("problem"), started.problem.text);
  assert.deepEqual([...url.searchParams.keys()], ["strategy", "problem", "seed"]);
});

test("a live run's address keeps what is not its own", () => {
  const location = {
    pathname: "/",
    search: "?__theme=dark&strategy=greedy&problem=x&n=4&temperature=1&node=0&solver=large&verifier=early",
    hash: "",
  };
  assert.equal(runAddress(location, "token", "0.2", header(), DEFAULTS), "/?__theme=dark&run=token&node=0.2");
  const recipe = { ...location, search: "?view=a&score_source=random&node=0.1&models=big&seed=3" };
  assert.equal(runAddress(recipe, "token", null, header(), DEFAULTS), "/?view=a&run=token");
  assert.equal(isRecorded("recorded-countdown"), true);
  assert.equal(isRecorded("token"), false);
});

test("a link to a moment names its round, and the run's own address does not", () => {
  assert.equal(recipeOf(header(), DEFAULTS, null, 0).get("at"), "0");
  assert.equal(recipeOf(header(), DEFAULTS, null).has("at"), false);
  const location = { pathname: "/", search: "?at=2&problem=What", hash: "" };
  assert.equal(runAddress(location, "r", null, header(), DEFAULTS), "/?run=r");
});

test("a link says what a person did; where a search went on from a step it names the run", () => {
  const notes = [
    { seq: 1, kind: "noted", id: "0.2", action: "kept", author: "Ada", of: "base" },
    { seq: 2, kind: "noted", id: "root", action: "injected", text: "my own", ends: true, of: "s1" },
  ];
  const link = (acts) => new URL(recipeLink(new URL("http://host/app"), header(), DEFAULTS, "0.2", null, acts, "the-run"));
  assert.deepEqual(JSON.parse(link(notes).searchParams.get("acts")), [
    { action: "keep", node: "0.2", author: "Ada" },
    { action: "write", node: "root", text: "my own", ends: true },
  ]);
  assert.equal(link([]).searchParams.get("acts"), null);
  const on = link([...notes, { kind: "noted", id: "0", action: "went_on" }]);
  assert.equal(on.search, "?run=the-run&node=0.2");
});
