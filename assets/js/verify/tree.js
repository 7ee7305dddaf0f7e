// Verify: one tree scored anew by another verifier: what is said of it, its map, and each step.

import { chooser, formWords, verdictOf } from "./judges.js";
import { shown, signed } from "./numbers.js";
import { ask, make, newest } from "./talk.js";
import { drawMap, neighbour } from "./tree_map.js";

const MOST_BYTES = 16_000_000;
const MOST_ROWS = 12;
const WAIT_MS = 250;

export function mountTree(view, begin) {
  const at = (name) => view.querySelector(`[data-part=${name}]`);
  const last = newest();
  const known = new Map();
  let found = null;
  let selected = null;
  let timer = 0;
  const judges = chooser(at("judges"), begin.judges, later);

  const file = () => (at("example").value ? null : (at("file").files[0] ?? null));

  function later() {
    clearTimeout(timer);
    timer = setTimeout(score, WAIT_MS);
  }

  async function score() {
    clearTimeout(timer);
    const [judge] = judges.chosen();
    const example = at("example").value;
    const body = file();
    if (!example && !body) return tell("Choose an example, or a file.");
    if (body && body.size > MOST_BYTES) return tell("This file is too large: at most 16 MB are taken.", true);
    const key = `${example || `${body.name}/${body.size}/${body.lastModified}`}/${judge}`;
    const query = new URLSearchParams(body ? { judge, name: body.name } : { judge, example });
    tell("Scoring every step…");
    at("stop").hidden = false;
    try {
      const answer = known.get(key) ?? (await last((signal) => ask(`${body ? "tree/upload" : "tree"}?${query}`, { method: "POST", body, signal })));
      if (!answer) return;
      known.set(key, answer);
      const same = found?.key.split("/")[0] === key.split("/")[0];
      found = { ...answer, key, example };
      selected = same && found.nodes.some(({ id }) => id === selected) ? selected : null;
      tell("");
      draw();
    } catch (error) {
      tell(error.message, true);
    } finally {
      at("stop").hidden = true;
    }
  }

  function tell(what, wrong = false) {
    at("state").textContent = what;
    at("state").classList.toggle("wrong", wrong);
  }

  // What is shown -----------------------------------------------------------------------------

  const named = (name) => (name in begin.judges ? judges.title(name) : name);
  const node = (id) => found.nodes.find((each) => each.id === id);
  const holds = ({ sound }) => (found.checked ? verdictOf(sound).words : "");

  const checkerWords = ({ sound }) => {
    if (!found.checked) return "";
    return sound === null ? "The checker cannot read it." : `By the checker it ${sound ? "holds" : "does not hold"}.`;
  };

  /** "Step 2, branch 3": as the tree of Explore names it. */
  function stepName(id) {
    const each = node(id);
    if (!each) return `Step ${id}`;
    const siblings = found.nodes.filter(({ parent }) => parent === each.parent);
    return `Step ${each.depth}, branch ${siblings.indexOf(each) + 1}`;
  }

  function link(id) {
    if (!found.example) return null;
    const address = `../?${new URLSearchParams({ run: `recorded-${found.example}`, node: id })}`;
    return make("a", { href: address, target: "_blank", text: "Open in Explore" });
  }

  function draw() {
    at("found").hidden = false;
    at("problem").dir = "auto";
    at("problem").textContent = found.problem;
    at("sentences").replaceChildren(...found.sentences.map((text) => make("li", { text })));
    at("notice").textContent = found.notice;
    at("form").hidden = !found.form;
    at("form").replaceChildren(...(found.form ? formWords(found.form) : []));
    const { kept_then: then = [], kept_now: now = [] } = found.decision ?? {};
    at("decision").hidden = !found.decision;
    at("then-head").textContent = `Preferred in the run, by ${found.was}`;
    at("now-head").textContent = `Preferred by ${named(found.by)}`;
    at("then").replaceChildren(...then.map(card));
    at("now").replaceChildren(...now.map(card));
    drawMap(at("map"), found.nodes, { then, now }, at("map").parentElement.clientWidth || 600);
    at("map").setAttribute("aria-label", `Map of ${found.nodes.length} steps. Arrow keys walk along it.`);
    at("largest").replaceChildren(...largest().map(tableRow));
    select(selected ?? then[0] ?? now[0] ?? found.nodes[0]?.id);
  }

  function card(id) {
    const each = node(id);
    if (!each) return make("li", { text: id });
    const scores = `${shown(each.was)} → ${shown(each.now)}`;
    return make("li", {}, make("b", { text: `${stepName(id)} ` }), make("span", { class: "number", text: scores }), make("span", { class: "truth", text: ` ${holds(each)}` }), make("p", { dir: "auto", text: each.text }), link(id));
  }

  function largest() {
    const compared = found.nodes.filter(({ was, now }) => was !== null && now !== null);
    return compared.sort((a, b) => Math.abs(b.now - b.was) - Math.abs(a.now - a.was)).slice(0, MOST_ROWS);
  }

  function tableRow(each) {
    const button = make("button", { type: "button", class: "as-link", text: stepName(each.id) });
    button.addEventListener("click", () => select(each.id));
    const cells = [shown(each.was), shown(each.now), signed(each.now - each.was), `${each.place_was} → ${each.place_now}`, holds(each)];
    return make("tr", {}, make("th", { scope: "row" }, button), ...cells.map((text) => make("td", { text })), make("td", { class: "text", dir: "auto", text: each.text }));
  }

  function select(id) {
    const each = node(id);
    if (!each) return;
    selected = id;
    for (const mark of at("map").querySelectorAll(".mark")) mark.toggleAttribute("data-selected", mark.dataset.id === id);
    const fate = each.would_be && each.would_be !== each.state ? `${each.state}, would be ${each.would_be}` : each.state;
    const change = each.was === null || each.now === null ? "" : ` (${signed(each.now - each.was)})`;
    const place = each.place_was && each.place_now ? `, place among siblings ${each.place_was} → ${each.place_now}` : "";
    const parts = [
      make("h3", { text: stepName(id) }),
      make("p", { class: "step-text", dir: "auto", text: each.text }),
      make("p", { text: `${found.was} ${shown(each.was)}, ${named(found.by)} ${shown(each.now)}${change}${place}.` }),
      make("p", { text: `In the run: ${fate}. ${checkerWords(each)}` }),
      link(id),
    ];
    at("step").replaceChildren(...parts.filter(Boolean));
    reveal(at("map").querySelector("[data-selected]"));
  }

  /** Only the map is moved, and not the page. */
  function reveal(mark) {
    const box = at("map").parentElement;
    const [inner, outer] = [mark.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - outer.height / 2;
    if (inner.left < outer.left || inner.right > outer.right) box.scrollLeft += inner.left - outer.left - outer.width / 2;
  }

  at("map").addEventListener("click", ({ target }) => {
    const mark = target.closest(".mark");
    if (mark) select(mark.dataset.id);
  });
  at("map").addEventListener("keydown", (event) => {
    if (!found || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    select(neighbour(found.nodes, selected, event.key));
  });
  at("score").addEventListener("click", score);
  at("stop").addEventListener("click", () => {
    last(async () => null);
    tell("Stopped.");
  });
  at("example").append(...begin.trees.map(({ name, title }) => make("option", { value: name, text: title })));
  at("example").addEventListener("change", ({ target }) => target.value && score());
  at("file").addEventListener("change", () => {
    at("example").value = "";
    if (file()) score();
  });
  return {
    opened: () => {
      if (found || file() || !begin.trees.length) return;
      at("example").value ||= begin.trees.find(({ name }) => name === "expression-beam-search")?.name ?? begin.trees[0].name;
      score();
    },
  };
}
