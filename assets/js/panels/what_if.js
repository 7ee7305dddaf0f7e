// What if: a run that is over, asked what another setting would have made of it. Nothing is
// generated; the server drives the search again over what is written. Whatever it would have decided
// otherwise is listed here, and ringed in the picture.

import { CutPrices } from "./cut_prices.js";
import { fill, h, setText, uniqueId } from "../dom/dom.js";
import { nameOfPerson } from "../dom/person.js";
import { quiet, section } from "./blocks.js";
import { ROOT } from "../log/tree.js";
import { plural, shorten } from "../words/format.js";
import { stepById } from "../words/act_words.js";

const AGGREGATES = ["last", "min", "prod", "mean"];
const JUDGES = ["weighted", "best", "majority"];
const MOST_LISTED = 30;
/** More rings than these hide the tree. */
const MOST_RINGED = 8;
const MOST_LETTERS = 60;
/** What a name alone does not say. */
const SAYS = {
  beam_width: "N/M paths are kept",
  noise: "blurs the scores",
  hedge: "empty: off",
};
const FATES = { completed: "finished", merged: "a duplicate" };

export class WhatIf {
  /** @param {{actions: import("./list.js").Actions}} given */
  constructor({ actions }) {
    this.actions = actions;
    this.form = h("form", { class: "esp-what-if-form" });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", () => this.ask());
    this.state = h("div", { class: "esp-what-if-state", role: "status" });
    this.list = h("div", {});
    this.lost = h("div", {});
    this.cuts = actions.askAudit ? new CutPrices(actions) : null;
    this.element = h(
      "section",
      { class: "esp-panel esp-what-if", "aria-label": "What if", tabindex: "0" },
      h("h2", { class: "esp-sr", text: "What if" }),
      // First: on a small screen it is seen while one changes what is asked.
      this.state,
      this.lost,
      this.form,
      this.list,
      this.cuts?.element,
    );
    this.reset();
  }

  /** Another run. */
  reset() {
    this.run = null;
    this.searched = null;
    this.cuts?.show("", null);
    this.asked = 0;
    /** What stood there before the missing steps were grown. @type {?{run: string, texts: Map<string, string>}} */
    this.grown = null;
    if (this.ringed) this.actions.point([]);
    this.ringed = false;
    fill(this.form);
    fill(this.list);
    fill(this.lost);
    fill(this.state);
  }

  update({ tree, log }) {
    this.tree = tree;
    const over = Boolean(tree.finished) && !log.live;
    const key = over ? log.run : "";
    this.cuts?.show(key, tree);
    if (this.run === key) {
      this.findLoss();
      return;
    }
    this.run = key;
    if (!over) {
      fill(this.form);
      fill(this.state, quiet("Once the run is over, ask here what another setting would have made of it."));
      return;
    }
    fill(this.form, this.fields(tree.started));
    this.findLoss();
    fill(this.state, quiet("Change a setting. No model is asked: the answer comes from the steps that this run wrote."));
    if (this.grown?.run === key) this.showGrown();
  }

  /** The branches that were asked for are there: they are ringed where they begin. */
  showGrown() {
    const { tree } = this;
    const isNew = (node) => node && node.id !== ROOT && this.grown.texts.get(node.id) !== node.text;
    const steps = [...tree.nodes.values()].filter(isNew);
    const first = steps.filter(({ parent, merged_into: original }) => original === null && !isNew(tree.nodes.get(parent)));
    fill(this.state, h("p", { class: "esp-what-if-answer", text: grownWords(steps.length, first.length) }));
    this.ringed = first.length > 0;
    this.actions.point(first.slice(0, MOST_RINGED).map(({ id }) => ({ id, label: "new branch", short: "new" })), true);
  }

