// Labels the mistakes of a report: was the verifier wrong, is the label wrong, or is it unclear? By keys
// or buttons, with undo, kept in the browser, and saved as rows that labelled files are read from.
// It stands in the report itself, which is one file: so it imports nothing.

const JUDGEMENTS = { v: "verifier wrong", l: "label wrong", u: "unclear" };
const RIGHT_FROM = 0.5;
const MOVES = { ArrowDown: 1, ArrowUp: -1 };
const KEYS =
  "With a mistake in focus: V verifier wrong, L label wrong, U unclear, Z undo, J next, K before, M next that is not judged, ↑ and ↓ without opening.";

/** What was judged, and the way back. `kept` is what was stored, or nothing. */
export class Judged {
  constructor(kept = null) {
    this.labels = kept?.labels ?? {};
    this.before = kept?.before ?? [];
  }

  set(key, judgement) {
    this.before.push([key, this.labels[key] ?? null]);
    if (judgement === null || this.labels[key] === judgement) delete this.labels[key];
    else this.labels[key] = judgement;
  }

  /** @returns {?string} the mistake that stands as it stood before; null: there is nothing to undo. */
  undo() {
    const last = this.before.pop();
    if (!last) return null;
    const [key, judgement] = last;
    if (judgement === null) delete this.labels[key];
    else this.labels[key] = judgement;
    return key;
  }
}

/**
 * A labelled row of what a person judged: the file's labels, but for the one that was judged. Where the
 * label is wrong it is turned round; where it is unclear nobody knows it.
 */
export function rowOf(mistake, verifier, judgement) {
  const { id, problem, steps, step, label, family, category } = mistake;
  const turned = label >= RIGHT_FROM ? 0 : 1;
  const said = { "verifier wrong": label, "label wrong": turned, unclear: null }[judgement];
  const labels = mistake.labels.length ? [...mistake.labels] : steps.map(() => null);
  const row = { id, problem, steps, labels, scores: { [verifier]: mistake.scores }, judgement };
  if (step === null) row.answer_right = said === null ? null : said >= RIGHT_FROM;
  else labels[step] = said;
  if (family) row.family = family;
  if (category) row.category = category;
  return row;
}

