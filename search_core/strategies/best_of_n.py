"""Best-of-N: N independent solutions, judged when they are finished."""

from __future__ import annotations

from search_core.strategies.base import (
    Choose,
    Complete,
    NodeView,
    Plan,
    Sample,
    Score,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.endings import EndingOptions


def plan(root: NodeView, options: EndingOptions) -> Plan:
    """Sample N solutions, score each once, and choose.

    Source: search-and-learn `best_of_n`; arXiv 2408.03314 section 5. The reference's `pred` is
    the solution of the best score, as `judge` "best" is here. Deliberate difference: solutions
    without an end are marked and have no vote.
    Weighted and majority votes over the same solutions have the place of its `pred_weighted`
    and `pred_maj`, and are not the same numbers. Those, and `pred_naive`, weigh by the last
    step's score whatever aggregate the search used (here: by the aggregate, so that the weights
    are the same with "last" alone), over the first 1, 2, 4, … solutions. An answer is what
    their own parser extracts, which falls back on the last number of the text, and a solution
    without any votes for an empty answer. Answers are one where their simplified LaTeX is the
    same text (here: where they are equal, `search_core.answers`).
    """
    leaves = yield Sample((root,) * options.n, to_end=True, max_steps=options.max_steps)
    solutions = tuple(leaf for leaf in leaves if options.ended(leaf))
    yield Complete(solutions)
    yield from cut_off(leaf for leaf in leaves if not options.ended(leaf))
    yield out_of_steps([leaf for leaf in leaves if leaf.ended == "step"], options.max_steps)
    solutions = yield Score(solutions, options.aggregate)
    yield Choose(solutions, options.judge, options.answerless_vote)


BEST_OF_N = Strategy(
    name="best_of_n",
    title="Best-of-N",
    does="Writes N whole solutions independently, then lets the verifier or a vote choose.",
    does_not="It cuts nothing on the way: a solution that went wrong early is written to its end.",
    source="arXiv 2408.03314, section 5; huggingface/search-and-learn, best_of_n",
    kind="vote",
    pseudocode="""\
for i in 1 … N
    write a whole solution at the run's temperature
score every finished solution once
let the vote choose""",
    options=EndingOptions,
    plan=plan,
    as_published={
        "max_steps": 100,
        "judge": "best",
        "length_ends": True,
        "answerless_vote": True,
    },
    asks_about="solutions",
    writes="solutions",
)
