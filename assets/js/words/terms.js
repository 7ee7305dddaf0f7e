// Which words of the panels are terms of the glossary, `assets/glossary.json`. Pure.

const LABELS = {
  Answer: "answer",
  Solutions: "solution",
  Reference: "reference_answer",
  Majority: "majority_vote",
  Weighted: "weighted_vote",
  Best: "best_score",
  Strategy: "strategy",
  Solver: "solver",
  Verifier: "verifier",
  Seed: "seed",
  N: "budget",
  "Beam width": "beam_width",
  Aggregate: "aggregate",
  Judge: "vote",
  Lookahead: "rollout",
  Temperature: "temperature",
  "Top p": "top_p",
  "Tokens written": "generated",
  "Prompt tokens computed": "prefilled",
  "Prompt tokens reused": "reused",
  "Tokens of the verifier": "token",
  "Log-probability": "log_probability",
  Visits: "visits",
  Value: "value",
  Weight: "weight",
  Copies: "particle",
  "Effective sample size": "effective_sample_size",
  "Its scores in one number": "aggregate",
  "The path so far": "path",
  "Judged by the end of its rollout": "rollout",
};

const STORY = {
  "best score": "best_score",
  budget: "budget",
  cut: "cut_off",
  cuts: "cut_off",
  duplicate: "merged",
  duplicates: "merged",
  kept: "kept",
  "majority vote": "majority_vote",
  pruned: "pruned",
  rollouts: "rollout",
  Round: "round",
  scored: "candidate",
  visits: "visits",
  "weighted vote": "weighted_vote",
};
const IN_STORY = new RegExp(`\\b(${Object.keys(STORY).sort((a, b) => b.length - a.length).join("|")})\\b`, "g");

/** The term that a label of a panel stands for; null where it is none. */
export const termOf = (label) => LABELS[label] ?? null;

/** The term for a state in the picture. */
export const stateTerm = (state) => (state === "completed" ? LABELS.Solutions : state);

/**
 * A sentence of the story in parts; each term is marked once, where it comes first.
 *
 * @returns {{text: string, term: ?string}[]}
 */
export function storyTerms(sentence) {
  const seen = new Set();
  return sentence.split(IN_STORY).map((text, place) => {
    const term = place % 2 ? STORY[text] : null;
    if (!term || seen.has(term)) return { text, term: null };
    seen.add(term);
    return { text, term };
  });
}
