// The run's story, a line for each round, and the chosen solution.

import { heading, section } from "../blocks.js";
import { h } from "../../dom/dom.js";
import { path } from "./step.js";

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
          h("button", {
            type: "button",
            class: "esp-moment",
            title: "Go to this moment",
            text: sentence,
            on: { click: () => given.actions.seek(cursor) },
          }),
        ),
      ),
    ),
    chosen && section("The chosen solution", path(tree, chosen, given)),
  ];
}
