// The run's story, a line for each round, and the chosen solution.

import { heading, section } from "../blocks.js";
import { h } from "../../dom/dom.js";
import { path } from "./step.js";
import { writeMaths } from "../../dom/maths.js";

function moment(sentence, go) {
  const button = h("button", { type: "button", class: "esp-moment", title: "Go to this moment", on: { click: go } });
  writeMaths(button, sentence);
  return button;
}

/** @returns {HTMLElement[]} */
export function overview(tree, story, given) {
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
          moment(sentence, () => given.actions.seek(cursor)),
        ),
      ),
    ),
    chosen && section("The chosen solution", path(tree, chosen, given)),
  ];
}
