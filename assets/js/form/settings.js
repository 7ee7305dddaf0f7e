// What is set in the form, in short words, and what of it differs from the run on show. Pure.

/** Entries of the glossary for what has a short name here. */
const TERMS = {
  n: "budget",
  beam_width: "beam_width",
  aggregate: "aggregate",
  judge: "vote",
  lookahead: "rollout",
  solver: "solver",
  verifier: "verifier",
  temperature: "temperature",
  top_p: "top_p",
  max_step_tokens: "max_step_tokens",
  seed: "seed",
  answer: "reference_answer",
};

/**
 * @typedef {Object} Setting
 * @property {string} control - id of the control that it is set in.
 * @property {string} name - what it is called.
 * @property {?string} term - its entry in the glossary, where it has one.
 * @property {string} value - what it is set to, in words.
 * @property {?string} was - what it is in the run on show, where that is something else.
 * @property {boolean} [lasts] - the page cannot make it again what it was.
 * @property {boolean} composer - it stands in the composer, where everybody sees it.
 */

/**
 * @param {Array} values - the fields' values, in the order of `about.fields`.
 * @param {?Object} shown - the values that the run on show was made of, by name; null: of none.
 * @param {Object} about - what everything is called, as `components/controls/chips.py` tells.
 * @param {?string} others - the models of the run on show, where the page does not offer them.
 * @returns {Setting[]} those of the composer only where they differ; those that are as usual only
 *   where one chooses them often.
 */
export function settingsOf(values, shown, about, others = null) {
  const now = Object.fromEntries(about.fields.map((name, index) => [name, values[index]]));
  const strategy = about.strategies[now.strategy];
  if (!strategy) return [];
  const changed = (name) => shown !== null && name in shown && !same(now[name], shown[name]);
  const make = (control, name, label, words, { composer = false, always = true, changes = changed(name) } = {}) => ({
    ...{ control, name: label, term: TERMS[name] ?? null, value: words(now[name]), composer, wanted: changes || always },
    was: changes ? words(shown[name]) : null,
  });
  const titleOf = (name) => about.strategies[name]?.title ?? name;
  const settings = [
    make("problem", "problem", "Problem", shorten, { composer: true, always: false }),
    make("strategy", "strategy", "Strategy", titleOf, { composer: true, always: false }),
    ...numbersFirst(strategy.options).map((option) => {
      const composer = option.name === "n";
      const usual = option.advanced || option.kind === "boolean" || option.name === "lookahead";
      const always = !composer && (!usual || !same(now[option.name], option.default));
      return make(option.control, option.name, shortLabel(option), (value) => valueWords(option, value) + widthWords(now.strategy, option.name, now.n, value), { composer, always });
    }),
    ...models(now, strategy, about, make).map((setting, first) => (others && !first ? elsewhere(setting, others) : setting)),
    ...told(now, about, make),
    make("temperature", "temperature", "Temperature", String),
    make("top-p", "top_p", "Top-p", String, { always: !same(now.top_p, about.usual.top_p) }),
    make("max-step-tokens", "max_step_tokens", "Longest step", String, {
      always: !same(now.max_step_tokens, about.usual.max_step_tokens),
    }),
    make("seed", "seed", "Seed", String),
    make("reference", "answer", "Reference", (text) => (text ? shorten(text) : "none"), { always: Boolean(now.answer) }),
  ];
  return settings.filter(({ wanted }) => wanted);
}

/** The fields' values while they are being set to those of the run on show, and have not said so yet. */
export const filledWith = (shown, before, about) => about.fields.map((name, index) => (name in shown ? shown[name] : before?.[index]));

const numbersFirst = (options) => [...options].sort((one, other) => (one.kind === "choice") - (other.kind === "choice"));

/** The models that would run, and what scores. */
function models(now, strategy, about, make) {
  const asked = strategy.verified && now.score_source === "verifier";
  const named = (names) => (name) => names[name] ?? "usual";
  const own = Object.keys(about.pairs).length > 0 && now.pair !== about.embedded;
  return [
    own && make("pair", "pair", "Models", named(about.pairs)),
    !own && about.embedded !== null && make("solver", "solver", "Solver", named(about.solvers)),
    !own && about.embedded !== null && asked && make("verifier", "verifier", "Verifier", named(about.verifiers)),
    strategy.verified &&
      make("score-source", "score_source", "Scored by", named(about.sources), { always: now.score_source !== "verifier" }),
  ].filter(Boolean);
}

/** Of models that are not offered here: what would run in their place. No way leads back to them. */
const elsewhere = (setting, others) => ({ ...setting, name: "Models", wanted: true, was: others, lasts: true });

/** What the solver is told before the problem, where it can be told something. */
function told(now, about, make) {
  const usual = about.prompts[now.pair ?? about.first];
  if (!usual) return [];
  const always = (name, part) => ({ always: !same(now[name], usual[part]) });
  return [
    make("system-prompt", "system_prompt", "System prompt", (text) => shorten(text) || "none", always("system_prompt", "system")),
    make("examples", "examples", "Worked examples", exampleCount, always("examples", "examples")),
  ];
}

const exampleCount = (text) => String((String(text ?? "").match(/(^|\n\n)Example problem: /g) ?? []).length || "none");

/** Numbers are compared as such: a field gives 4, a link 4.0; of texts only what is in them counts. */
function same(one, other) {
  const plain = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value.trim() : value);
  return plain(one) === plain(other);
}

/** "Beam width M" as "Beam width": the letter is for the formulas. The budget is that of so many attempts. */
const shortLabel = ({ name, label }) => (name === "n" ? "Attempts" : label.replace(/ [A-Za-z]$/, ""));

/** What M comes to: " (keeps 2)" of N = 8 with M = 4. */
export function widthWords(strategy, name, n, width) {
  const paths = Math.floor(Number(n) / Number(width));
  if (name !== "beam_width" || !(paths >= 1 && Number.isFinite(paths))) return "";
  if (strategy === "beam_search") return ` (keeps ${paths})`;
  return strategy === "dvts" ? ` (${paths} ${paths === 1 ? "subtree" : "subtrees"})` : "";
}

function valueWords({ kind, choices }, value) {
  if (kind === "boolean") return value ? "on" : "off";
  if (value === null || value === undefined) return "empty";
  return kind === "choice" ? (choices[value] ?? String(value)).toLowerCase() : String(value);
}

const MOST_LETTERS = 24;
const shorten = (text) => {
  const line = String(text ?? "").replace(/\s+/g, " ").trim();
  return line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS).trimEnd()}…` : line;
};
