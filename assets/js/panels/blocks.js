// Building blocks of the panels: headings, sections, names with their values.

import { h } from "../dom/dom.js";
import { termOf } from "../words/terms.js";
import { writeStructured } from "../dom/markdown.js";

const MOST_TEXT = 200000;

export const heading = (text) => h("h2", { class: "esp-heading", text });

export const section = (title, ...contents) =>
  h("div", { class: "esp-section" }, h("h3", {}, termed(title)), contents.flat());

/** A label; one that is a term of the glossary explains itself. */
export function termed(label) {
  const term = termOf(label);
  return term ? h("button", { type: "button", class: "esp-term", "data-term": term, text: label }) : label;
}

export const quiet = (text) => h("p", { class: "esp-quiet", text });

/** Names and values, `[[name, value], …]`, as a description list. */
export function definitions(rows) {
  return h(
    "dl",
    { class: "esp-facts" },
    rows.flatMap(([name, value]) => [h("dt", {}, termed(name)), h("dd", { text: value })]),
  );
}

/** A button in the middle of a text. */
export const link = (text, onClick) =>
  h("button", { type: "button", class: "esp-link", text, on: { click: onClick } });

/** A text of any length in a box that scrolls. */
export function longText(text, name) {
  const box = h("div", { class: "esp-long-text", dir: "auto", tabindex: "0", role: "group", "aria-label": name });
  writeStructured(box, text.slice(0, MOST_TEXT));
  return box;
}
