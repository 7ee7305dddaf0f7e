// The steps that the solver is writing right now. They are told beside the log and belong to the
// moment: a replay has none, and what has become a step of the tree is none any more.

import { parentOf } from "./tree.js";

const ID = /^\d+(\.\d+)*$/;
const MOST = 1024;
const LONGEST_ID = 2000;

/** What was told last: a role, and the tokens so far by id, in the order of the call. */
export class Writing {
  constructor(role = "step", tokens = new Map()) {
    this.role = role;
    this.tokens = tokens;
  }

  /** Whether another one speaks of the same steps, whatever their counts. */
  alike(other) {
    if (this.role !== other.role || this.tokens.size !== other.tokens.size) return false;
    const mine = this.tokens.keys();
    for (const id of other.tokens.keys()) if (id !== mine.next().value) return false;
    return true;
  }

  /** What of it is no step of this tree yet, but will be one below a step that is there. */
  of({ nodes }) {
    const coming = [...this.tokens].filter(([id]) => !nodes.has(id) && nodes.has(parentOf(id)));
    return coming.length === this.tokens.size ? this : new Writing(this.role, new Map(coming));
  }
}

export const NOTHING = new Writing();

/**
 * What a log goes on to write in the call that it is in the middle of at the cursor: these steps
 * were asked for together with the newest one, and are not there yet.
 *
 * @param {Object[]} events - the whole log.
 * @param {number} cursor
 */
export function expected(events, cursor) {
  const newest = events[cursor - 1];
  if (newest?.kind !== "sampled") return NOTHING;
  const role = newest.role ?? "step";
  const tokens = new Map();
  for (let at = cursor; events[at]?.kind === "sampled" && tokens.size < MOST; at += 1)
    if ((events[at].role ?? "step") === role) tokens.set(events[at].id, 0);
  return tokens.size ? new Writing(role, tokens) : NOTHING;
}

/** From JSON `{role, tokens: [[id, tokens], …]}`; null where it is torn. */
export function parseWriting(text) {
  if (typeof text !== "string") return null;
  try {
    const { role, tokens } = JSON.parse(text);
    const known = new Map();
    for (const [id, count] of tokens.slice(0, MOST))
      if (typeof id === "string" && id.length < LONGEST_ID && ID.test(id))
        known.set(id, Number.isSafeInteger(count) && count > 0 ? count : 0);
    return new Writing(role === "rollout" ? role : "step", known);
  } catch {
    return null;
  }
}
