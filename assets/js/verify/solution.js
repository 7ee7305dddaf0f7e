// Verify: one solution, its steps to be changed, and what each verifier makes of them side by side.

import { chooser, formWords, scoreMark, verdictOf } from "./judges.js";
import { arithmetic, shown, signed } from "./numbers.js";
import { edited, inserted, moved, pieces, removed, stepsOf } from "./steps.js";
import { ask, make, newest } from "./talk.js";
import { firstBelow, firstErrorWords, thresholdChooser } from "./threshold.js";

const WAIT_MS = 500;
const SAME = 0.005;
/** A text of one's own begins with an empty step. */
const OWN = { problem: "", steps: [""] };
const HOW = ["last", "min", "prod", "mean"];

export function mountSolution(view, begin) {
  const at = (name) => view.querySelector(`[data-part=${name}]`);
  const last = newest();
  let steps = [];
  let answer = null;
  let old = null;
  let timer = 0;
  at("problem").dir = "auto";
  const judges = chooser(at("judges"), begin.judges, () => later());
  const threshold = thresholdChooser(at("threshold"), () => mark());

  // What is asked -----------------------------------------------------------------------------

  function later() {
    clearTimeout(timer);
    timer = setTimeout(score, WAIT_MS);
  }

  async function score() {
    clearTimeout(timer);
    const asked = steps;
    const problem = at("problem").value;
    const texts = asked.map(({ text }) => text);
    const names = judges.chosen();
    const missing = refusal(problem, texts, names);
    tell(missing ?? "Scoring…");
    if (missing) return;
    const body = JSON.stringify({ problem, steps: texts, judges: names });
    try {
      const found = await last((signal) => ask("solution", { method: "POST", body, signal }));
      if (!found || at("problem").value !== problem) return; // what was meant is another problem by now
      answer = { ...found, problem, ids: asked.map(({ id }) => id) };
      // Scores of another problem say nothing about this one's.
      if (old?.problem !== problem) old = answer;
      tell("");
      mark();
    } catch (error) {
      tell(error.message, true);
    }
  }

  function refusal(problem, texts, names) {
    if (!problem.trim()) return "Write the problem, or pick an example.";
    if (!texts.length) return "Add a step.";
    if (!texts.every((text) => text.trim())) return "A step is empty: write it, or delete it.";
    if (!names.length) return "Choose at least one verifier.";
    return names.length > 4 ? "Choose at most four verifiers." : null;
  }

  function tell(what, wrong = false) {
    at("state").textContent = what;
    at("state").classList.toggle("wrong", wrong);
  }

  // What is changed ---------------------------------------------------------------------------

  function change(list, focus = null, part = "textarea") {
    if (list === steps) return;
    steps = list;
    draw();
    if (focus !== null && steps.length) {
      const row = at("steps").children[Math.max(0, Math.min(focus, steps.length - 1))];
      (row.querySelector(part) ?? row.querySelector("textarea")).focus();
    }
    later();
  }

  function load({ problem, steps: texts }) {
    at("problem").value = problem;
    answer = old = null;
    steps = stepsOf(texts);
    draw();
    score();
  }

  const acts = {
    up: (place, part) => change(moved(steps, place, -1), place - 1, part),
    down: (place, part) => change(moved(steps, place, 1), place + 1, part),
    insert: (place) => change(inserted(steps, place), place + 1),
    remove: (place) => change(removed(steps, place), place),
  };
  const KEYS = { ArrowUp: "up", ArrowDown: "down", Enter: "insert", Backspace: "remove" };

  function row({ text }, place) {
    const field = make("textarea", { rows: "1", dir: "auto", "aria-label": `Step ${place + 1}`, spellcheck: "false", text });
    field.addEventListener("input", () => {
      steps = edited(steps, place, field.value);
      grow(field);
      later();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.preventDefault(), score();
      else if (event.altKey && KEYS[event.key]) event.preventDefault(), acts[KEYS[event.key]](place);
    });
    field.addEventListener("paste", (event) => {
      const found = pieces(event.clipboardData?.getData("text") ?? "");
      if (found.length < 2 || field.value.trim()) return;
      event.preventDefault();
      change(inserted(removed(steps, place), place - 1, found), place);
    });
    const buttons = [
      ["up", "↑", "Move up", place === 0],
      ["down", "↓", "Move down", place === steps.length - 1],
      ["insert", "+", "Insert a step after this one", false],
      ["remove", "×", "Delete", false],
    ].map(([name, sign, label, off]) => {
      const button = make("button", { type: "button", "data-act": name, "aria-label": `${label}: step ${place + 1}`, title: label, disabled: off ? "" : null, text: sign });
      button.addEventListener("click", () => acts[name](place, `[data-act=${name}]:not(:disabled)`));
      return button;
    });
    return make(
      "li",
      {},
      field,
      make("div", { class: "step-acts" }, ...buttons),
      make("div", { class: "scores" }),
    );
  }

  // What is shown -----------------------------------------------------------------------------

  function draw() {
    at("steps").replaceChildren(...steps.map(row));
    at("steps").querySelectorAll("textarea").forEach(grow);
    mark();
  }

  function grow(field) {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  }

  function mark() {
    const rows = [...at("steps").children];
    rows.forEach((item, place) => {
      const marks = answer ? marksOf(steps[place].id) : [];
      item.querySelector(".scores").replaceChildren(...marks);
    });
    at("sums").replaceChildren(...(answer ? sums() : []));
    at("form").hidden = !answer?.form;
    at("form").replaceChildren(...(answer?.form ? formWords(answer.form) : []));
    at("sums-head").hidden = !answer;
    at("keep").hidden = !answer || answer === old;
  }

  /** What was scored before of this step, by the same verifier; null: nothing. */
  function before(name, id) {
    const found = old?.scores.find((each) => each.name === name);
    const place = old?.ids.indexOf(id) ?? -1;
    return found?.scores[place] ?? null;
  }

  function marksOf(id) {
    const place = answer.ids.indexOf(id);
    if (place < 0) return [make("span", { class: "help", text: "not scored yet" })];
    const holds = answer.holds?.[place];
    const told = answer.scores.map((each) => {
      if (each.refused) return scoreMark(judges.title(each.name), { now: null });
      const now = each.scores[place];
      const was = before(each.name, id);
      const other = now !== null && was !== null && Math.abs(now - was) >= SAME;
      const below = threshold.of(each.threshold);
      return scoreMark(judges.title(each.name), {
        now: now === null ? null : { text: shown(now) },
        was: other ? `was ${shown(was)} (${signed(now - was)})` : "",
        low: now !== null && now < below,
        first: firstBelow(each.scores, below) === place,
      });
    });
    if (holds === undefined) return told;
    const { state, words, meaning } = verdictOf(holds);
    const truth = make("span", { class: "score truth", "data-state": state, title: meaning }, make("b", { text: "Checker" }), make("span", { class: "number", text: words }));
    return [truth, ...told];
  }

  function sums() {
    return answer.scores.map((each) => {
      const earlier = old?.scores.find(({ name }) => name === each.name);
      const below = threshold.of(each.threshold);
      const first = firstBelow(each.scores, below);
      const where = first < 0 ? "no step below" : `step ${first + 1} is the first below`;
      const head = make("th", { scope: "row" }, make("b", { text: judges.title(each.name) }), make("span", { class: "help", text: each.refused || `${where} ${shown(below)}` }));
      const by = make("td", { class: "by-threshold", text: each.refused ? "–" : firstErrorWords(each.scores) });
      const cells = HOW.map((how) => {
        const value = each.aggregates[how];
        const was = earlier?.aggregates[how];
        const other = value !== undefined && was !== undefined && Math.abs(value - was) >= SAME;
        return make("td", { "data-how": how }, make("span", { text: arithmetic(how, each.scores, value) }), other ? make("span", { class: "was", text: `was ${shown(was)} (${signed(value - was)})` }) : null);
      });
      return make("tr", {}, head, ...cells, by);
    });
  }

  at("score").addEventListener("click", score);
  at("add").addEventListener("click", () => change(inserted(steps, steps.length - 1), steps.length));
  at("keep").addEventListener("click", () => {
    old = answer;
    mark();
    at("score").focus();
  });
  at("problem").addEventListener("input", later);
  at("example").append(...begin.solutions.map(({ title }, place) => make("option", { value: place, text: title })));
  at("example").addEventListener("change", ({ target }) => load(begin.solutions[target.value] ?? OWN));
  return { load, opened: () => !steps.length && begin.solutions.length && (load(begin.solutions[0]), (at("example").value = "0")) };
}
