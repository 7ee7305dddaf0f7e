// Take the shears: what a person can do to the selected step, by buttons and small forms.

import { fill, h, setText, uniqueId } from "../../dom/dom.js";
import { possibleActs } from "../../words/act_words.js";
import { quiet } from "../blocks.js";
import { nameOfPerson, namePerson } from "../../dom/person.js";

const NAMES = {
  keep: "Keep",
  cut: "Cut",
  grow: "Grow more",
  edit: "Edit step",
  write: "Write a step",
  go_on: "Go on with…",
};
/** Those that are done at once; the others ask for something first. */
const AT_ONCE = new Set(["keep", "cut"]);
const KEYS = { keep: "k", cut: "x", grow: "g", edit: "t", write: "i", go_on: "o" };
const APART = "A run of its own comes of an act; this one stays as it is. Only what is new is asked of the models.";
const NAMED = "The name stands beside what you do here, for whoever sees the run. It may stay empty.";
const MOST_TEXT = 2000;
const MOST_NAME = 60;
const MOST_GROWN = 16;

export class Acts {
  /**
   * @param {{actions: import("../list.js").Actions, steering: ?Object}} given - `steering`: with what
   *   a search can go on; null: nobody steers here.
   */
  constructor({ actions, steering }) {
    this.actions = actions;
    this.choices = steering;
    this.buttons = h("div", { class: "esp-acts-buttons", role: "group", "aria-label": "Steer" });
    this.form = h("form", { class: "esp-acts-form", hidden: true });
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.state = h("p", { class: "esp-acts-state", role: "status" });
    this.author = h("input", {
      class: "esp-find-text",
      maxlength: MOST_NAME,
      autocomplete: "off",
      value: nameOfPerson(),
      on: { change: () => this.sign(), input: () => this.sign() },
    });
    this.stops = quiet("An act stops this run where it is, and goes on from there as a run of its own.");
    this.signed = h("summary", { text: "" });
    this.element = h(
      "div",
      { class: "esp-section esp-acts" },
      this.buttons,
      this.stops,
      this.form,
      this.state,
      h("details", { class: "esp-acts-signed" }, this.signed, labelled("Your name", this.author), quiet(NAMED), quiet(APART)),
    );
    this.sign();
    this.key = "";
  }

  /** Acts are signed; a name is kept in this browser alone. */
  sign() {
    const name = this.author.value.trim();
    namePerson(name);
    setText(this.signed, name ? `Changes are noted as ${name}’s` : "Changes are noted as yours");
  }

  /** Whether anything can be done to this node here. */
  offers(tree, node) {
    return Boolean(this.choices) && possibleActs(tree, node).length > 0;
  }

