"""Search from Python: one function, one result."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from search_core.cost import Cost
from search_core.events import Event
from search_core.limits import Limits
from search_core.problem import Problem
from search_core.recipe import Recipe
from search_core.runner import Run, drive, ignore, never
from search_core.solvers.base import Cancelled, Sampling, Solver
from search_core.strategies import get_strategy
from search_core.traces import write_trace
from search_core.tree import Tree
from search_core.verifiers.base import Verifier


@dataclass(frozen=True)
class SearchResult:
    """A finished run."""

    events: list[Event]
    tree: Tree

    @property
    def answer(self) -> str | None:
        """The chosen answer; None if no path reached one."""
        return self.tree.finished.answer if self.tree.finished else None

    @property
    def cost(self) -> Cost:
        """Tokens, FLOPs of solver and verifier, seconds."""
        return self.tree.cost

    def save(self, path: str | Path) -> None:
        """Write the trace file."""
        write_trace(self.events, Path(path))


def search(
    problem: Problem | str,
    strategy: str = "beam_search",
    *,
    solver: Solver | None = None,
    verifier: Verifier | None = None,
    seed: int = 0,
    sampling: Sampling | None = None,
    limits: Limits | None = None,
    listener: Callable[[Event], None] = ignore,
    cancelled: Cancelled = never,
    **options: Any,
) -> SearchResult:
    """Run one search and wait for its end.

    Without a solver, the embedded models search; a problem given as text must then belong to
    one of their families.

    Args:
        options: The strategy's own options, e.g. `n=16, beam_width=4`.
        listener: Called with each event as it happens.

    Raises:
        OptionError, ValueError: A bad strategy, option or problem.
        Exception: Whatever a model raised; the trace up to there is lost to the caller, so
            pass a `listener` to keep it.
    """
    chosen = get_strategy(strategy)
    checked = chosen.options.from_values(options)
    if solver is None or verifier is None:
        from search_core.models import embedded_pair

        pair = embedded_pair()
        problem = pair.read(problem) if solver is None else problem
        sampling = sampling or (pair.sampling if solver is None else None)
        solver, verifier = solver or pair.solver, verifier or pair.verifier
    if isinstance(problem, str):
        problem = Problem(problem)
    recipe = Recipe(problem, chosen, checked, sampling or Sampling(), seed, limits or Limits())
    run = Run(
        recipe,
        solver.info,
        verifier.info,
        run_id=secrets.token_urlsafe(12),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        listener=listener,
    )
    drive(run, solver, verifier, cancelled)
    return SearchResult(run.events, run.tree)
