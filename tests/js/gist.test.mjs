import assert from "node:assert/strict";
import { test } from "node:test";
import { answerMaths, answerWords, plainMaths } from "../../assets/js/words/plain_maths.js";
import { brief, gist } from "../../assets/js/words/gist.js";
import { stepWords } from "../../assets/js/words/step_words.js";
import { splitMaths } from "../../assets/js/dom/maths.js";

const of = (text, most) => gist(text, most).text;

test("a short text is its own gist, without the marks of its typesetting", () => {
  assert.deepEqual(gist("19 - 18 = 1, left 1 11 17"), { text: "19 - 18 = 1, left 1 11 17", whole: true });
  assert.equal(of("**Step 2:** We *add* `3` and\nget 7."), "We add 3 and get 7.");
  assert.equal(of("## Step 3 - Halve it"), "Halve it");
  assert.equal(of("- [x] > [a page](https://example.org/x)"), "> a page");
  assert.equal(of(""), "");
});

test("of a long step that ends in an equation the last equation is the gist", () => {
  const long = "First we look at what the others were given, and then at what was left for Ada herself. ";
  assert.equal(of(`${long}So \\(3 \\times 8 = 24\\), and \\(24 - 4 = 20\\) pencils.`), "\\(24 - 4 = 20\\)");
  assert.equal(of(`${long}\n\n\\[\nx^2 = 9\n\\]\n\nThat is all.`), "\\(x^2 = 9\\)");
  assert.equal(of(`${long}1,200 ÷ 4 = 300 dollars for each of them.`), "1,200 ÷ 4 = 300");
  assert.equal(of(`1. ${long}\n2. Then 12 + 5 = 17\n3. ${long}`), "12 + 5 = 17");
  assert.equal(of("Luca triples the number of cookies. 11 * 3 = 33", 30), "11 * 3 = 33");
  assert.equal(brief("19 - 18 = 1, left 1 11 17"), "19 - 18 = 1");
  assert.equal(brief("So \\(x = 3\\) holds."), "\\(x = 3\\)");
  assert.equal(brief("Back to 11 18 36."), "Back to 11 18 36.");
});

test("any other long step begins with what it does: its first clause", () => {
  const rest = " and this goes on for a long while without coming to any end that one could see from here.";
  assert.equal(of(`The number 3.5 is larger than 2.75. Now we go on,${rest}`), "The number 3.5 is larger than 2.75.");
  assert.equal(of(`Since we know that both sides are even, we can halve them,${rest}`), "Since we know that both sides are even");
  assert.equal(of(`Work out the price\n\nThe shirt costs a lot,${rest}`), "Work out the price");
  assert.equal(of(`نجمع العددين أولاً؛ ثم نطرح الثالث من الناتج ونكتب الجواب النهائي في السطر الأخير من الورقة كلها كما طلب`), "نجمع العددين أولاً");
  assert.equal(of(`まず二つの数を足します。${"それから三番目の数を引いて答えを書きます".repeat(6)}`), "まず二つの数を足します。");
});

test("tables and code are told by their first words, and prose goes before them", () => {
  const table = "| price | count |\n|---|---|\n| 1 | 2 |\n";
  const code = `\`\`\`python\nimport math\nfor i in range(10):\n${"    print(i)\n".repeat(12)}\`\`\``;
  assert.equal(of(`${table}${"| 3 | 4 |\n".repeat(20)}`), "price · count");
  assert.equal(of(code), "for i in range(10):");
  assert.equal(of(`We try them all:\n\n${code}`), "We try them all:");
  assert.equal(of(`${table}\nThe table shows it.\n\n${code}`), "The table shows it.");
});

test("what has no clause is cut between words, never inside a letter or a formula", () => {
  const family = "👩‍👩‍👧‍👦";
  const cut = of(family.repeat(200));
  assert.equal(cut, `${family.repeat(96)}…`);
  const words = of("word ".repeat(60));
  assert.ok(words.length <= 97 && words.endsWith("word…"));
  const formula = of(`${"so we know ".repeat(8)}that \\(a + b + c + d + e + f\\) is even and ${"more ".repeat(40)}`);
  assert.equal(splitMaths(formula).filter(({ maths }) => maths).length, formula.includes("\\(") ? 1 : 0);
  assert.ok(!/\\\((?![^]*\\\))/.test(formula));
});

test("a gist is quick, whatever the text", () => {
  for (const text of ["a ".repeat(1e6), "*".repeat(2e5), "[".repeat(2e5), "1+".repeat(1e5), "`".repeat(1e5), "|".repeat(1e5), "x=".repeat(1e5), "\\(".repeat(1e5), "   ".repeat(1e5)])
    assert.ok(gist(text).text.length <= 400);
});