  /** Where an answer is known to be wrong: whoever opens the panel need change nothing to learn where
   * the right one was lost. */
  async findLoss() {
    const { run, tree } = this;
    if (!run || this.searched === run || this.asked) return;
    const chosen = tree.nodes.get(tree.finished.chosen);
    if ((chosen && chosen.right !== false) || !this.element.checkVisibility()) return;
    this.searched = run;
    try {
      const reply = await this.actions.askWhatIf({ run, options: {}, noise: 0, hedge: null, verifier: null });
      if (run === this.run && !this.asked) this.showLoss(reply.regret);
    } catch (error) {
      console.warn(error); // said where a person asks something
    }
  }

  showLoss(regret) {
    const lost = regret && regret.lost !== "nothing" && regret.lost !== "unknown";
    fill(this.lost, lost && section("Where this run lost a right answer", this.regret(regret)));
  }

  /** Only what the run's strategy knows can be changed. */
  fields({ options, verifier }) {
    const knows = (name) => Object.hasOwn(options, name);
    this.options = options;
    this.inputs = {
      n: knows("n") && number(options.n, 1, options.n),
      beam_width: knows("beam_width") && number(options.beam_width, 1, options.n ?? 256),
      aggregate: knows("aggregate") && choice(AGGREGATES, options.aggregate),
      verifier: knows("aggregate") && judges(this.actions.judges ?? [], verifier.name),
      judge: knows("judge") && choice(JUDGES, options.judge),
      noise: knows("aggregate") && number(0, 0, 1, 0.05),
      hedge: knows("aggregate") && number("", 0, 100, "any"),
    };
    const labels = {
      n: "First N",
      beam_width: "Beam width M",
      aggregate: "Aggregate",
      verifier: "Verifier",
      judge: "Vote",
      noise: "Noise",
      hedge: "Hedge λ",
    };
    return Object.entries(this.inputs)
      .filter(([, input]) => input)
      .map(([name, input]) => {
        input.id = uniqueId("what-if");
        input.name = name;
        const field = h("div", { class: "esp-what-if-field" }, h("label", { for: input.id, text: labels[name] }), input);
        if (!SAYS[name]) return field;
        field.append(h("small", { id: uniqueId("what-if-says"), text: SAYS[name] }));
        input.setAttribute("aria-describedby", field.lastChild.id);
        return field;
      });
  }

  /** What is asked: nothing of what stands as it was. */
  query() {
    const { inputs, options } = this;
    const changed = {};
    for (const name of ["n", "beam_width"])
      if (inputs[name] && Number(inputs[name].value) !== options[name]) changed[name] = Number(inputs[name].value);
    for (const name of ["aggregate", "judge"])
      if (inputs[name] && inputs[name].value !== options[name]) changed[name] = inputs[name].value;
    const hedge = inputs.hedge ? inputs.hedge.value : "";
    return {
      run: this.run,
      options: changed,
      noise: Number(inputs.noise ? inputs.noise.value : 0),
      hedge: hedge === "" ? null : Number(hedge),
      verifier: inputs.verifier?.value || null,
    };
  }

  async ask() {
    const { run } = this;
    this.asked += 1;
    const mine = this.asked;
    this.element.setAttribute("aria-busy", "true");
    let reply;
    try {
      reply = await this.actions.askWhatIf(this.query());
    } catch (error) {
      console.warn(error);
      reply = { error: "The server did not answer. Change something to try again." };
    }
    if (mine !== this.asked || run !== this.run) return;
    this.element.setAttribute("aria-busy", "false");
    this.show(reply);
  }

  show(reply) {
    fill(this.list);
    if (reply.error) {
      fill(this.lost);
      fill(this.state, h("p", { class: "esp-what-if-error", text: reply.error }));
      this.ring([]);
      return;
    }
    const { differences } = reply;
    const told = reply.sentences.filter((sentence) => !sentence.startsWith("  ") && !sentence.endsWith("would differ:"));
    fill(
      this.state,
      this.inputs.verifier?.value && h("p", { class: "esp-quiet", text: `${reply.judge} has scored every step anew.` }),
      told.map((sentence, at) => h("p", { class: at ? "esp-quiet" : "esp-what-if-answer", text: sentence })),
      (reply.missing_steps.length > 0 || reply.missing_scores > 0) && this.growing(),
    );
    if (differences.length) fill(this.list, this.differences(differences));
    this.showLoss(reply.regret);
    this.ring(differences.slice(0, MOST_RINGED));
  }

