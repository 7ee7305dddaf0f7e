import assert from "node:assert/strict";
import { test } from "node:test";
import { gathered } from "../../assets/js/panels/warnings.js";
import { PANELS } from "../../assets/js/panels/list.js";
import { signature as storySignature } from "../../assets/js/panels/chronicle.js";
import { settingRows } from "../../assets/js/panels/inspector/problem.js";
import { signature } from "../../assets/js/panels/inspector/inspector.js";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";
import { Writing } from "../../assets/js/log/writing.js";
import { header } from "./synthetic.mjs";

const PLACES = ["top", "between", "picture", "above", "beside", "views", "below", "side", "end"];

test("every line of the list names a panel, its place, and a tab where it is a view", () => {
  const names = PANELS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, place, Panel, title } of PANELS) {
    assert.ok(PLACES.includes(place), name);
    assert.equal(typeof Panel.prototype.update, "function", name);
    assert.equal(title !== undefined, place === "views" || place === "side", name);
  }
});

const sampled = (id, fields = {}) => ({ kind: "sampled", id, text: id, tokens: 1, logprob: -1, ...fields });
const scored = (id, score) => ({ kind: "scored", id, score });
const EVENTS = [sampled("0"), sampled("1"), sampled("0.0"), sampled("2")];

/** What the inspector's contents depend on, after these events, with this selection. */
function signatureOf(selected, events, { mode = "dim", writing, strategy } = {}) {
  const log = [header({}, strategy), ...events].map((event, seq) => ({ ...event, seq, t: 0 }));
  const tree = Tree.fromEvents(log);
  return signature({ tree, visible: new Visible(tree, mode, new Set(), true, writing), selected, story: () => events });
}
const changes = (selected, event, more) =>
  signatureOf(selected, [...EVENTS, event], more) !== signatureOf(selected, EVENTS, more);

test("the inspector is made anew by what concerns the selected step, and by nothing else", () => {
  for (const [event, expected] of [
    [scored("0", 0.5), true],
    [scored("1", 0.5), true],
    [scored("0.0", 0.5), false],
    [sampled("0.1"), false],
    [sampled("3"), true],
    [{ kind: "decided", round: 1, rule: "top_k", why: "So.", kept: [["0"]] }, true],
    [{ kind: "decided", round: 1, rule: "top_k", why: "So.", kept: [["0.0"]] }, false],
    [{ kind: "backed_up", id: "0", visits: 2, value: 0.5 }, true],
    [{ kind: "allocated", round: 1, shares: [["0", 0.5, 2]] }, true],
    [{ kind: "graded", right: ["1"] }, true],
    [{ kind: "finished", status: "completed", chosen: "0.0" }, true],
    [{ kind: "spent", generated: 7 }, false],
  ])
    assert.equal(changes("0", event), expected, JSON.stringify(event));
  // A sibling's score is shown, also where it changes nothing else of it.
  const ahead = [...EVENTS, sampled("3", { role: "rollout" })];
  assert.notEqual(signatureOf("0", [...ahead, scored("3", 0.5)]), signatureOf("0", ahead));
  // In a stream the place of a piece changes with every piece that is written after it.
  assert.equal(changes("0", sampled("0.1"), { strategy: "single_stream" }), true);
});

test("another selection is another content", () => {
  const writing = (tokens) => ({ writing: new Writing("step", new Map([["9", tokens]])) });
  const all = [null, "root", "0", "1", "0.0", "9"].map((id) => signatureOf(id, EVENTS, writing(3)));
  assert.equal(new Set(all).size, all.length);
  assert.notEqual(signatureOf("9", EVENTS, writing(3)), signatureOf("9", EVENTS, writing(4)));
  assert.equal(changes(null, scored("0", 0.5)), false);
  assert.equal(changes("root", sampled("3")), true);
  const pruned = { kind: "decided", round: 1, rule: "top_k", why: "So.", pruned: [["1"]] };
  assert.equal(changes("fold:root", pruned, { mode: "fold" }), true);
});

test("the story is told anew by what changes a sentence", () => {
  const tree = Tree.fromEvents([header(), ...EVENTS].map((event, seq) => ({ ...event, seq, t: 0 })));
  const told = (...sentences) => storySignature(tree, sentences.map((sentence) => ({ sentence })));
  assert.equal(told("a", "b"), told("a", "b"));
  assert.equal(new Set([told("a"), told("a", "b"), told("a", "c")]).size, 3);
});

test("warnings are gathered by what they say, the newest first", () => {
  const warnings = ["a", "b", "a", "c", "b"].map((message) => ({ message }));
  assert.deepEqual(gathered(warnings), [
    ["b", 2],
    ["c", 1],
    ["a", 2],
  ]);
});

test("settings speak as the form does, and what is as usual is folded away", () => {
  const started = header({ n: 8, empty_ends: false, judge: "best_leaf" });
  const labels = {
    strategies: { beam_search: "Beam search" },
    options: {
      beam_search: {
        n: { label: "Budget N", default: 8 },
        empty_ends: { label: "Empty step ends a path", default: false },
        judge: { label: "Vote", default: "weighted" },
      },
    },
  };
  const { chosen, usual } = settingRows(started, labels);
  const [said, folded] = [Object.fromEntries(chosen), Object.fromEntries(usual)];
  assert.equal(said["Strategy"], "Beam search");
  assert.equal(said["Budget N"], "8");
  assert.equal(said["Vote"], "best leaf");
  assert.equal(folded["Empty step ends a path"], "off");
  assert.ok(!JSON.stringify([chosen, usual]).includes("_"));
  const listed = { ...started, solver: { ...started.solver, step_style: "numbered" } };
  const told = Object.fromEntries(settingRows(listed, { ...labels, step_styles: { numbered: "Numbered list." } }).chosen);
  assert.equal(told["Steps"], "Numbered list.");
});
