// The legend is the key to the picture and a filter: a pressed button means "shown".

import { MERGED, ON_DEMAND, PRUNED_MODES, WRITING } from "../log/visible.js";
import { fill, h, setAttribute, setText } from "../dom/dom.js";
import { countAnnotations } from "../words/annotations.js";
import { annotationPicture, symbolPicture } from "../picture/shapes.js";
import { ROOT } from "../log/tree.js";
import { Search } from "./search.js";
import { stateTerm } from "../words/terms.js";
import { UNDECIDED_MARK, UNDECIDED_MEANING } from "../words/doubts.js";

/** Pixels of the sign that the key goes on. */
const MORE_WIDTH = 20;
const MODE_WORDS = { dim: "Dimmed", fold: "Folded", hide: "Hidden" };

/** Annotations beside the states, in the order of the legend. */
const ANNOTATIONS = {
  visits: { label: "0.62 (14) Value (visits)", meaning: "value: the mean of what was found below; visits: how often the search came by" },
  copies: { label: "×2 Copies", meaning: "the path is carried on, or counted, that many times" },
  ahead: { label: "0.9 → 0.4 Judged", meaning: "a step's own score, and what its path scored at the end of its rollout" },
  revisions: { label: "Revises", meaning: "the arrow leads from an attempt's end to the attempt that revises it" },
  jumps: { label: "Jumps back", meaning: "the arrow leads to where the text went on; numbers give the order" },
  forced: { label: "Forced", meaning: "the first words were put into the solver's mouth" },
};

export class Legend {
  /** @param {{palette: Object, actions: import("./list.js").Actions}} given */
  constructor({ palette, actions }) {
    this.palette = palette;
    this.entries = new Map();
    this.occurred = new Set();
    this.list = h("div", { class: "esp-legend-states", role: "group", "aria-label": "Legend and filter" });
    for (const [state, spec] of Object.entries(palette.states)) this.add(state, spec, actions);
    this.unknown = h("span", { class: "esp-count" });
    this.grades = h(
      "div",
      { class: "esp-legend-grades", role: "group", "aria-label": "Solutions", hidden: true },
      this.gradeEntries(actions),
      h("span", { class: "esp-legend-grade", title: UNDECIDED_MEANING, hidden: true }, h("span", { text: `${UNDECIDED_MARK} Undecided` }), this.unknown),
    );
    this.annotations = h("div", { class: "esp-legend-grades", role: "group", "aria-label": "Signs beside the marks" });
    this.modes = PRUNED_MODES.map((mode) =>
      h("button", {
        type: "button",
        class: "esp-segment",
        "aria-pressed": "false",
        "data-mode": mode,
        text: MODE_WORDS[mode],
        on: { click: () => actions.setPruned(mode) },
      }),
    );
    this.all = h("div", { class: "esp-legend-all" }, this.list, this.grades, this.annotations);
    // A long key keeps to its line, and opens over the picture where one points at it.
    this.sizes = new ResizeObserver(() => this.measure());
    for (const part of this.all.children) this.sizes.observe(part);
    this.sizes.observe(this.all);
    this.search = new Search(actions);
    this.element = h(
      "div",
      { class: "esp-legend" },
      h(
        "div",
        { class: "esp-legend-line" },
        h("div", { class: "esp-legend-keys" }, this.all),
        h("div", { class: "esp-legend-end" }, this.segments(), this.search.button),
      ),
      this.search.row,
    );
  }

  /** Which entries the line has no room for: a word that is cut in two reads as another one. */
  measure() {
    const { all } = this;
    if (all.matches(":hover, :focus-within")) return; // it is open
    const more = all.scrollWidth > all.clientWidth + 1;
    setAttribute(all, "data-more", more);
    const end = all.getBoundingClientRect().right - MORE_WIDTH;
    for (const entry of all.querySelectorAll(".esp-legend-entry, .esp-legend-grade"))
      setAttribute(entry, "data-cut", more && entry.getBoundingClientRect().right > end);
  }

  segments() {
    return h(
      "div",
      { class: "esp-segments", role: "group", "aria-label": "Pruned steps" },
      h("span", { class: "esp-segments-label", text: "Pruned steps", "aria-hidden": "true" }),
      this.modes,
    );
  }

  add(state, spec, actions) {
    const count = h("span", { class: "esp-count" });
    // A button that is not pressed says so without a word to the ear.
    const off = h("span", { class: "esp-legend-off", "aria-hidden": "true", hidden: true, text: state === MERGED ? "folded" : "hidden" });
    const button = h(
      "button",
      {
        type: "button",
        class: "esp-legend-entry",
        // What does not occur has no entry; until something is known, nothing does.
        hidden: true,
        "aria-pressed": "true",
        "data-term": stateTerm(state),
        "aria-description": spec.meaning,
        on: { click: () => actions.toggleState(state) },
      },
      symbolPicture(spec, state),
      h("span", { text: spec.label }),
      count,
      off,
    );
    this.entries.set(state, { button, count, off });
    this.list.append(button);
  }

