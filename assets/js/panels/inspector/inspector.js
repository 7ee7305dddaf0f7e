// The inspector: everything that the log says about the selected node.

import { aggregateArithmetic, begunName, judgesSolutions, nodeName, shortName, stateWords, whySentences } from "../words/words.js";
import { capital, heading, model, section, stepCosts, table } from "./facts.js";
import { plural, score, shorten, words } from "../words/format.js";
import { displayState, isFold, WRITING } from "../log/visible.js";
import { fill, h } from "../dom/dom.js";
import { methodSections } from "./sections.js";
import { ROOT } from "../log/tree.js";
import { isStream } from "../words/signs.js";
import { scoreBar } from "./bars.js";
import { symbolPicture } from "../picture/shapes.js";
import { writeMaths } from "../words/maths.js";
import { writingWords } from "../words/writing_words.js";

const MOST_PATH_TEXT = 1500;
const MOST_TEXT = 200000;
const MOST_SIBLINGS = 64;

export class Inspector {
  /**
   * @param {Object} palette
   * @param {{select: (id: string) => void, unfold: (id: string) => void, seek: (cursor: number) => void}} actions
   * @param {Object} labels
   */
  constructor(palette, actions, labels) {
    this.palette = palette;
    this.actions = actions;
    this.labels = labels;
    this.body = h("div", { class: "esp-inspector-body" });
    this.element = h(
      "section",
      { class: "esp-panel esp-inspector", "aria-label": "Selected step", tabindex: "0" },
      this.body,
    );
    this.drawn = "";
  }

  update({ tree, visible, selected, story }) {
    const key = this.signature(tree, visible, selected, story);
    if (key === this.drawn) return;
    const moved = selected !== this.selected;
    this.drawn = key;
    this.selected = selected;
    const scroll = this.element.scrollTop;
    fill(this.body, this.contents(tree, visible, selected, story));
    this.element.scrollTop = moved ? 0 : scroll;
  }

  /** Everything that the contents depend on: a live run must not rebuild them at every event. */
  signature(tree, visible, selected, story) {
    const known = tree.nodes.get(selected);
    if (visible.writing.has(selected)) return `${selected}|${visible.writing.get(selected)} tokens`;
    if (isFold(selected)) return `${selected}|${visible.fold(selected)?.members.join()}`;
    if (!known) return `nothing|${tree.started.run}|${tree.chosen}|${story().length}`;
    if (known.id === ROOT) return `root|${tree.started.run}|${tree.finished?.status}|${known.children.length}`;
    const siblings = tree.nodes.get(known.parent).children.map((id) => {
      const node = tree.nodes.get(id);
      return `${node.state}${node.score}${node.right}`;
    });
    const { aggregate, decision, ahead, visits, value, weight, copies } = known;
    const facts = [aggregate, decision, ahead, visits, value, weight, copies, tree.chosen, this.after(tree, known)];
    return `${tree.started.run}|${known.id}|${facts.join("|")}|${siblings.join()}`;
  }

  /** How far the writing has come where an order of writing or a revision is shown. */
  after(tree, node) {
    return isStream(tree) || node.state === "completed" ? tree.nodes.size : 0;
  }

  contents(tree, visible, selected, story) {
    if (isFold(selected) && visible.fold(selected)) return this.foldContents(tree, visible.fold(selected));
    if (visible.writing.has(selected)) return this.begunContents(tree, visible, selected);
    const node = tree.nodes.get(selected);
    if (!node) return this.overview(tree, story());
    return node.id === ROOT ? this.rootContents(tree) : this.nodeContents(tree, node);
  }

  /** Nothing is selected: the run's story, a line for each round, and the chosen solution. */
  overview(tree, story) {
    const chosen = tree.chosen ? tree.nodes.get(tree.chosen) : null;
    return [
      heading("The story so far"),
      h(
        "ol",
        { class: "esp-chronicle" },
        story.map(({ cursor, sentence }) =>
          h(
            "li",
            {},
            h("button", {
              type: "button",
              class: "esp-moment",
              title: "Go to this moment",
              text: sentence,
              on: { click: () => this.actions.seek(cursor) },
            }),
          ),
        ),
      ),
      chosen && section("The chosen solution", this.path(tree, chosen)),
      h("p", {
        class: "esp-quiet",
        text: "Select a step to read it and to see why it was kept or pruned: click a mark, or walk the tree with the arrow keys.",
      }),
    ];
  }

  nodeContents(tree, node) {
    const state = displayState(tree, node);
    const long = node.text.length > MOST_PATH_TEXT;
    return [
      h(
        "div",
        { class: "esp-node-head" },
        symbolPicture(this.palette.states[state], state, 24),
        h(
          "div",
          {},
          heading(shortName(tree, node)),
          h("div", { class: "esp-quiet", text: capital(stateWords(tree, node)) }),
        ),
      ),
      section(
        node.state === "pruned" ? "Why it was pruned" : node.state === "kept" ? "Why it was kept" : "What became of it",
        this.why(tree, node),
      ),
      ...methodSections(tree, node, (id, text) => this.link(id, text)),
      section("The path so far", this.path(tree, node)),
      long && section("The whole step", this.longText(node.text, "The whole step")),
      node.reason && section("What the verifier wrote", this.longText(node.reason, "What the verifier wrote")),
      node.aggregate !== null && section("Its scores in one number", this.arithmetic(tree, node)),
      section("Siblings", this.siblings(tree, node)),
      section("What it cost", stepCosts(node)),
    ];
  }

