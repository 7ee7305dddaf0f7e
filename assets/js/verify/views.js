// Verify: its three views, a set of solutions, one solution and one tree, each with an address.

import { mountSolution } from "./solution.js";
import { ask } from "./talk.js";
import { mountTree } from "./tree.js";

const views = [...document.querySelectorAll("[data-view]")];
const links = [...document.querySelectorAll(".views a")];
let mounted = null;

async function mount() {
  const begin = await ask("begin");
  const of = (name) => views.find((view) => view.dataset.view === name);
  return { solution: mountSolution(of("solution"), begin), tree: mountTree(of("tree"), begin) };
}

/** Show the view that the address names; the first where it names none. */
async function show() {
  const wanted = location.hash.slice(1);
  const name = views.some((view) => view.dataset.view === wanted) ? wanted : views[0].dataset.view;
  for (const view of views) view.hidden = view.dataset.view !== name;
  for (const link of links) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name === views[0].dataset.view) return;
  const state = views.find((view) => view.dataset.view === name).querySelector("[data-part=state]");
  try {
    mounted ??= mount();
    (await mounted)[name].opened();
  } catch (error) {
    mounted = null;
    state.textContent = error.message;
    state.classList.add("wrong");
  }
}

// On a phone what one does not need at once is folded.
if (matchMedia("(max-width: 760px)").matches) for (const part of document.querySelectorAll("details.fold")) part.open = false;
addEventListener("hashchange", show);
show();
