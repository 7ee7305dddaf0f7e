// Verify: scores and what an aggregate makes of them, in numbers that one can follow.

const MOST_FACTORS = 8;

/** "0.91"; very small ones keep two digits that say something: "0.0042", "3e−7". */
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && value < 0.001) return value.toExponential(0).replace("-", "−");
  return value < 0.0995 && value > 0 ? value.toPrecision(2).replace(/0+$/, "") : value.toFixed(2);
}

/** A change with its sign: "+0.12", "−0.40", "±0.00". */
export function signed(change) {
  const size = Math.abs(change).toFixed(2);
  if (size === "0.00") return "±0.00";
  return (change < 0 ? "−" : "+") + size;
}

/** How an aggregate comes to its value: "0.91 × 0.42 = 0.38". */
export function arithmetic(how, scores, value) {
  const known = scores.filter((score) => score !== null);
  if (!known.length || value === undefined) return "no score";
  const few = known.map(shown);
  const listed =
    few.length > MOST_FACTORS ? [...few.slice(0, 3), "…", ...few.slice(-2)] : few;
  const result = shown(value);
  if (how === "last") return `the last: ${result}`;
  if (how === "min") return `min(${listed.join(", ")}) = ${result}`;
  if (how === "prod") return `${listed.join(" × ")} = ${result}`;
  return `(${listed.join(" + ")}) ÷ ${known.length} = ${result}`;
}
