"""Best-of-N at a small budget, read off a run at a large one.

A sample's seed depends on its place alone, so the samples of a small budget are the first
ones of a large budget. The small run is really run, with the large one's log answering for
the models: rounds, votes, limits and costs come from the same code as ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from search_core.answers import Undecided
from search_core.evaluation.arms import Arm
from search_core.evaluation.outcomes import Outcome, outcome_of
from search_core.log.tree import Node
from search_core.problem import Problem
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
from search_core.run.runner import Run
from search_core.seeds import node_seed

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
    recipe = replace(large.recipe, options=arm.options)
    recorded = _RecordedSolver(large, solver), _RecordedVerifier(large, verifier)
    run = Run(recipe, solver, verifier, run_id=key, clock=lambda: 0.0, grader=_RecordedMarks(large))
    drive(run, *recorded)
    outcome = outcome_of(arm, recipe, key, run.events, run.tree)
    written = outcome.generated / max(1, spent.generated)
    read = outcome.verified / spent.verified if spent.verified else written
    return replace(
        outcome,
        solver_seconds=round(spent.solver_seconds * written, 4),
        verifier_seconds=round(spent.verifier_seconds * read, 4),
    )


class _RecordedSolver:
    """Gives again what a run's log says was sampled with each seed.

    A prompt that several samples of one call shared is shared anew, among those that are
    asked for: what was computed of it is split evenly, as the engine does it.
    """

    def __init__(self, run: Run, info: SolverInfo) -> None:
        self.info = info
        self._by_seed = {node_seed(run.recipe.seed, node.id): node for node in run.tree.steps()}
        self._computed: dict[PathSteps, int] = defaultdict(int)
        for node in self._by_seed.values():
            self._computed[_steps(run, node)[:-1]] += node.prefilled
        self._shares = any(node.reused for node in self._by_seed.values())

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        nodes = [self._by_seed[request.seed] for request in requests]
        samples = [_sample(node) for node in nodes]
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
                )
        return samples


def _sample(node: Node) -> StepSample:
    return StepSample(node.text, node.tokens, node.logprob, node.ended, node.prefilled, node.reused)


class _RecordedVerifier:
    """Gives again a run's scores. A solution that was read for an earlier one stays free.

    The solutions of a small budget come first in the large one too, so the first of equal
    ones is the same in both.
    """

    def __init__(self, run: Run, info: VerifierInfo) -> None:
        self.info = info
        self._replies: dict[tuple[PathSteps, bool], list[StepScores]] = defaultdict(list)
        for node in run.tree.steps():
            if node.state == "completed" and node.score is not None:
                path = run.tree.path(node.id)
                scores = tuple(step.score for step in path if step.score is not None)
                known = self._replies[_steps(run, node), node.ended == "end"]
                tokens = path[0].verifier_tokens
                reused = known[0].tokens if known and not tokens else 0
                known.append(StepScores(scores, tokens, reused, path[0].verifier_flops))

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        seen: dict[tuple[PathSteps, bool], int] = defaultdict(int)
        replies = []
        for request in requests:
            key = request.steps, request.finished
            replies.append(self._replies[key][seen[key]])
            seen[key] += 1
        return replies


def _steps(run: Run, node: Node) -> PathSteps:
    """Texts of a path: what tells prompts and solutions apart."""
    return tuple(step.text for step in run.tree.path(node.id))


class _RecordedMarks:
    """Gives again which solutions were right."""

    def __init__(self, run: Run) -> None:
        self._marks = {
            _steps(run, node): node for node in run.tree.steps() if node.state == "completed"
        }

    def __call__(self, problem: Problem, steps: Sequence[str]) -> bool | None:
        node = self._marks[tuple(steps)]
        if node.right_undecided:
            raise Undecided(f"The recording could not compare {node.answer!r:.80}.")
        return node.right