test("LaTeX becomes the signs that it stands for", () => {
  const cases = {
    "12 \\times 3": "12 × 3",
    "\\frac{1}{2}": "1/2",
    "\\dfrac{x+1}{\\sqrt{2}}": "(x+1)/(√2)",
    "2^{10} + x^2": "2¹⁰ + x²",
    "\\text{even}": "even",
    "90^\\circ": "90°",
    "5\\%": "5%",
    "\\left(\\pi, 2\\right)": "(π, 2)",
    "a_1 \\le a_2": "a₁ ≤ a₂",
    "so \\(3 \\cdot 4\\) and {b}": "so 3 ·4 and {b}".replace("·4", "· 4"),
    "\\unknown{3}": "\\unknown3",
    snake_case: "snake_case",
    27: "27",
  };
  for (const [latex, plain] of Object.entries(cases)) assert.equal(plainMaths(latex), plain);
});

test("an answer in LaTeX gets delimiters, any other and one with delimiters stays", () => {
  assert.equal(answerMaths("12 \\times 3"), "\\(12 \\times 3\\)");
  assert.equal(answerMaths("x^2"), "\\(x^2\\)");
  for (const answer of ["27", "$5", "snake_case", "so \\(x\\)", "a & b"]) assert.equal(answerMaths(answer), answer);
});

test("an answer that is too long is cut as plain letters: a formula cut in two cannot be set", () => {
  assert.equal(answerWords("12 \\times 3", 10), "\\(12 \\times 3\\)");
  assert.equal(answerWords("\\frac{123456}{789}", 8), "123456/…");
});

// What stands at a mark ------------------------------------------------------------------------

const NODE = { state: "kept", text: "3 + 4 = 7", score: 0.5, aggregate: 0.5, ahead: null, visits: null, value: null, copies: null, forced: "", answer: null };
const VISIBLE = { writing: new Map([["w", 12]]), fold: () => ({ members: ["a", "b"], best: 0.25 }) };
const wordsOf = (fields, id = "0") =>
  stepWords({ nodes: new Map([["0", { ...NODE, ...fields }], ["root", { text: fields.problem ?? "" }]]) }, VISIBLE, id);

test("a step says its gist and its score, a solution its answer", () => {
  const step = wordsOf({});
  assert.deepEqual([step.text, step.answer, step.share, step.figures, step.counted], ["3 + 4 = 7", null, 0.5, "0.50", ""]);
  const solution = wordsOf({ state: "completed", answer: "\\frac{1}{2}" });
  assert.deepEqual([solution.text, solution.answer, solution.ended], ["", "\\frac{1}{2}", true]);
  assert.equal(wordsOf({ state: "completed" }).text, "no answer");
});

test("a step that was cut off, or repeats what was said, says so before its gist", () => {
  const cut = wordsOf({ ended: "length", repeats: "phrase" });
  assert.deepEqual([cut.text, cut.brief], ["cut off, repeats: 3 + 4 = 7", "cut off, repeats"]);
  assert.equal(wordsOf({ ended: "length", text: "" }).text, "cut off");
  assert.equal(wordsOf({ ended: "aborted" }).brief, "given up");
  assert.equal(wordsOf({ ended: "filtered" }).brief, "content filter");
});

test("what the method went by is what the bar shows", () => {
  assert.deepEqual(wordsOf({ visits: 4, value: 0.75 }).share, 0.75);
  assert.equal(wordsOf({ visits: 4, value: 0.75 }).counted, "(4)");
  const ahead = wordsOf({ score: 0.9, aggregate: 0.4, ahead: "0.0" });
  assert.deepEqual([ahead.share, ahead.figures], [0.4, "0.90 → 0.40"]);
  assert.equal(wordsOf({ copies: 3 }).counted, "×3");
  assert.equal(wordsOf({ score: null }).share, null);
});

test("a long problem is told by what it asks", () => {
  const told = "Lily has 13 shells. Lily sells 10 shells. Omar has 7 oranges. ".repeat(3);
  assert.equal(wordsOf({ problem: `${told}How many shells does Lily have now?` }, "root").text, "How many shells does Lily have now?");
  assert.equal(wordsOf({ problem: "Use 4, 6, 13 and 6 to make 17." }, "root").text, "Use 4, 6, 13 and 6 to make 17.");
});

test("what is folded or being written says how much it is", () => {
  assert.equal(wordsOf({}, "fold:0").text, "2 steps");
  assert.equal(wordsOf({}, "fold:0").share, 0.25);
  assert.equal(wordsOf({}, "w").text, "12 tokens");
});
