// The place Compare in the browser; `components/compare` serves it. Not a module of the app's page.

import { explainTerms } from "./guide/terms.js";
import { mountHeader } from "./dom/header.js";
import { Race } from "./race/race.js";

const ROOT = new URL("../", location.href.split(/[?#]/)[0]).href;

/** The picture takes its colours from the body's theme, the page's frame has its root's. */
function carryTheme() {
  const { documentElement: page, body } = document;
  const show = () => body.classList.toggle("dark", page.classList.contains("dark"));
  show();
  new MutationObserver(show).observe(page, { attributes: true, attributeFilter: ["class"] });
}

carryTheme();
mountHeader();
const given = JSON.parse(document.getElementById("compare-given").textContent);
const root = document.querySelector(".esp");
explainTerms(given.terms, ROOT);
/** The hook for tests and benchmarks. */
root.race = new Race(root, given);
