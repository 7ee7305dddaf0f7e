"""Best-of-N by what the solver itself finds likely: a score source that asks no verifier."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.evaluation.attempts import Attempt
from search_core.scoring import first_best


def likeliest_is_right(attempts: Sequence[Attempt]) -> bool | None:
    """Whether the attempt with an answer that the solver gave the highest log-probability, in
    all, is right; of equal ones the first counts.

    Returns:
        None where there is no attempt, or the log-probability of one with an answer is not known.
        False where there is no answer: nobody was helped.
    """
    if not attempts:
        return None
    answered = [one for one in attempts if one.group is not None]
    known = [one.logprob for one in answered if one.logprob is not None]
    if len(known) < len(answered):
        return None
    return bool(answered) and answered[first_best(known)].right
