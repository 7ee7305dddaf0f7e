// The legend is the key to the picture and a filter: a pressed button means "shown".

import { displayState, isCut, PRUNED_MODES } from "./visible.js";
import { fill, h, setAttribute, setText } from "./dom.js";
import { symbolPicture } from "./shapes.js";
import { ROOT } from "./tree.js";

const MODE_WORDS = { dim: "Dimmed", fold: "Folded", hide: "Hidden" };

export class Legend {
  /**
   * @param {Object} palette
   * @param {{toggleState: (state: string) => void, setPruned: (mode: string) => void}} actions
   */
  constructor(palette, actions) {
    this.palette = palette;
    this.entries = new Map();
    this.list = h("div", { class: "esp-legend-states", role: "group", "aria-label": "Legend and filter" });
    for (const [state, spec] of Object.entries(palette.states)) this.add(state, spec, actions);
    this.grades = h("div", { class: "esp-legend-grades" });
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
    this.element = h(
      "div",
      { class: "esp-legend" },
      this.list,
      this.grades,
      h(
        "div",
        { class: "esp-segments", role: "group", "aria-label": "Pruned steps" },
        h("span", { class: "esp-segments-label", text: "Pruned steps", "aria-hidden": "true" }),
        this.modes,
      ),
    );
  }

  add(state, spec, actions) {
    const count = h("span", { class: "esp-count" });
    const button = h(
      "button",
      {
        type: "button",
        class: "esp-legend-entry",
        "aria-pressed": "true",
        title: `${spec.label}: ${spec.meaning}`,
        on: { click: () => actions.toggleState(state) },
      },
      symbolPicture(spec, state),
      h("span", { text: spec.label }),
      count,
    );
    this.entries.set(state, { button, count });
    this.list.append(button);
  }

  update({ tree, visible, hiddenStates, pruned }) {
    const counts = countStates(tree, visible);
    for (const [state, { button, count }] of this.entries) {
      setText(count, String(counts[state] ?? 0));
      setAttribute(button, "aria-pressed", !hiddenStates.has(state));
      // Only what occurs is listed, so that the key stays short; a filter in use stays in reach.
      button.hidden = !counts[state] && !hiddenStates.has(state);
    }
    for (const button of this.modes) setAttribute(button, "aria-pressed", button.dataset.mode === pruned);
    this.updateGrades(counts);
  }

  updateGrades({ right, wrong }) {
    const key = `${right}|${wrong}`;
    if (key === this.graded) return;
    this.graded = key;
    if (!right && !wrong) {
      fill(this.grades);
      return;
    }
    const entry = (grade, number) => {
      const spec = this.palette.grades[grade];
      return h(
        "span",
        { class: "esp-legend-grade", title: spec.meaning },
        symbolPicture(spec, grade),
        h("span", { text: spec.label }),
        h("span", { class: "esp-count", text: String(number) }),
      );
    };
    fill(this.grades, entry("right", right), entry("wrong", wrong));
  }
}

function countStates(tree, visible) {
  const counts = { right: 0, wrong: 0, collapsed: 0 };
  const folded = visible.mode === "fold";
  const folds = new Set();
  for (const node of tree.nodes.values()) {
    if (node.id === ROOT) continue;
    const state = displayState(tree, node);
    counts[state] = (counts[state] ?? 0) + 1;
    if (node.right === true) counts.right += 1;
    else if (node.right === false) counts.wrong += 1;
    if (folded && isCut(node) && !visible.unfolded.has(node.parent)) folds.add(node.parent);
  }
  counts.collapsed = folds.size;
  return counts;
}
