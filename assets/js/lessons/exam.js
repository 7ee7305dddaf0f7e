// The short test before and after the lessons, for whoever wants it: kept in this browser, and given
// away only as a file.

import { fill, h } from "../dom/dom.js";
import { answersOf, otherForm, recordOf, rightOf, UNKNOWN } from "./scoring.js";
import { givenOf } from "./exam_given.js";

/** The number is that of the questions: answers to others do not fit these. */
const KEY = "espalier-learn-test-2";
const DO_NOT_KNOW = "I don’t know";

export class Exam {
  /**
   * @param {{a: Object[], b: Object[]}} forms
   * @param {?Storage} storage
   * @param {() => number} [chance] - which form comes first: 0 to 1.
   */
  constructor(forms, storage, chance = Math.random) {
    Object.assign(this, { forms, storage });
    this.taken = this.read() ?? { first: chance() < 0.5 ? "a" : "b", before: null, after: null };
    this.button = h("button", { type: "button", class: "esp-button learn-exam-open", on: { click: () => this.open() } });
    this.body = h("div", { class: "learn-exam-body" });
    const close = h("button", { type: "button", class: "esp-button", text: "Close", on: { click: () => this.dialog.close() } });
    this.dialog = h(
      "dialog",
      { class: "learn-exam", "aria-label": "Test yourself" },
      h("div", { class: "learn-exam-head" }, h("h2", { text: "Test yourself" }), close),
      this.body,
    );
    this.label();
  }

  read() {
    try {
      const kept = JSON.parse(this.storage?.getItem(KEY) ?? "null");
      if (kept?.first !== "a" && kept?.first !== "b") return null;
      const fits = (form, answers) => answers === null || answersOf(this.forms[form], answers);
      return fits(kept.first, kept.before) && fits(otherForm(kept.first), kept.after) ? kept : null;
    } catch {
      return null;
    }
  }

  write() {
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.taken));
    } catch {
      // It is there as long as the page is.
    }
    this.label();
  }

  label() {
    const { before, after } = this.taken;
    const when = after ? "result" : before ? "after the lessons" : "before";
    fill(this.button, h("span", {}, "Test", h("span", { class: "learn-exam-when", text: `: ${when}` })));
  }

  open() {
    const { before, after } = this.taken;
    if (after) this.showResult();
    else this.ask(before ? "after" : "before");
    this.dialog.showModal();
  }

  /** @param {"before"|"after"} when */
  ask(when) {
    const form = when === "before" ? this.taken.first : otherForm(this.taken.first);
    const questions = this.forms[form];
    const intro =
      when === "before"
        ? "Six questions before you begin, and six others after the lessons, to see what they taught you. Nobody is expected to know these: where you do not, choose “I don't know”. The second six come once these are answered."
        : "Six questions after the lessons. Answer without looking anything up.";
    const sheet = h(
      "form",
      { on: { submit: (event) => this.finish(event, when, questions) } },
      h("p", { class: "esp-quiet", text: `${intro} What you answer stays in this browser.` }),
      questions.map((question, place) => field(question, place)),
      h("button", { type: "submit", class: "esp-button learn-exam-done", text: "Done" }),
      when === "before" && this.skip(),
    );
    fill(this.body, sheet);
  }

  /** Whoever has had the lessons already may take the second six alone; then nothing is compared. */
  skip() {
    const act = () => {
      this.ask("after");
      this.body.querySelector("input")?.focus();
    };
    return h("button", { type: "button", class: "esp-button learn-exam-skip", text: "I have had the lessons: only the test after", on: { click: act } });
  }

  finish(event, when, questions) {
    event.preventDefault();
    const given = new FormData(event.target);
    this.taken[when] = questions.map((_, place) => Number(given.get(`exam-${place}`)));
    this.write();
    if (when === "after") this.showResult();
    else
      fill(
        this.body,
        h("p", { class: "learn-exam-said", tabindex: "-1", text: "Thank you. Take the second test when you are through the lessons: then you are told which answers are right." }),
      );
    this.body.querySelector("[tabindex]")?.focus();
  }

  showResult() {
    const record = recordOf(this.taken, this.forms);
    const { before, after, normalised_gain: gain } = record;
    const part = (name, { right, unknown, of }) => `${name}: ${right} of ${of} right${unknown ? `, ${unknown} not known` : ""}.`;
    fill(
      this.body,
      h("p", { class: "learn-exam-said", tabindex: "-1", text: [before && part("Before", before), part("After", after)].filter(Boolean).join(" ") }),
      h("p", { text: learnedOf(before, after, gain) }),
      ["before", "after"].filter((when) => record[when]).map((when) => this.review(when, record[when])),
      h(
        "div",
        { class: "learn-sure" },
        h("a", { class: "esp-button", download: "espalier-test.json", href: fileOf(record), text: "Save as JSON" }),
        h("button", { type: "button", class: "esp-button", text: "Forget it", on: { click: () => this.forget() } }),
      ),
    );
  }

  /** Every question once more, with what was answered, what is right, and why. */
  review(when, { form, answers }) {
    const rows = this.forms[form].map((question, place) => {
      const answer = answers[place];
      const said = answer === UNKNOWN ? DO_NOT_KNOW : question.options[answer - 1];
      const right = question.options[question.right - 1];
      const mark = answer === UNKNOWN ? "–" : "✗"; // not known is not wrong
      const verdict = answer === question.right ? `✓ ${right}` : `${mark} You: ${said}. Right: ${right}`;
      return h("li", {}, h("span", { text: question.ask }), givenOf(question), h("b", { text: verdict }), h("span", { class: "esp-quiet", text: question.because }));
    });
    const name = when === "before" ? "Questions before" : "Questions after";
    return h("details", {}, h("summary", { text: `${name}: ${rightOf(this.forms[form], answers)} right` }), h("ol", { class: "learn-exam-review" }, rows));
  }

  forget() {
    Object.assign(this.taken, { before: null, after: null });
    this.write();
    this.dialog.close();
  }
}

/** What two tests say together; only what they say, whenever the first was taken. */
export function learnedOf(before, after, gain) {
  if (!before) return "You have not taken the test before, so there is no gain to work out.";
  if (gain === null) return "All were right in the first test, so there was nothing left to gain.";
  const said = `Normalised gain: ${gain.toFixed(2)}, the gain in right answers, as a part of what the first test left open.`;
  return gain < 0 ? `${said} Below zero: fewer were right than before.` : said;
}

function field(question, place) {
  const choice = (text, value) =>
    h(
      "label",
      { class: "learn-exam-choice" },
      h("input", { type: "radio", name: `exam-${place}`, value, required: true }),
      h("span", { text }),
    );
  return h(
    "fieldset",
    {},
    h("legend", { text: `${place + 1}. ${question.ask}` }),
    givenOf(question),
    h("div", { class: "learn-exam-choices" }, question.options.map((text, index) => choice(text, index + 1)), choice(DO_NOT_KNOW, UNKNOWN)),
  );
}

/** An address of data: nothing is sent for it. */
const fileOf = (record) => `data:application/json,${encodeURIComponent(JSON.stringify(record, null, 2))}`;