/** All rows that were judged, as JSON lines. One mistake of each solution is listed, so no row comes twice. */
export function linesOf(cards, labels) {
  const rows = Object.entries(cards).flatMap(([verifier, { anchor, mistakes }]) =>
    mistakes.flatMap((mistake, at) => {
      const judgement = labels[keyOf(anchor, at)];
      return judgement && mistake ? [{ ...rowOf(mistake, verifier, judgement), id: `${mistake.id} (${verifier})` }] : [];
    }),
  );
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

const keyOf = (anchor, at) => `${anchor}/${at}`;

function begin(page) {
  const source = page.getElementById("mistakes");
  if (!source) return;
  const { report, cards } = JSON.parse(source.textContent);
  const place = `espalier-labels:${report}`;
  const judged = new Judged(stored(place));
  const places = [...page.querySelectorAll("details.mistake[data-key]")];
  const bars = [...page.querySelectorAll(".labelling")].map((bar) => fillBar(page, bar, () => undo(), () => save()));
  for (const details of places) addButtons(page, details, (judgement) => label(details, judgement));
  let kept = true;

  function label(details, judgement) {
    judged.set(details.dataset.key, judgement);
    show();
  }

  function undo() {
    const key = judged.undo();
    const details = places.find(({ dataset }) => dataset.key === key);
    show();
    details?.querySelector("summary").focus();
  }

  function save() {
    const blob = new Blob([linesOf(cards, judged.labels)], { type: "application/x-ndjson" });
    const link = page.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "labels.jsonl";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function show() {
    kept = store(place, judged);
    for (const details of places) {
      const judgement = judged.labels[details.dataset.key] ?? "";
      details.querySelector(".judgement").textContent = judgement ? ` · ${judgement}` : "";
      for (const button of details.querySelectorAll(".judge")) button.setAttribute("aria-pressed", String(button.value === judgement));
    }
    const count = Object.keys(judged.labels).length;
    const where = kept ? "Kept in this browser." : "This browser keeps nothing: save them before you close the page.";
    for (const bar of bars) bar.tell(`${count} of ${places.length} judged. ${count ? `${where} ` : ""}${KEYS}`, count, judged.before.length);
  }

  page.addEventListener("keydown", (event) => {
    const details = event.target.closest?.("details.mistake[data-key]");
    if (!details || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (JUDGEMENTS[key]) label(details, JUDGEMENTS[key]);
    else if (key === "z") undo();
    else if (key === "j" || key === "k") go(details, key === "j" ? 1 : -1);
    else if (key === "m") go(details, ahead(places, details, (each) => !judged.labels[each.dataset.key]));
    else if (MOVES[event.key] && event.target.matches("summary")) focus(details, MOVES[event.key]);
    else return;
    event.preventDefault();
  });

  /** What was opened is looked at: all of it where it fits, its head where it does not. */
  for (const details of places) {
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      const room = page.documentElement.clientHeight;
      details.scrollIntoView({ block: details.offsetHeight > room ? "start" : "nearest" });
    });
  }

  function go(details, by) {
    const next = focus(details, by);
    if (!next) return;
    details.open = false;
    next.open = true;
  }

  /** The mistake that stands so many places on, in focus; what it is folded in is opened. */
  function focus(details, by) {
    const next = by ? places[places.indexOf(details) + by] : null;
    if (!next) return null;
    for (let fold = next.parentElement.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    next.querySelector("summary").focus();
    return next;
  }

  oneStopEach(page, places);

  show();
}

/** How many places on the next one is of which `wanted` holds, round the end; 0: there is none. */
export function ahead(places, from, wanted) {
  const at = places.indexOf(from);
  const order = [...places.slice(at + 1), ...places.slice(0, at)];
  const next = order.find(wanted);
  return next ? places.indexOf(next) - at : 0;
}

/** Each list of mistakes is one stop for the Tab key: the mistake that was in focus last. */
function oneStopEach(page, places) {
  const lists = new Map();
  for (const each of places) lists.set(each.parentElement, [...(lists.get(each.parentElement) ?? []), each]);
  const stop = (chosen) => {
    for (const each of lists.get(chosen.parentElement)) each.querySelector("summary").tabIndex = each === chosen ? 0 : -1;
  };
  for (const [first] of lists.values()) stop(first);
  page.addEventListener("focusin", ({ target }) => {
    const details = target.closest?.("details.mistake[data-key]");
    if (details) stop(details);
  });
}

function addButtons(page, details, onJudge) {
  const badge = page.createElement("strong");
  badge.className = "judgement";
  details.querySelector("summary").append(badge);
  const row = page.createElement("p");
  row.className = "judges";
  for (const [key, judgement] of Object.entries(JUDGEMENTS)) {
    const button = page.createElement("button");
    Object.assign(button, { type: "button", className: "judge", value: judgement });
    button.textContent = `${judgement[0].toUpperCase()}${judgement.slice(1)}`;
    button.title = `Key ${key.toUpperCase()}`;
    button.addEventListener("click", () => onJudge(judgement));
    row.append(button);
  }
  details.querySelector("summary").after(row);
}

function fillBar(page, bar, onUndo, onSave) {
  const told = page.createElement("span");
  told.setAttribute("role", "status");
  const made = [
    ["Undo", onUndo],
    ["Save the labels", onSave],
  ].map(([text, act]) => {
    const button = page.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  });
  bar.replaceChildren(told, ...made);
  bar.hidden = false;
  return {
    tell(text, count, back) {
      told.textContent = text;
      made[0].disabled = !back;
      made[1].disabled = !count;
    },
  };
}

function stored(place) {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "null");
    const whole = kept && typeof kept.labels === "object" && Array.isArray(kept.before);
    return whole ? kept : null;
  } catch {
    return null; // nothing is kept here, or somebody else wrote it
  }
}

function store(place, { labels, before }) {
  try {
    localStorage.setItem(place, JSON.stringify({ labels, before: before.slice(-500) }));
    return true;
  } catch {
    return false; // the page says so
  }
}

if (typeof document !== "undefined") begin(document);