  /** @param {boolean} live - the run goes on. */
  show(tree, node, live) {
    const acts = possibleActs(tree, node);
    const key = `${tree.started.run}|${node.id}`;
    if (key !== this.key) this.begin(key, tree, node);
    const drawn = `${key}|${acts}`;
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      fill(this.buttons, acts.map((name) => this.button(name)));
    }
    this.stops.hidden = !live;
    return this.element;
  }

  begin(key, tree, node) {
    this.key = key;
    this.tree = tree;
    this.node = node;
    this.close();
    this.state.textContent = "";
  }

  button(name) {
    return h("button", {
      type: "button",
      class: "esp-button",
      "data-act": name,
      title: `${NAMES[name]} (${KEYS[name]})`,
      text: NAMES[name],
      on: { click: () => this.press(name) },
    });
  }

  /** By a button, or by its key: do it, or ask for what it needs. */
  press(name) {
    if (!this.node) return;
    if (!possibleActs(this.tree, this.node).includes(name)) {
      setText(this.state, `“${NAMES[name].replace("…", "")}” makes no sense at this step.`);
      return;
    }
    if (AT_ONCE.has(name)) {
      this.act({ action: name });
      return;
    }
    if (this.open === name) {
      this.close();
      return;
    }
    this.open = name;
    this.mark();
    fill(this.form, this.fields(name));
    this.form.hidden = false;
    this.form.querySelector("input, select, textarea").focus();
    // On a phone the button that ends it would stand below the sheet.
    this.form.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.open = null;
    this.form.hidden = true;
    fill(this.form);
    this.mark();
  }

  mark() {
    for (const button of this.buttons.children) {
      if (!AT_ONCE.has(button.dataset.act)) button.setAttribute("aria-expanded", button.dataset.act === this.open);
    }
  }

  fields(name) {
    const end = h(
      "div",
      { class: "esp-acts-end" },
      h("button", { type: "submit", class: "esp-button", text: SUBMIT[name] }),
      h("button", { type: "button", class: "esp-button", text: "Cancel", on: { click: () => this.close() } }),
    );
    if (name === "grow") return [labelled("More next steps", number("count", 2, 1, MOST_GROWN)), end];
    if (name === "go_on") return [...this.models(), end];
    const { node } = this;
    const editing = name === "edit";
    const text = h("textarea", { name: "text", rows: 2, maxlength: MOST_TEXT, required: true, dir: "auto", spellcheck: "false" });
    text.value = editing ? node.text : "";
    const ends = h("input", { type: "checkbox", name: "ends", checked: editing && node.ended === "end" });
    return [
      labelled(editing ? "The step" : "The next step", text),
      h("label", { class: "esp-acts-check" }, ends, " It ends the solution"),
      quiet(
        editing
          ? "The verifier scores it as any other; what came after it is written anew."
          : "The verifier scores it as any other, and it competes with the solver's own.",
      ),
      end,
    ];
  }

  /** With which strategy, and which models, the search goes on. */
  models() {
    const { strategies, models } = this.choices;
    const own = this.tree.started.strategy;
    const strategy = choice("strategy", strategies, strategies.some(({ name }) => name === own) ? own : strategies[0].name);
    const n = number("n", this.tree.started.options.n ?? 8, 1, 256);
    const line = labelled("Budget N", n);
    const sized = () => {
      line.hidden = typeof strategies.find(({ name }) => name === strategy.value).n !== "number";
    };
    strategy.addEventListener("change", sized);
    sized();
    const others = Object.entries({ pair: "Models", solver: "Solver", verifier: "Verifier" })
      .filter(([kind]) => models[kind]?.length)
      .map(([kind, label]) => labelled(label, choice(kind, [{ name: "", title: "The run's own" }, ...models[kind]], "")));
    return [labelled("Strategy", strategy), line, ...others];
  }

  submit(event) {
    event.preventDefault();
    const value = (name) => this.form.elements[name]?.value ?? "";
    const name = this.open;
    if (name === "grow") this.act({ action: name, count: Number(value("count")) });
    else if (name === "go_on") this.act({ action: name }, this.goingOn(value));
    else this.act({ action: name, text: value("text"), ends: this.form.elements.ends.checked });
  }

  goingOn(value) {
    const strategy = value("strategy");
    const sized = typeof this.choices.strategies.find(({ name }) => name === strategy).n === "number";
    const models = Object.fromEntries(["pair", "solver", "verifier"].map((kind) => [kind, value(kind)]).filter(([, name]) => name));
    return { strategy, options: sized ? { n: Number(value("n")) } : {}, ...models };
  }

  async act(parts, goingOn = null) {
    const { node, key } = this;
    const act = { ...parts, node: node.id, author: this.author.value.trim() };
    this.state.textContent = "Asked …";
    const query = { run: this.actions.shownRun(), act, ...(goingOn && { going_on: goingOn }) };
    const why = await this.actions.steer(query);
    // A run that has come out has the page by now, and its step the panel.
    if (why && key === this.key) setText(this.state, why);
  }
}

const SUBMIT = { grow: "Grow them", edit: "Put it there", write: "Put it there", go_on: "Go on" };

function labelled(label, input) {
  input.id = uniqueId("act");
  return h("div", { class: "esp-acts-field" }, h("label", { for: input.id, text: label }), input);
}

function number(name, value, min, max) {
  return h("input", { type: "number", name, class: "esp-find-number", value, min, max, step: 1, required: true });
}

function choice(name, entries, chosen) {
  return h(
    "select",
    { name, class: "esp-find-text" },
    entries.map((entry) => h("option", { value: entry.name, selected: entry.name === chosen, text: entry.title })),
  );
}
