// The recipe of a run as a link: problem, strategy, seed, and what differs from the defaults.
// `components/controls/recipe_link.py` reads such links. Pure.

// Score sources beside the trained verifiers, as the verifier of a trace is called then.
const SOURCES = [
  ["log-probability", /log-probability/i],
  ["oracle", /^oracle\b/i],
  ["random", /^random$/i],
];
const MODELS = ["solver", "verifier"];
const ACTIONS = { kept: "keep", pruned: "cut", grown: "grow", edited: "edit", injected: "write", changed: "change" };
const RECIPE = ["acts", "problem", "strategy", "seed", "models", "score_source", "node", "at", "answer", "system_prompt", ...MODELS];

/**
 * @param {Object} header - the run's `started` event.
 * @param {{strategies: Object<string, Object>, sampling: Object, models: Object,
 *   pairs: Array<{name: string, solver: string, verifier: string}>,
 *   prompts: Array<{name: string, solver: string, prompt: string}>}} defaults - what a link leaves
 *   out, and what it calls the models.
 * @param {?string} node - the selected node.
 * @param {?number} at - the round at whose end the link is to stop; null: at the end of the run.
 * @returns {URLSearchParams}
 */
export function recipeOf(header, defaults, node, at = null) {
  const query = new URLSearchParams();
  query.set("strategy", header.strategy);
  query.set("problem", header.problem.text);
  query.set("seed", String(header.seed));
  const known = defaults?.strategies?.[header.strategy] ?? {};
  for (const [name, value] of Object.entries(header.options)) {
    if (value !== null && value !== known[name]) query.set(name, String(value));
  }
  // Only sampling options with a default are part of the form; the rest follows from the models.
  for (const [name, usual] of Object.entries(defaults?.sampling ?? {})) {
    const value = header.sampling[name];
    if (value !== undefined && value !== null && value !== usual) query.set(name, String(value));
  }
  const source = sourceOf(header);
  if (source) query.set("score_source", source);
  const pair = pairOf(header, defaults?.pairs ?? [], source);
  if (pair) query.set("models", pair);
  // Embedded models have short names, and the usual two go unsaid; others follow from the page.
  for (const kind of pair ? [] : MODELS) {
    const names = defaults?.models?.[kind] ?? {};
    const { name } = header[kind];
    if (Object.hasOwn(names, name)) query.set(kind, names[name]);
  }
  const told = header.solver.prompt ?? "";
  const usual = usualPrompt(header, defaults ?? {}, pair);
  if (usual !== null && told !== usual) query.set("system_prompt", told);
  // A problem of a known family brings its answer along.
  const { answer, family } = header.problem;
  if (answer && !family) query.set("answer", answer);
  if (node) query.set("node", node);
  if (at !== null) query.set("at", String(at));
  return query;
}

/** The name of the offered pair that ran. Where no verifier scored, its name tells nothing. */
function pairOf({ solver, verifier, strategy }, pairs, source) {
  const alone = source !== null || strategy === "greedy";
  const fits = (pair) => pair.solver === solver.name && (alone || pair.verifier === verifier.name);
  return pairs.find(fits)?.name ?? null;
}

/** What the solver that ran is told here unless a link says otherwise; null: nothing can be told it. */
function usualPrompt({ solver }, { prompts = [], pairs = [] }, pair) {
  const whose = prompts.find(({ name }) => name === pair) ?? prompts.find((one) => one.solver === solver.name);
  // A server's model has no name here before it was asked; where it is the only one, it is meant.
  return (whose ?? (pairs.length ? null : prompts[0]))?.prompt ?? null;
}

/** Greedy asks no verifier, whatever its trace names, so its link need not say. */
function sourceOf({ verifier, strategy }) {
  return strategy === "greedy" ? null : (SOURCES.find(([, name]) => name.test(verifier.name))?.[0] ?? null);
}

/**
 * The link itself, on the page that `location` names.
 *
 * @param {Object[]} [notes] - what a person did to the run: its `noted` events.
 * @param {string} [run] - its id. A search that went on from a step begins with what only it has
 *   written, so its link names the run.
 */
export function recipeLink(location, header, defaults, node, at = null, notes = [], run = "") {
  const page = `${location.origin}${location.pathname}`;
  if (notes.some(({ action }) => action === "went_on")) return `${page}?${new URLSearchParams({ run, ...(node && { node }) })}`;
  const query = recipeOf(header, defaults, node, at);
  if (notes.length) query.set("acts", JSON.stringify(notes.map(linkedAct)));
  return `${page}?${query}`;
}

/** As `Act.from_values` of `search_core.acts` reads it. */
function linkedAct({ action, id, author, text, count, ends, changed }) {
  const said = { action: ACTIONS[action], node: id, author, text, count, ends, changed };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}

/** The address of a live run, for a refresh to find: the recipe gives way to the run itself. */
export function runAddress(location, run, node, header, defaults) {
  const query = new URLSearchParams(location.search);
  for (const name of recipeOf(header, defaults, node).keys()) query.delete(name);
  for (const name of Object.keys(defaults?.strategies?.[header.strategy] ?? {})) query.delete(name);
  for (const name of Object.keys(defaults?.sampling ?? {})) query.delete(name);
  for (const name of [...MODELS, "models", "score_source", "node", "at", "answer", "system_prompt", "acts"]) query.delete(name);
  query.set("run", run);
  if (node) query.set("node", node);
  return `${location.pathname}?${query}${location.hash}`;
}

/** The address of a run that has no header yet: nothing of another run's recipe stays in it. */
export function expectedAddress(location, run, defaults) {
  const query = new URLSearchParams(location.search);
  const options = Object.values(defaults?.strategies ?? {}).flatMap(Object.keys);
  const known = [...RECIPE, ...options, ...Object.keys(defaults?.sampling ?? {})];
  for (const name of known) query.delete(name);
  query.set("run", run);
  return `${location.pathname}?${query}${location.hash}`;
}

/** The run that an address names; "" for none: the page's own first screen. */
export const runIn = (location) => new URLSearchParams(location.search).get("run") ?? "";

/** Recorded examples are held for as long as the server runs, under names of their own. */
export const isRecorded = (run) => run.startsWith("recorded-");
