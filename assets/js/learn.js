// The place Learn in the browser: its lessons stand in the page, its runs are files beside it.
// `components/learn` serves it. Not a module of the app's page.

import { mountHeader } from "./dom/header.js";
import { Classroom } from "./lessons/classroom.js";
import { explainTerms } from "./guide/terms.js";
import { parseTrace } from "./taking/page.js";
import { storage } from "./dom/storage.js";

const ROOT = new URL("../", location.href.split(/[?#]/)[0]).href;

/** The picture takes its colours from the body's theme, the page's frame has its root's. */
function carryTheme() {
  const { documentElement: page, body } = document;
  const show = () => body.classList.toggle("dark", page.classList.contains("dark"));
  show();
  new MutationObserver(show).observe(page, { attributes: true, attributeFilter: ["class"] });
}

async function fetched(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${address} did not come: the server answered ${reply.status}.`);
  return reply;
}

const fetchTrace = async (name) => parseTrace(await (await fetched(`${name}.jsonl`)).text());
const fetchOutcomes = async (name) => (await fetched(`${name}.json`)).json();

/** @throws {Error} why the server writes none, in words for the reader. */
async function askRollouts(address) {
  let reply;
  try {
    reply = await fetch(address, { method: "POST", headers: { "X-Espalier": "learn" } });
  } catch {
    throw new Error("The server did not answer.");
  }
  if (reply.ok) return reply.json();
  const { why } = await reply.json().catch(() => ({}));
  throw new Error(why ?? `The solver wrote nothing: the server answered ${reply.status}.`);
}

carryTheme();
mountHeader();
const { lessons, forms, palette, terms } = JSON.parse(document.getElementById("learn-given").textContent);
const root = document.querySelector(".esp");
explainTerms(terms, ROOT);
/** The hook for tests and benchmarks. */
root.classroom = new Classroom(root, { lessons, forms, palette, storage: storage(), fetchTrace, fetchOutcomes, askRollouts });
