// Maths as plain letters, for the ear, for the outline and wherever nothing can be typeset: LaTeX's
// commonest commands as the signs that they stand for. What is not known stays as it was written.

import { shorten } from "./format.js";
import { splitMaths } from "../dom/maths.js";

const SIGNS = {
  ...{ times: "×", cdot: "·", div: "÷", pm: "±", mp: "∓", ast: "*", star: "⋆", circ: "∘" },
  ...{ le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠", approx: "≈", equiv: "≡", sim: "∼" },
  ...{ to: "→", rightarrow: "→", Rightarrow: "⇒", implies: "⇒", iff: "⇔", leftarrow: "←", mapsto: "↦" },
  ...{ in: "∈", notin: "∉", subset: "⊂", subseteq: "⊆", cup: "∪", cap: "∩", emptyset: "∅", varnothing: "∅" },
  ...{ infty: "∞", pi: "π", alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", varepsilon: "ε" },
  ...{ theta: "θ", lambda: "λ", mu: "μ", sigma: "σ", tau: "τ", phi: "φ", varphi: "φ", omega: "ω", rho: "ρ" },
  ...{ Delta: "Δ", Sigma: "Σ", Omega: "Ω", Pi: "Π", Phi: "Φ", Gamma: "Γ", Theta: "Θ", Lambda: "Λ" },
  ...{ sum: "∑", prod: "∏", int: "∫", partial: "∂", nabla: "∇", forall: "∀", exists: "∃", neg: "¬" },
  ...{ land: "∧", lor: "∨", wedge: "∧", vee: "∨", dots: "…", ldots: "…", cdots: "⋯", degree: "°" },
  ...{ quad: " ", qquad: " ", left: "", right: "", displaystyle: "", limits: "", therefore: "∴" },
};
const RAISED = { 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹", "-": "⁻", "+": "⁺", n: "ⁿ" };
const LOWERED = { 0: "₀", 1: "₁", 2: "₂", 3: "₃", 4: "₄", 5: "₅", 6: "₆", 7: "₇", 8: "₈", 9: "₉" };
const MOST_ROUNDS = 6;

/** Whether a text that is an answer was written in LaTeX. */
const isLatex = (text) => /\\[A-Za-z%,;!{}()[\]]|\^/.test(text);

/** An answer as a text for `writeMaths`: LaTeX without delimiters gets them. */
export function answerMaths(answer) {
  if (!isLatex(answer) || /\\\(|\\\[|\$\$/.test(answer)) return answer;
  return `\\(${answer}\\)`;
}

/**
 * An answer in a sentence or a table, for `writeMaths`: at most so many characters. A formula that
 * is cut cannot be set, so it is plain letters then.
 */
export function answerWords(answer, most) {
  const plain = plainMaths(answer).replace(/\s+/g, " ");
  return plain.length <= most ? answerMaths(answer.replace(/\s+/g, " ")) : shorten(plain, most);
}

/** A text with its LaTeX as plain letters: "12 \times 3" becomes "12 × 3". */
export function plainMaths(text) {
  const parts = splitMaths(text);
  if (!parts.some(({ maths }) => maths)) return isLatex(text) ? plainFormula(text) : text;
  return parts.map((part) => (part.maths ? plainFormula(part.text) : part.text)).join("");
}

function plainFormula(formula) {
  let plain = formula;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = plain;
    plain = plain
      .replace(/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, (_, above, below) => `${group(above)}/${group(below)}`)
      .replace(/\\[dt]?frac\s*(\d)\s*(\d)/g, "$1/$2")
      .replace(/\\sqrt\s*\{([^{}]*)\}/g, (_, inside) => `√${group(inside)}`)
      .replace(/\\(?:text|textbf|textit|mathrm|mathbf|mathit|mathbb|mathcal|operatorname|boxed|mbox)\s*\{([^{}]*)\}/g, "$1")
      .replace(/\^\s*\\circ/g, "°")
      .replace(/\^\s*\{([^{}]*)\}|\^\s*(\w)/g, (_, many, one) => script(many ?? one, RAISED, "^"))
      .replace(/_\s*\{([^{}]*)\}|(?<=[\p{L})])_(\d)/gu, (_, many, one) => script(many ?? one, LOWERED, "_"));
    if (plain === before) break;
  }
  return plain
    .replace(/\\([A-Za-z]+)\s?/g, (all, name) => (Object.hasOwn(SIGNS, name) ? spaced(SIGNS[name], all) : all))
    .replace(/\\[,;:! ]/g, " ")
    .replace(/\\([%$&#_{}])/g, "$1")
    .replace(/(?<!\\)[{}]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** A sign keeps the space that ended its command where it stands between two terms. */
const spaced = (sign, command) => (/\s$/.test(command) && sign ? `${sign} ` : sign);
/** What is more than one term keeps together. */
const group = (inside) => (/^[\p{L}\d.]*$/u.test(inside.trim()) ? inside.trim() : `(${inside.trim()})`);

function script(inside, letters, mark) {
  const text = inside.trim();
  if (text && [...text].every((letter) => Object.hasOwn(letters, letter))) return [...text].map((letter) => letters[letter]).join("");
  return `${mark}${group(text)}`;
}
