"""What the two ways of judging have in common: a path, its chains of thought, what was found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from search_core.seeds import node_seed
from search_core.verifiers.generative.chains import Bill, Chain
from search_core.verifiers.generative.options import Reasoning

Path = tuple[str, tuple[str, ...]]
"""A problem and the steps of a path; never without steps."""


@dataclass(frozen=True, slots=True)
class JudgedPath:
    """What was found of a path.

    Attributes:
        scores: Of all its steps, or of its last one alone, by the way of judging; None where there
            is no verdict.
        reasons: What was written before each of these verdicts, in the first chain.
    """

    scores: tuple[float | None, ...]
    reasons: tuple[str, ...]
    bill: Bill


def mean_of(values: Iterable[float | None]) -> float | None:
    """Of the verdicts that there are; None: there are none."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def chain_about(
    path: Path,
    reasoning: Reasoning,
    run: str,
    *,
    earlier: Sequence[str] = (),
    sample: int = 0,
    attempt: int = 0,
) -> Chain:
    """A chain of thought about a path.

    Its seed follows from what it is about and its own number: a path gets the same score
    tomorrow, in another run, and whoever else is asked about.

    Args:
        earlier: What was written about the steps before the last one.
        sample: Number among the chains of one verdict.
        attempt: How often it was written already.
    """
    problem, steps = path
    prompt = reasoning.prompt
    place = json.dumps([prompt.name, problem, steps, sample, attempt])
    return Chain(
        messages=prompt.messages(problem, steps, earlier),
        opening=prompt.opening(len(steps)),
        stops=prompt.stops(len(steps)),
        limit=reasoning.tokens,
        seed=node_seed(0, place),
        problem=problem,
        step=len(steps),
        run=run,
    )
