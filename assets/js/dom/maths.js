// Maths in steps: text between \( \), \[ \] or $$ $$ goes through KaTeX, all else stays text.
//
// Single dollars are left alone: models write prices and stray dollars, and pairing them eats
// text. KaTeX is loaded only when a text has maths in it, runs with trust off and with bounded
// sizes, and whatever it cannot read is shown as the plain text that it was.

const DELIMITERS = [
  ["\\(", "\\)", false],
  ["\\[", "\\]", true],
  ["$$", "$$", true],
];
const MOST_FORMULA = 2000;
const MOST_FORMULAS = 200;
const OPTIONS = { throwOnError: true, trust: false, strict: "ignore", maxSize: 10, maxExpand: 200 };

/** Formulas that were set lately: a picture that moves shows the same ones again and again. */
const MOST_KNOWN = 500;
const known = new Map();

let folder = "";
let loading = null;
/** KaTeX, once it is here. */
let typesetter = null;

/** Tell where KaTeX lies: the URL of the folder with katex.min.js. */
export function setMathsFolder(url) {
  folder = url;
}

/** @returns {{text: string, raw: string, maths: boolean, display: boolean}[]} `raw`: with its delimiters. */
export function splitMaths(text) {
  const parts = [];
  let plain = 0;
  let from = 0;
  let found = 0;
  while (found < MOST_FORMULAS) {
    const next = nextFormula(text, from);
    if (!next) break;
    if (next.end - next.start > MOST_FORMULA) {
      from = next.start;
      continue;
    }
    if (next.open > plain) parts.push(plainPart(text.slice(plain, next.open)));
    const raw = text.slice(next.open, next.after);
    parts.push({ text: text.slice(next.start, next.end), raw, maths: true, display: next.display });
    plain = from = next.after;
    found += 1;
  }
  if (plain < text.length) parts.push(plainPart(text.slice(plain)));
  return parts;
}

const plainPart = (text) => ({ text, raw: text, maths: false, display: false });

function nextFormula(text, from) {
  let best = null;
  for (const [opening, closing, display] of DELIMITERS) {
    const open = text.indexOf(opening, from);
    if (open < 0 || (best && open >= best.open)) continue;
    const start = open + opening.length;
    const end = text.indexOf(closing, start);
    if (end > start) best = { open, start, end, after: end + closing.length, display };
  }
  return best;
}

/**
 * Write text into an element, its maths rendered as soon as KaTeX is there. The text's own script
 * says where it begins.
 *
 * @param {() => void} [onTypeset] - called when maths that had to wait has been set, and the
 *   element may have another size.
 */
export function writeMaths(element, text, onTypeset) {
  element.dir = "auto";
  element.textContent = text;
  const parts = splitMaths(text);
  if (!parts.some((part) => part.maths)) return;
  const typeset = (katex) => element.replaceChildren(...parts.map((part) => render(katex, part)));
  if (typesetter) {
    typeset(typesetter);
    return;
  }
  load().then((katex) => {
    if (!katex || element.textContent !== text) return;
    typeset(katex);
    onTypeset?.();
  });
}

function render(katex, { text, maths, display }) {
  if (!maths) return document.createTextNode(text);
  const key = `${display}|${text}`;
  if (!known.has(key)) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, typesetFormula(katex, text, display));
  }
  return known.get(key).cloneNode(true);
}

function typesetFormula(katex, text, display) {
  const span = document.createElement("span");
  span.dir = "ltr"; // also in the middle of a text that runs from right to left
  try {
    katex.render(text, span, { ...OPTIONS, displayMode: display });
  } catch {
    span.textContent = text;
  }
  return span;
}

function load() {
  // A page of its own has it inside, with its style sheet.
  typesetter ??= globalThis.katex ?? null;
  if (typesetter) return Promise.resolve(typesetter);
  loading ??= new Promise((resolve) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = `${folder}katex.min.css`;
    document.head.append(style);
    // The build for browsers defines a global; importing it runs it once.
    import(`${folder}katex.min.js`).then(
      () => resolve((typesetter = globalThis.katex ?? null)),
      () => resolve(null),
    );
  });
  return loading;
}
