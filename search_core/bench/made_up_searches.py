"""Searches of many steps without a model, for measuring what is made of their logs."""

from __future__ import annotations

from typing import Any

from search_core.log.events import Ended
from search_core.problem import Problem
from search_core.search import SearchResult, search
from search_core.testing import FunctionSolver, FunctionVerifier, chance


def made_up_search(strategy: str, options: dict[str, Any], ends: float) -> SearchResult:
    """A search whose steps are sums, scored by chance; always the same one.

    Args:
        ends: The chance that a step ends its solution, 0 to 1.
    """

    def step(steps: tuple[str, ...], index: int) -> tuple[str, Ended]:
        word = int(chance("word", steps, index) * 50)
        if chance("end", steps, word) < ends:
            return f"The answer is {word}.", "end"
        return f"{word} + 1 = {word + 1}", "step"

    return search(
        Problem("What is it?", "1"),
        strategy,
        solver=FunctionSolver(step),
        verifier=FunctionVerifier(lambda steps: chance("score", steps)),
        **options,
    )