  /** Not a step yet: what it continues can be read already. */
  begunContents(tree, visible, id) {
    const parent = tree.nodes.get(visible.parent(id));
    return [
      h(
        "div",
        { class: "esp-node-head" },
        symbolPicture(this.palette.states[WRITING], WRITING, 24),
        h(
          "div",
          {},
          heading(begunName(tree, visible, id)),
          h("div", { class: "esp-quiet", text: capital(writingWords(visible.writing.get(id))) }),
        ),
      ),
      h("p", { text: "The solver is writing this step. Its text is here once the step is complete." }),
      parent.id !== ROOT && section("What it continues", this.path(tree, parent)),
    ];
  }

  why(tree, node) {
    const parts = whySentences(tree, node).map((sentence) => h("p", { text: sentence }));
    if (node.merged_into !== null) {
      const original = tree.nodes.get(node.merged_into);
      parts.push(h("p", {}, this.link(node.merged_into, `Go to the original: ${shortName(tree, original)}`)));
    }
    return parts;
  }

  path(tree, node) {
    const rows = tree.path(node.id).map((step) => {
      const text = h("div", { class: "esp-step-text" });
      writeMaths(text, shorten(step.text, MOST_PATH_TEXT));
      const here = step.id === node.id;
      const number = h("button", {
        type: "button",
        class: "esp-step-number",
        "aria-label": `Select ${nodeName(tree, step)}`,
        "aria-current": here && "step",
        text: String(step.depth),
        on: { click: () => this.actions.select(step.id) },
      });
      return h("li", { class: here ? "esp-step esp-here" : "esp-step" }, number, text, scoreBar(step.score));
    });
    return h("ol", { class: "esp-path" }, rows);
  }

  longText(text, name) {
    const box = h("div", { class: "esp-long-text", tabindex: "0", role: "group", "aria-label": name });
    box.textContent = text.slice(0, MOST_TEXT);
    return box;
  }

  arithmetic(tree, node) {
    const how = judgesSolutions(tree) ? "whole" : (tree.started.options.aggregate ?? "last");
    const meaning = {
      whole: "An outcome verifier judged the finished solution, not its steps.",
      last: "The last step's score counts.",
      min: "The worst step's score counts.",
      prod: "All step scores are multiplied.",
      mean: "The mean of all step scores counts.",
    }[how];
    const steps = node.ahead ? tree.nodes.get(node.ahead).depth - node.depth : 0;
    return [
      h("p", { class: "esp-formula", text: aggregateArithmetic(tree, node) }),
      h("p", { class: "esp-quiet", text: meaning ?? "" }),
      steps > 0 &&
        h("p", {
          class: "esp-quiet",
          text: steps === 1 ? "The last score is the rollout's." : `The last ${steps} scores are the rollout's.`,
        }),
    ];
  }

  siblings(tree, node) {
    const all = tree.nodes.get(node.parent).children;
    if (all.length === 1) return h("p", { class: "esp-quiet", text: "None: it is the only step sampled here." });
    const place = Math.max(0, Math.min(all.indexOf(node.id) - MOST_SIBLINGS / 2, all.length - MOST_SIBLINGS));
    const shown = all.slice(place, place + MOST_SIBLINGS);
    const more = all.length - shown.length;
    return [
      this.rows(tree, shown, node.id),
      more > 0 && h("p", { class: "esp-quiet", text: `${plural(more, "more sibling")} not listed here.` }),
    ];
  }

  rows(tree, ids, current = null) {
    return h(
      "ul",
      { class: "esp-siblings" },
      ids.map((id) => {
        const node = tree.nodes.get(id);
        const state = displayState(tree, node);
        return h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              class: "esp-sibling",
              "aria-current": id === current && "true",
              on: { click: () => this.actions.select(id) },
            },
            symbolPicture(this.palette.states[state], state, 16),
            h("span", { class: "esp-sr", text: `${nodeName(tree, node)}: ` }),
            h("span", { class: "esp-sibling-text", text: shorten(node.text.replace(/\s+/g, " "), 90) }),
            h("span", {
              class: "esp-number",
              "aria-hidden": "true",
              text: node.score === null ? "" : score(node.score),
            }),
          ),
        );
      }),
    );
  }

  foldContents(tree, fold) {
    return [
      heading(`${plural(fold.members.length, "folded step")}`),
      h("p", {
        class: "esp-quiet",
        text: `${fold.best === null ? "None of them was scored." : `The best of them scored ${score(fold.best)}.`}`,
      }),
      h(
        "p",
        {},
        h("button", {
          type: "button",
          class: "esp-button",
          text: "Unfold them",
          on: { click: () => this.actions.unfold(fold.id) },
        }),
      ),
      this.rows(tree, fold.members.slice(0, MOST_SIBLINGS)),
    ];
  }

  rootContents(tree) {
    const { problem, strategy, options, sampling, seed, solver, verifier, limits, created } = tree.started;
    const text = h("div", { class: "esp-problem" });
    writeMaths(text, shorten(problem.text, 20000));
    return [
      heading("The problem"),
      text,
      // The reference would give the search's end away; it is shown once solutions are graded.
      problem.answer !== null &&
        problem.answer !== undefined &&
        tree.finished &&
        h("p", { text: `Reference answer: ${problem.answer}` }),
      section(
        "Settings of this run",
        table([
          ["Strategy", this.labels.strategies?.[strategy] ?? words(strategy)],
          ...Object.entries(options).map(([name, value]) => [words(name), String(value)]),
          ...Object.entries(sampling).map(([name, value]) => [words(name), String(value)]),
          ["Seed", String(seed)],
          ["Solver", model(solver)],
          ["Verifier", model(verifier)],
          ...Object.entries(limits).map(([name, value]) => [`Limit of ${words(name).toLowerCase()}`, String(value)]),
          ...(created ? [["Started", created]] : []),
        ]),
      ),
    ];
  }

  link(id, text) {
    return h("button", { type: "button", class: "esp-link", text, on: { click: () => this.actions.select(id) } });
  }
}
