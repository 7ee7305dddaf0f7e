// A lesson's words: what is a term of the glossary explains itself.

import { h } from "../dom/dom.js";

/**
 * @param {string[][]} parts - `[text, term]`, where the term is "" for words that are none.
 * @param {string[]} [introduced] - terms that are said here for the first time: they stand out.
 * @returns {HTMLElement[]}
 */
export function written(parts, introduced = []) {
  const seen = new Set();
  const made = [];
  for (let [text, term] of parts) {
    const before = made.at(-1);
    const held = before?.dataset.held === "true" ? (text.match(/^\p{P}+/u)?.[0] ?? "") : "";
    if (held) before.append(held);
    text = text.slice(held.length);
    if (!term || seen.has(term)) made.push(h("span", {}, inParts(text).map((part, place) => (place % 2 ? h("span", { class: "learn-sum", text: part }) : part))));
    else made.push(h("span", { class: "learn-held", "data-held": true }, button(text, term, introduced)));
    if (term) seen.add(term);
  }
  return made;
}

/** Every second part is a calculation such as 24 - 7 = 17: where a line ended in one, half of it would read like a number of its own. */
export const inParts = (text) => text.split(/(\d+(?: [-+*/=] \d+)+)/);

const button = (text, term, introduced) =>
  h("button", { type: "button", class: "esp-term", "data-term": term, "data-new": introduced.includes(term), text });

/** The same as plain text. */
export const plain = (parts) => parts.map(([text]) => text).join("");
