"""Search from Python: one function, one result."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.log.cost import Cost
from search_core.log.events import Event
from search_core.log.traces import read_trace, write_trace
from search_core.log.tree import Tree
from search_core.picture import html_picture, outline, summary, svg_picture, why
from search_core.problem import Problem
from search_core.protocols import Cancelled, Sampling, Solver, Verifier
from search_core.run.driving import drive, never
from search_core.run.limits import Limits
from search_core.run.pairing import told
from search_core.run.recipe import Recipe
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.run.runner import Run, ignore
from search_core.strategies import get_strategy
from search_core.whatif import Change, Regret, WhatIf, regret, what_if

if TYPE_CHECKING:
    from search_core.audit import Audit, AuditPlan, RolloutsFile


@dataclass(frozen=True, repr=False)
class SearchResult:
    """A finished run: a notebook shows its tree, `print` writes it as an outline."""

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

    def picture(self) -> str:
        """The tree as the text of an SVG file."""
        return svg_picture(self.tree)

    def save(self, path: str | Path) -> None:
        """Write the trace file."""
        write_trace(self.events, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> SearchResult:
        """Read a trace file again; raises as `read_trace` does."""
        trace = read_trace(Path(path))
        return cls(list(trace.events), trace.tree)

    @cached_property
    def _recorded(self) -> RecordedRun:
        return recorded_run(self.events, self.tree)

    def what_if(
        self,
        *,
        noise: float = 0.0,
        noise_seed: int = 0,
        hedge: float | None = None,
        solver: Solver | None = None,
        verifier: Verifier | None = None,
        **options: Any,
    ) -> WhatIf:
        """What another setting would have made of this run, without generating.

        Args:
            noise, noise_seed, hedge: As of `search_core.whatif.Change`.
            solver, verifier: Write and score what is missing; see `search_core.whatif.what_if`.
            options: The strategy's own, e.g. `n=8, aggregate="min"`.

        Raises:
            OptionError, ValueError: A bad option, noise or λ.
            UsageError: This run cannot be driven again, or not by these models.
        """
        change = Change(options, noise, noise_seed, hedge)
        return what_if(self._recorded, change, solver=solver, verifier=verifier)

    def why(self, node_id: str) -> str:
        """Why a step was kept, cut, merged or finished, in plain sentences."""
        return why(self.tree, node_id)

    def regret(self) -> Regret:
        """Where this run lost a right answer, if it did."""
        return regret(self.tree)

    def audit(
        self,
        solver: Solver,
        plan: AuditPlan | None = None,
        *,
        store: RolloutsFile | None = None,
        answer: str | None = None,
        cancelled: Cancelled = never,
    ) -> Audit:
        """What the cuts of this run cost, by rollouts from them.

        Args:
            solver: The run's own.
            plan: How surely, and at what cost at most; None: 16 rollouts from each step.
            store: Keeps the rollouts, and knows those that were written before.
            answer: The right answer, where the run does not know it.

        Raises:
            UsageError: Nothing can be judged, or the solver is another one.
            RunCancelled: `cancelled()` became True.
            Exception: Whatever the solver raised.
        """
        from search_core.audit import audit  # it brings numpy along: for those who ask

        return audit(self.tree, solver, store, plan, answer=answer, cancelled=cancelled)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {summary(self.tree)}>"

    def __str__(self) -> str:
        return outline(self.tree)

    def _repr_html_(self) -> str:
        return html_picture(self.tree)


def search(
    problem: Problem | str,
    strategy: str = "beam_search",
    *,
    solver: Solver | str | None = None,
    verifier: Verifier | str | None = None,
    seed: int = 0,
    sampling: Sampling | None = None,
    limits: Limits | None = None,
    system_prompt: str | None = None,
    listener: Callable[[Event], None] = ignore,
    cancelled: Cancelled = never,
    **options: Any,
) -> SearchResult:
    """Run one search and wait for its end.

    With an embedded solver, a problem given as text must belong to one of its families.

    Args:
        solver, verifier: Your own, or the name of an embedded one ("small" or "large"; a
            solver also "revision" or "stream", a verifier also "outcome" or "early"), or a
            folder or Hugging Face name. None: the small embedded one; for self-revision the
            solver that was made for it.
        system_prompt: What the solver is told before the problem; "" for nothing; None: what it
            is told anyway.
        options: The strategy's own options, e.g. `n=16, beam_width=4`.
        listener: Called with each event as it happens.

    Raises:
        OptionError, ValueError: A bad strategy, option or problem.
        Exception: Whatever a model raised; the trace up to there is lost to the caller, so
            pass a `listener` to keep it.
    """
    chosen = get_strategy(strategy)
    checked = chosen.options.from_values(options)
    own_solver = None if isinstance(solver, str) else solver
    own_verifier = None if isinstance(verifier, str) else verifier
    if own_solver is None or own_verifier is None:
        from search_core.models import FIRST, open_pair, usual_solver

        pair = open_pair(
            solver if isinstance(solver, str) else usual_solver(chosen),
            verifier if isinstance(verifier, str) else FIRST,
        )
        if own_solver is None:
            problem, sampling = pair.read(problem), sampling or pair.sampling
            pair.check(chosen, "")  # The run itself checks the verifier, whoever brings it.
        own_solver = own_solver or pair.solver
        own_verifier = own_verifier or pair.verifier
    if isinstance(problem, str):
        problem = Problem(problem)
    own_solver = told(own_solver, system_prompt)
    recipe = Recipe(
        problem,
        chosen,
        checked,
        sampling or Sampling(),
        seed,
        limits or Limits(),
        system_prompt,
    )
    run = Run(
        recipe,
        own_solver.info,
        own_verifier.info,
        run_id=secrets.token_urlsafe(12),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        listener=listener,
    )
    drive(run, own_solver, own_verifier, cancelled)
    return SearchResult(run.events, run.tree)
