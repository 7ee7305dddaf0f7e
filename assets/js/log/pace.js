// The pace at which a log is shown: so many rounds a second, or as fast as it happened. Pure, but for
// the choice that the browser remembers.

/** At the usual pace a round takes about a second, however many events it has. */
const ROUND_MS = 1000;
/** A run of many rounds is shown faster, so that at the usual pace it takes no longer than this. */
const LONGEST_MS = 20000;
/** Times the usual pace. */
export const PACES = [0.5, 1, 2, 4, 8];
/** The choice not to slow anything down. */
export const AS_IT_HAPPENS = "as it happens";
export const USUAL_PACE = 1;
const CHOICES = new Map([...PACES, AS_IT_HAPPENS].map((pace) => [String(pace), pace]));
const REMEMBERED = "espalier-pace";

/** The pace of this name; null where there is none. */
export const paceOf = (name) => CHOICES.get(name) ?? null;

/**
 * The pace that the address asks for, or the one that was chosen here before.
 *
 * @param {string} search - the address's query.
 * @param {?Storage} storage - null: the browser remembers nothing.
 */
export function chosenPace(search, storage) {
  return paceOf(new URLSearchParams(search).get("pace")) ?? paceOf(recall(storage)) ?? USUAL_PACE;
}

/** Remember a choice; a browser that refuses to loses only that. */
export function rememberPace(pace, storage) {
  try {
    storage?.setItem(REMEMBERED, String(pace));
  } catch {
    // Full, or closed to this page: the choice holds until the page is left.
  }
}

function recall(storage) {
  try {
    return storage?.getItem(REMEMBERED) ?? null;
  } catch {
    return null;
  }
}

/** How many rounds of this run `ms` milliseconds are worth, at this multiple of the usual pace. */
export function roundsIn(ms, pace, { segments }) {
  return (ms * pace * Math.max(1, (segments.length * ROUND_MS) / LONGEST_MS)) / ROUND_MS;
}

/**
 * Move on in this round, at most to its end: every end of a round is shown, however late the frames.
 * The header alone is nothing to look at, and costs nothing.
 *
 * @param {import("./rounds.js").Rounds} rounds
 * @param {number} position - in events; between two of them as well.
 * @param {number} budget - in rounds.
 * @returns {{position: number, left: number}} `left` is what is over of the budget.
 */
export function advance(rounds, position, budget) {
  const end = rounds.segments.at(-1)?.cursor ?? 0;
  let left = budget;
  while (position < end) {
    const { kind, from, cursor } = rounds.segments[rounds.indexAt(Math.floor(position) + 1)];
    const needed = kind === "start" ? 0 : (cursor - position) / (cursor - from);
    if (needed > left) return { position: position + left * (cursor - from), left: 0 };
    position = cursor;
    left -= needed;
    if (kind !== "start") break;
  }
  return { position, left };
}