  update(moment) {
    const { log, tree, visible, hiddenStates, pruned } = moment;
    this.search.update(moment);
    const counts = countStates(tree, visible);
    // While the tree grows by itself, what has occurred keeps its place: one looks at the tree then.
    const moves = Boolean(moment.playing || moment.minute?.playing);
    if (!moves || this.grown !== tree.started?.run) this.occurred.clear();
    this.grown = tree.started?.run;
    for (const state of this.entries.keys()) if (counts[state]) this.occurred.add(state);
    if (counts[WRITING]) this.seen = tree.started.run;
    for (const [state, { button, count, off }] of this.entries) {
      setText(count, String(counts[state] ?? 0));
      setAttribute(button, "aria-pressed", !hiddenStates.has(state));
      off.hidden = !hiddenStates.has(state);
      // Only what occurs is listed, so that the key stays short; a filter in use stays in reach.
      button.hidden = !this.occurred.has(state) && (!hiddenStates.has(state) || ON_DEMAND.has(state));
      // Between two calls nothing is being written: its entry must not come and go with them.
      if (state === WRITING) button.hidden = !this.occurred.has(state) && !(log.live && this.seen === tree.started.run);
    }
    for (const button of this.modes) setAttribute(button, "aria-pressed", button.dataset.mode === pruned);
    this.updateGrades(counts, moment.filter);
    this.updateAnnotations(countAnnotations(tree));
  }

  /** What only some methods draw is explained where it occurs. */
  updateAnnotations(counts) {
    const there = Object.keys(ANNOTATIONS).filter((name) => counts[name]);
    if (there.join() === this.annotated) return;
    this.annotated = there.join();
    this.annotations.hidden = !there.length;
    fill(
      this.annotations,
      there.map((name) => {
        const { label, meaning } = ANNOTATIONS[name];
        return h(
          "span",
          { class: "esp-legend-grade", title: meaning },
          annotationPicture(name),
          h("span", { text: label }),
          h("span", { class: "esp-sr", text: `: ${meaning}` }),
        );
      }),
    );
  }

  dispose() {
    this.sizes.disconnect();
  }

  /** Right and wrong: a press looks for these solutions alone, and a second one for all. */
  gradeEntries(actions) {
    this.graded = new Map();
    return ["right", "wrong"].map((grade) => {
      const spec = this.palette.grades[grade];
      const count = h("span", { class: "esp-count" });
      const press = () => actions.setFilter({ grade: button.getAttribute("aria-pressed") === "true" ? null : grade });
      const label = spec.label.toLowerCase();
      const button = h(
        "button",
        {
          type: "button",
          class: "esp-legend-entry esp-legend-only",
          "aria-pressed": "false",
          title: `${spec.meaning}. Press to look for the ${label} ones alone.`,
          on: { click: press },
        },
        symbolPicture(spec, grade),
        h("span", { class: "esp-sr", text: "Only " }),
        h("span", { text: spec.label }),
        count,
      );
      this.graded.set(grade, { button, count });
      return button;
    });
  }

  updateGrades(counts, filter) {
    const { right, wrong, undecided } = counts;
    this.grades.hidden = !(right || wrong || undecided || filter.grade);
    for (const [grade, { button, count }] of this.graded) {
      setText(count, String(counts[grade]));
      setAttribute(button, "aria-pressed", filter.grade === grade);
    }
    setText(this.unknown, String(undecided));
    this.grades.lastChild.hidden = !undecided;
  }
}

function countStates(tree, visible) {
  const counts = { right: 0, wrong: 0, undecided: 0, collapsed: 0, [WRITING]: visible.writing.size };
  const folded = visible.mode === "fold";
  const folds = new Set();
  for (const node of tree.nodes.values()) {
    if (node.id === ROOT) continue;
    counts[node.state] = (counts[node.state] ?? 0) + 1;
    if (node.right_undecided) counts.undecided += 1;
    if (node.right === true) counts.right += 1;
    else if (node.right === false) counts.wrong += 1;
    if (folded && visible.isCut(node) && !visible.unfolded.has(node.parent)) folds.add(node.parent);
  }
  counts.collapsed = folds.size;
  if (tree.chosen) {
    counts[tree.nodes.get(tree.chosen).state] -= 1;
    counts.chosen = 1;
  }
  return counts;
}
