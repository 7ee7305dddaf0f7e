"""Best-of-N at a small budget, read off a run at a large one.

A sample's seed depends on its place alone, so the samples of a small budget are the first
ones of a large budget. The small run is really run, with the large one's log answering for
the models: rounds, votes, limits and costs come from the same code as ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from search_core.evaluation.arms import Arm
from search_core.evaluation.outcomes import Outcome, outcome_of
from search_core.log.tree import Node
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
)
from search_core.run.driving import drive
from search_core.run.known import KnownSolver, KnownVerifier
from search_core.run.recorded import recorded_run
from search_core.run.recorded_answers import RecordedMarks
from search_core.run.runner import Run

PathSteps = tuple[str, ...]


def nested_outcome(
    large: Run, spent: Outcome, arm: Arm, key: str, solver: SolverInfo, verifier: VerifierInfo
) -> Outcome:
    """The outcome of a smaller budget, equal to that of a run of its own but for seconds.

    Seconds are the large run's, in proportion to tokens: nobody ran the small one alone.

    Args:
        large: A completed run of best-of-N.
        spent: Its outcome.
        arm: The same strategy and options with a smaller N.
        key: Key of the small run.
        solver, verifier: Identities of the models that answered the large run.
    """
    recorded = recorded_run(large.events, large.tree)
    recipe = replace(large.recipe, options=arm.options)
    run = Run(
        recipe,
        solver,
        verifier,
        run_id=key,
        clock=lambda: 0.0,
        grader=RecordedMarks(large.tree),
    )
    written = _SharingAnew(large, KnownSolver(recorded.known, solver))
    drive(run, written, _ReadingAnew(KnownVerifier(recorded.known, verifier)))
    outcome = outcome_of(arm, recipe, key, run.events, run.tree)
    tokens = outcome.generated / max(1, spent.generated)
    read = outcome.verified / spent.verified if spent.verified else tokens
    return replace(
        outcome,
        solver_seconds=round(spent.solver_seconds * tokens, 4),
        verifier_seconds=round(spent.verifier_seconds * read, 4),
    )


class _SharingAnew:
    """Says of known steps what they cost among those that are asked for now.

    A prompt that several samples of one call shared is shared anew: what was computed of it is
    split evenly, as the engine does it.
    """

    def __init__(self, run: Run, solver: KnownSolver) -> None:
        self.info = solver.info
        self._solver = solver
        self._computed: dict[PathSteps, int] = defaultdict(int)
        for node in run.tree.steps():
            self._computed[_steps(run, node)[:-1]] += node.prefilled
        self._shares = any(node.reused for node in run.tree.steps())

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        samples = self._solver.sample(requests, sampling, cancelled)
        together: dict[PathSteps, list[int]] = defaultdict(list)
        for index, request in enumerate(requests):
            together[request.steps].append(index)
        for steps, indices in together.items() if self._shares else ():
            length = samples[indices[0]].prefilled + samples[indices[0]].reused
            known = max(0, length - self._computed[steps])
            share, rest = divmod(length - known, len(indices))
            for place, index in enumerate(indices):
                prefilled = share + (place < rest)
                samples[index] = replace(
                    samples[index],
                    prefilled=prefilled,
                    reused=length - prefilled,
                    known=known,
                    flops=None,
                )
        return samples


class _ReadingAnew:
    """Says of known scores what was read for them: a path that comes again is free again.

    The solutions of a small budget come first in the large one too, so the first of equal ones is
    the same in both.
    """

    def __init__(self, verifier: KnownVerifier) -> None:
        self.info = verifier.info
        self._verifier = verifier

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        first: dict[tuple[PathSteps, bool], int] = {}
        replies = []
        for request, reply in zip(requests, self._verifier.score(requests, cancelled), strict=True):
            known = first.setdefault((request.steps, request.finished), reply.tokens)
            replies.append(replace(reply, reused=0 if reply.tokens else known))
        return replies


def _steps(run: Run, node: Node) -> PathSteps:
    """Texts of a path: what tells prompts and solutions apart."""
    return tuple(step.text for step in run.tree.path(node.id))
