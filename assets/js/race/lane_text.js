// A lane in one line, "beam_search n=8 verifier=large", and a race as a link. As the command line
// writes lanes: `search_core/race/lane_text.py` reads them. Pure.

const MOST_RUNS = 4;

/** @returns {{strategy: string, values: Object<string, string>}} */
export function readLane(text) {
  const [strategy = "", ...words] = text.trim().split(/\s+/);
  const values = {};
  for (const word of words) {
    const at = word.indexOf("=");
    if (at > 0) values[word.slice(0, at)] = decoded(word.slice(at + 1));
  }
  return { strategy, values };
}

export function writtenLane({ strategy, values }) {
  const words = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return [strategy, ...words].join(" ");
}

/** The race as a query: the same race for whoever opens it. Runs that are only held against each other
 *  have no lanes to begin anew; they are named themselves. */
export function raceQuery({ problem, answer, seed, lanes }, runs = []) {
  if (!lanes.length) return new URLSearchParams({ runs: runs.join(",") });
  const query = new URLSearchParams({ problem, seed: String(seed) });
  if (answer) query.set("answer", answer);
  for (const lane of lanes) query.append("lane", lane);
  if (runs.length) query.set("runs", runs.join(","));
  return query;
}

/**
 * The race that an address asks for, and the runs of it that it names; null: none. Without lanes, runs
 * that are there already are held against each other.
 */
export function raceIn(search) {
  const query = new URLSearchParams(search);
  const problem = query.get("problem");
  const lanes = query.getAll("lane");
  const runs = (query.get("runs") ?? "").split(",").filter((run) => run);
  if (!lanes.length && runs.length > 1) return { problem: "", answer: "", seed: "0", lanes, runs: runs.slice(0, MOST_RUNS) };
  if (!problem || !lanes.length) return null;
  return { problem, answer: query.get("answer") ?? "", seed: query.get("seed") ?? "0", lanes, runs };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // the server says what is wrong with it
  }
}
