// The explorer in a file of its own, without a server: the run stands in the page, and that is all
// there will ever be of it. `search_core/export/html.py` makes such files, and so does
// `taking/page.js` from the page itself. Not a module of the app's page.

import { explainTerms } from "./guide/terms.js";
import { h } from "./dom/dom.js";
import { mount } from "./main.js";
import { parseTrace } from "./taking/page.js";

/** Before anything is built: what the file said. */
const source = `<!DOCTYPE html>${document.documentElement.outerHTML}`;

const dataOf = (name) => document.getElementById(`espalier-${name}`).textContent;

function switchTheme() {
  document.body.classList.toggle("dark");
}

/** What is searched, and by what; the emblem stands there already. */
function fillHeader(started, title) {
  const theme = h(
    "button",
    { type: "button", class: "esp-button", id: "theme", on: { click: switchTheme } },
    "Light / dark",
  );
  document.querySelector(".alone-header").append(
    h("h1", { dir: "auto", text: started?.problem?.text ?? "A run without a header" }),
    h("span", { class: "alone-strategy", text: title }),
    theme,
  );
}

function open() {
  const { palette, labels, terms } = JSON.parse(dataOf("given"));
  const events = parseTrace(dataOf("trace"));
  const comparison = { rows: JSON.parse(dataOf("comparison")) };
  const [started] = events;
  const title = labels.strategies[started?.strategy] ?? "A search";
  document.title = `${title}: ${started?.problem?.text ?? ""}`.slice(0, 120);
  const place = document.getElementById("explorer");
  fillHeader(started, title);
  explainTerms(terms, location.href);
  const head = events.length;
  mount(place, {
    props: { value: { run: started?.run || "run", ev: "", head, live: false } },
    given: { palette, labels },
    server: {
      // There is no server: what would be fetched from one is all here.
      pull_events: async ({ since }) => ({ events: events.slice(since), head, live: false, gone: false, comparison }),
    },
    watch: () => {},
    alone: { source },
  });
  // Where one would look for them, among the tabs.
  place.querySelector(".esp-side-bar").after(h("p", { class: "alone-note", text: "What if and Charts are in the app, not in this file." }));
}

try {
  open();
} catch (error) {
  console.error(error);
  document.getElementById("explorer").textContent = `This file is damaged: ${error.message}. Export the run again.`;
}
