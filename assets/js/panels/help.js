// The list of keyboard shortcuts, in a dialog.

import { fill, h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const SHORTCUTS = [
  [
    "Walk the tree",
    [
      ["Arrow keys", "Parent, children and siblings, as the picture lies"],
      ["Home, End", "First and last sibling"],
      ["Enter", "Unfold a folded branch"],
      ["r", "The problem"],
      ["w", "The chosen answer"],
      ["p", "Next pruned step"],
      ["a", "Next answer"],
      ["v", "Next answer about which the verifier is wrong"],
      ["/", "Find and filter"],
      ["n and N", "Next and previous match"],
    ],
  ],
  [
    "The picture",
    [
      ["f", "Fit the whole tree"],
      ["z", "Zoom to the branch of the selected step"],
      ["c, or a double click", "Collapse a branch into one mark, or open it"],
      ["+ and -", "Zoom"],
      ["h", "Pruned steps: shown, folded, hidden"],
      ["l", "Look-ahead steps: shown or hidden"],
      ["d", "Duplicates: shown, or folded into the first of them"],
    ],
  ],
  [
    "Time",
    [
      ["Space", "Play or pause"],
      ["[ and ]", "One round back or forward"],
      ["e", "To the end; while a run grows, Esc does so too, wherever you are"],
    ],
  ],
  [
    "Steer",
    [
      ["k, x", "Keep the selected step, or cut it"],
      ["g, t, i", "Grow more next steps, edit the step, write a next step of your own"],
      ["o", "Go on from it with another strategy or other models"],
      ["u and Shift+U", "Undo, and redo"],
    ],
  ],
  [
    "For a lecture hall",
    [
      ["Shift+P", "Present: tree, timeline and one sentence, large"],
      ["Arrow keys", "There: one round back or forward, as Page Up and Page Down"],
    ],
  ],
  [
    "Help",
    [
      ["Arrow keys", "In a row of controls, such as the places at the top: from one to the next"],
      ["?", "This list"],
      ["Esc", "Close, or select nothing"],
    ],
  ],
];

/** @returns {HTMLDialogElement} */
export function makeHelp() {
  const dialog = h("dialog", { class: "esp-help", "aria-label": "Keyboard shortcuts" });
  const close = h(
    "button",
    {
      type: "button",
      class: "esp-button esp-icon-button",
      "aria-label": "Close",
      on: { click: () => dialog.close() },
    },
    icon("close"),
  );
  return fill(
    dialog,
    h("div", { class: "esp-help-head" }, h("h2", { class: "esp-heading", text: "Keyboard shortcuts" }), close),
    h("p", { class: "esp-quiet", text: "They work while the focus is in the explorer." }),
    SHORTCUTS.map(([title, rows]) =>
      h(
        "div",
        { class: "esp-section" },
        h("h3", { text: title }),
        h(
          "dl",
          { class: "esp-shortcuts" },
          rows.flatMap(([key, meaning]) => [h("dt", {}, h("kbd", { text: key })), h("dd", { text: meaning })]),
        ),
      ),
    ),
  );
}
