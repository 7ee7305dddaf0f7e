// Synthetic event logs, valid against search_core/log/events.py, for tests and benchmarks of the page.

/** A small seeded generator of numbers in [0, 1), so that every log can be made again. */
function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function header(options = {}, strategy = "beam_search") {
  return {
    kind: "started",
    format: "espalier-trace",
    version: 1,
    run: "synthetic",
    problem: {
      text: "Ada has 3 boxes of 8 pencils. She gives 4 away. How many are left?",
      answer: "20",
      family: "word",
      level: 2,
    },
    solver: { name: "tiny-solver", revision: "abc", parameters: 1000000, dtype: "float16", device: "cpu" },
    verifier: { name: "tiny-verifier", revision: "def", parameters: 1000000, dtype: "float16", device: "cpu" },
    strategy,
    options: { max_steps: 12, n: 16, aggregate: "last", judge: "weighted", beam_width: 4, ...options },
    sampling: { temperature: 0.8, top_p: 1, max_step_tokens: 96 },
    seed: 7,
    limits: { nodes: 20000, tokens: 1000000, seconds: 600 },
    created: "2026-01-01T00:00:00Z",
  };
}

/**
 * A beam search's log: `n` paths, the best n / width kept in each of `rounds` rounds.
 *
 * @param {{n?: number, width?: number, rounds?: number, seed?: number, text?: (id: string) => string}} shape
 */
export function beamLog({ n = 16, width = 4, rounds = 4, seed = 1, text = null } = {}) {
  const next = random(seed);
  const events = [];
  const aggregates = new Map();
  const children = new Map();
  const add = (kind, fields) =>
    events.push({ seq: events.length, t: Number((events.length * 0.01).toFixed(4)), ...fields, kind });
  const { kind, ...start } = header({ n, beam_width: width });
  add(kind, start);
  let beam = ["root"];
  const solutions = [];
  for (let round = 1; round <= rounds; round += 1) {
    const ids = Array.from({ length: n }, (_, i) => {
      const parent = beam[i % beam.length];
      const index = children.get(parent) ?? 0;
      children.set(parent, index + 1);
      return [parent, parent === "root" ? String(index) : `${parent}.${index}`];
    });
    for (const [, id] of ids) {
      const fields = {
        id,
        text: text?.(id) ?? `Step ${round} by ${id}: 3 × 8 = 24, and ${24 - round} are left.`,
        tokens: 12,
        logprob: -3.5,
        prefilled: 20,
        reused: 4,
        flops: 2e7,
      };
      if (round === rounds) fields.ended = "end";
      add("sampled", fields);
    }
    add("spent", {
      round,
      call: "sample",
      requests: n,
      generated: 12 * n,
      prefilled: 20 * n,
      reused: 4 * n,
      solver_flops: 2e7 * n,
      seconds: 0.05,
    });
    for (const [, id] of ids) {
      const score = Number(next().toFixed(6));
      aggregates.set(id, score);
      add("scored", { id, score, tokens: 30, flops: 3e7 });
    }
    add("spent", { round, call: "score", requests: n, verified: 30 * n, verifier_flops: 3e7 * n, seconds: 0.03 });
    const order = ids.map(([, id]) => id).sort((a, b) => aggregates.get(b) - aggregates.get(a));
    if (round === rounds) {
      for (const id of order) {
        const group = Math.floor(next() * 3);
        solutions.push({ id, group, answer: ["20", "24", "16"][group] });
        add("completed", { id, answer: ["20", "24", "16"][group], group });
      }
    } else {
      beam = decide(add, order, aggregates, Math.max(1, Math.floor(n / width)), round, ids);
    }
  }
  return finish(add, events, solutions, aggregates);
}

function decide(add, order, aggregates, keep, round, ids) {
  const kept = order.slice(0, keep);
  const cutoff = aggregates.get(kept.at(-1));
  const verdict = (id, i) => [id, i + 1, Number((aggregates.get(id) - cutoff).toFixed(6))];
  const verdicts = order.map(verdict);
  const merged = order.length > keep + 2 ? order.at(-1) : null;
  if (merged) add("merged", { id: merged, into: kept[0] });
  add("decided", {
    round,
    rule: "top_k",
    why: `Beam search keeps the ${keep} best of each round by last score.`,
    cutoff,
    kept: verdicts.slice(0, keep),
    pruned: verdicts.slice(keep).filter(([id]) => id !== merged),
  });
  return ids.map(([, id]) => id).filter((id) => kept.includes(id));
}

function finish(add, events, solutions, aggregates) {
  const groups = new Map();
  for (const solution of solutions) groups.set(solution.group, [...(groups.get(solution.group) ?? []), solution]);
  const methods = {
    majority: (members) => members.length,
    weighted: (members) => members.reduce((sum, { id }) => sum + aggregates.get(id), 0),
    best: (members) => Math.max(...members.map(({ id }) => aggregates.get(id))),
  };
  let outcome = null;
  for (const [method, count] of Object.entries(methods)) {
    const tally = [...groups]
      .map(([group, members]) => [group, members[0].answer, Number(count(members).toFixed(6)), members.length])
      .sort((a, b) => b[2] - a[2]);
    const chosen = groups
      .get(tally[0][0])
      .reduce((best, solution) => (aggregates.get(solution.id) > aggregates.get(best.id) ? solution : best));
    add("voted", { method, tally, chosen: chosen.id });
    if (method === "weighted") outcome = chosen;
  }
  const right = solutions.filter(({ answer }) => answer === "20").map(({ id }) => id);
  add("graded", { right, wrong: solutions.map(({ id }) => id).filter((id) => !right.includes(id)) });
  add("finished", { status: "completed", method: "weighted", chosen: outcome.id, answer: outcome.answer });
  return events;
}
