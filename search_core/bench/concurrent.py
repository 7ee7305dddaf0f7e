"""Eight searches at once against each of them alone, through the registry that a page uses."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from search_core.bench.measurement import Measurement
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.run.recipe import Recipe
from search_core.serving import RunRegistry
from search_core.strategies import get_strategy

AIM = 2.5
"""Times the wall time of one."""
_LONGEST = 600.0
"""Seconds until a run that does not end is given up."""


def concurrent_measurements(
    pair: ModelPair, score_source: str, problems: Sequence[Problem], *, n: int, runs: int
) -> list[Measurement]:
    """Wall time of all problems' searches together, by the mean of their times alone.

    Raises:
        RuntimeError: A search failed or did not end.
    """
    alone, together = [], []
    with tempfile.TemporaryDirectory() as folder:
        registry = RunRegistry(Path(folder))
        try:
            for turn in range(-1, runs):
                seed = turn * len(problems)
                each = [
                    _seconds(registry, pair, score_source, [problem], n, seed + place)
                    for place, problem in enumerate(problems)
                ]
                all_ = _seconds(registry, pair, score_source, problems, n, seed)
                if turn >= 0:  # once before the clock counts
                    alone.append(sum(each) / len(each))
                    together.append(all_)
        finally:
            registry.close()
    group = f"{len(problems)} searches at once, beam search, N={n}"
    ratios = [many / single for many, single in zip(together, alone, strict=True)]
    return [
        Measurement("one alone", "s", alone, group=group),
        Measurement("all together", "s", together, group=group),
        Measurement("all together / one alone", "times", ratios, AIM, group=group),
    ]


def _seconds(
    registry: RunRegistry,
    pair: ModelPair,
    score_source: str,
    problems: Sequence[Problem],
    n: int,
    seed: int,
) -> float:
    strategy = get_strategy("beam_search")
    options = strategy.options.from_values({"n": n})
    recipes = [
        Recipe(problem, strategy, options, pair.sampling, abs(seed + place))
        for place, problem in enumerate(problems)
    ]
    started = time.perf_counter()
    hosted = [registry.start(recipe, pair, score_source) for recipe in recipes]
    for run in hosted:
        if not run.wait(_LONGEST):
            raise RuntimeError(f"A search did not end within {_LONGEST:.0f} seconds.")
    seconds = time.perf_counter() - started
    for run in hosted:
        if run.error:
            raise RuntimeError(f"A search failed: {run.error}")
    return seconds
