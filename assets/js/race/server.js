// What the page asks the server, and the sentence where it refuses.

const ASKED_HERE = { "X-Espalier": "compare" };

/** A refusal: the sentence, and which field of which lane is meant. */
class Refused extends Error {
  constructor({ why, field = "", lane = null }) {
    super(why ?? "The server refused this. Try again.");
    this.field = field;
    this.lane = lane;
  }
}

async function asked(address, options) {
  let reply;
  try {
    reply = await fetch(address, options);
  } catch {
    throw new Refused({ why: "The server cannot be reached. Try again in a moment." });
  }
  const text = await reply.text();
  let values = null;
  try {
    values = JSON.parse(text);
  } catch {
    throw new Refused({ why: text.slice(0, 300) || "The server does not answer. Try again." });
  }
  if (!reply.ok) throw new Refused(values);
  return values;
}

const post = (address) => asked(address, { method: "POST", headers: ASKED_HERE });
const joined = (names) => names.map(encodeURIComponent).join(",");

export const startRace = (query) => post(`race?${query}`);
export const laneEvents = (runs, since) => asked(`events?runs=${joined(runs)}&since=${since.join(",")}`);
export const raceTable = (runs) => asked(`table?runs=${joined(runs)}`);
export const stopRace = (runs) => post(`stop?runs=${joined(runs)}`);
export const startTrials = (query) => post(`trials?${query}`);
export const trialsNow = (id) => asked(`trials/${encodeURIComponent(id)}`);
export const stopTrials = (id) => post(`trials/${encodeURIComponent(id)}/stop`);