  /** Where steps are missing: have the models write and score just those, as a run of its own. */
  growing() {
    if (!this.actions.steer) return null;
    const { run, options, noise, hedge, verifier } = this.query();
    if (noise || hedge !== null || verifier)
      return quiet("Without noise, hedge and another verifier, just the missing steps can be grown: set them back.");
    const state = h("p", { role: "status" });
    const grow = async () => {
      button.disabled = true;
      setText(state, "Asked …");
      const act = { action: "change", node: ROOT, changed: options, author: nameOfPerson() };
      const texts = new Map([...this.tree.nodes.values()].map(({ id, text }) => [id, text]));
      const why = await this.actions.steer({ run, act }, true);
      button.disabled = false;
      setText(state, why);
      if (!why) this.grown = { run: this.actions.shownRun(), texts };
    };
    const button = h("button", { type: "button", class: "esp-button", text: "Grow just these", on: { click: grow } });
    return h("div", {}, button, state);
  }

  differences(differences) {
    const rows = differences.slice(0, MOST_LISTED).map((difference) =>
      h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "esp-what-if-step", on: { click: () => this.ring([difference], true) } },
          `Round ${difference.round}: `,
          h("strong", { dir: "auto", text: this.said(difference.id) }),
          ` would be ${fate(difference.would_be)}; it was ${fate(difference.was)}`,
          !difference.sure && h("em", { text: " (a guess)" }),
        ),
      ),
    );
    const more = differences.length - MOST_LISTED;
    return section(
      differences.length === 1 ? "1 decision would differ" : `${differences.length} decisions would differ`,
      h("ol", { class: "esp-what-if-list" }, rows),
      more > 0 && quiet(`And ${more} more.`),
    );
  }

  /** A step by its words. */
  said(id) {
    const text = (this.tree.nodes.get(id)?.text ?? "").replace(/\s+/g, " ").trim();
    return text ? shorten(text, MOST_LETTERS) : stepById(id);
  }

  regret({ sentence, node }) {
    const go = () => this.actions.point([{ id: node, label: "lost here", short: "lost" }], true);
    return [
      h("p", { text: sentence }),
      node && h("p", {}, h("button", { type: "button", class: "esp-link", text: "Show it in the tree", on: { click: go } })),
    ];
  }

  /** Ring these steps in the picture, and no others. */
  ring(differences, reveal = false) {
    this.ringed = differences.length > 0;
    const points = differences.map(({ id, would_be: now }) => ({ id, label: `would be ${fate(now)}`, short: fate(now) }));
    this.actions.point(points, reveal);
  }
}

/** "8 steps were grown, in 2 new branches: they are ringed in the tree." */
const grownWords = (steps, branches) =>
  steps ? `${plural(steps, "step")} ${steps === 1 ? "was" : "were"} grown, in ${plural(branches, "new branch", "new branches")}, ringed in the tree where ${branches === 1 ? "it begins" : "they begin"}.` : "No step had to be grown.";

const fate = (state) => FATES[state] ?? state;

function number(value, min, max, step = 1) {
  return h("input", { type: "number", class: "esp-find-number", value, min, max, step });
}

function choice(values, chosen) {
  return h(
    "select",
    { class: "esp-find-text" },
    values.map((value) => h("option", { value, selected: value === chosen, text: value })),
  );
}

/** The run's own verifier, and the others that can score it anew; null: there are none. */
function judges(offered, own) {
  const others = offered.filter(({ model }) => model !== own);
  if (others.length === offered.length) return null; // it is none of these: they were made for other problems
  const names = [h("option", { value: "", selected: true, text: "the run’s" }), ...others.map(({ name, title }) => h("option", { value: name, text: title }))];
  return h("select", { class: "esp-find-text" }, names);
}
