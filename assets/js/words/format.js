// Numbers and texts as people read them. Pure.

/** A score in [0, 1] with two decimals, small ones with up to four; "not scored" for null. */
export function score(value) {
  if (value === null || value === undefined) return "not scored";
  return value.toFixed(value === 0 || value >= 0.0995 ? 2 : value >= 0.00995 ? 3 : 4);
}

/** A score beside another one: where they differ they look different, with up to six decimals. */
export function scoreBeside(value, other) {
  if (value === null || value === undefined) return "not scored";
  let digits = score(value).length - 2;
  while (
    digits < 6 &&
    other !== null &&
    other !== undefined &&
    value !== other &&
    value.toFixed(digits) === other.toFixed(digits)
  )
    digits += 1;
  return value.toFixed(digits);
}

/** A signed difference, e.g. "+0.12", with a true minus sign. */
export function signed(value) {
  let digits = 2;
  while (digits < 6 && value !== 0 && Number(value.toFixed(digits)) === 0) digits += 1;
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
}

/** A count with thousands separated: "12,345". */
export function count(value) {
  return String(Math.round(value)).replace(THOUSANDS, ",");
}
/** Between groups of three digits. The browser's own way takes 10 ms to begin with. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** "1 step", "12 steps"; an irregular plural can be given. */
export function plural(value, word, many = `${word}s`) {
  return `${count(value)} ${value === 1 ? word : many}`;
}

/** FLOPs with an SI prefix: "3.2 GFLOPs"; "unknown" for 0, which the log uses for unknown. */
export function flops(value) {
  if (!value) return "unknown";
  const prefixes = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
  const power = Math.max(0, Math.min(prefixes.length - 1, Math.floor(Math.log10(value) / 3)));
  return `${(value / 1000 ** power).toPrecision(3)} ${prefixes[power]}FLOPs`;
}

/** Seconds: "0.42 s", "12 s", "2 min 5 s". */
export function seconds(value) {
  if (value < 9.995) return `${value.toFixed(2)} s`;
  const whole = Math.round(value);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A share of a whole as a percentage: "37 %". */
export function percent(part, whole) {
  const share = whole > 0 ? (100 * part) / whole : 0;
  if (share > 0 && share < 1) return "under 1 %";
  return `${share > 99 && share < 100 ? "over 99" : Math.round(share)} %`;
}

/** At most `limit` characters, with an ellipsis where something was left out. */
export function shorten(text, limit) {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).trimEnd()}…`;
}

/** "a", "a and b", "a, b and c". */
export function list(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A machine name as people write it: "beam_search" becomes "Beam search". */
export function readable(name) {
  return capital(String(name).replaceAll("_", " "));
}

/** The first letter as a capital. */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Values of options are said as in the form: switches are on or off, choices are words. */
export function inWords(value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (value === null || value === undefined) return "not given";
  return typeof value === "string" ? readable(value).toLowerCase() : String(value);
}
