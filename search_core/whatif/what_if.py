"""What if a run had been searched, scored or judged otherwise? Its own replies say it.

Nothing is generated: the plan is driven again over what was written and scored. Where it asks for a
step that nobody wrote, that is said, and the search goes on among what is known, as if such steps
had come to nothing; what it decides from there on is a guess and marked as one. With a solver and a
verifier just the missing steps are written, and nothing is a guess.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from math import fsum
from typing import Any

from search_core.log.events import ROOT, Event
from search_core.log.run_log import RunLog
from search_core.log.tree import Tree
from search_core.protocols import Cancelled, ModelInfo, Solver, UsageError, Verifier
from search_core.run.driving import drive, never
from search_core.run.known import KnownSolver, KnownVerifier
from search_core.run.recipe import Recipe
from search_core.run.recorded import RecordedRun
from search_core.run.runner import Run
from search_core.scoring import Candidate
from search_core.seeds import node_seed
from search_core.strategies.base import Choose, Nodes, NodeView, Plan, Request, Strategy
from search_core.strategies.options import StrategyOptions
from search_core.whatif.differences import Difference, differences
from search_core.whatif.hedging import Hedge, hedged
from search_core.whatif.noise import NoisyVerifier, NormalDraws
from search_core.whatif.uncollected import uncollected
from search_core.whatif.unwritten import UNWRITTEN, Unwritten
from search_core.whatif.words import (
    answer_sentence,
    difference_sentence,
    hedge_sentence,
    missing_sentence,
    sentences,
)


@dataclass(frozen=True)
class Change:
    """What is to be otherwise; what is not said stays as it was.

    Attributes:
        options: Options of the run's strategy, by name: N, M, aggregate, the vote that judges, …
        noise: Standard deviation of noise planted in the scores (`NoisyVerifier`).
        noise_seed: Of the noise.
        hedge: λ of soft best-of-N over the finished solutions (`hedging`); None: the vote decides.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    noise: float = 0.0
    noise_seed: int = 0
    hedge: float | None = None


@dataclass(frozen=True, repr=False)
class WhatIf:
    """What would have been.

    Attributes:
        before: The run as it was.
        log: The run as it would have been.
        differences: Where it decides otherwise.
        missing_steps: Ids of the steps that would have to be written, and were not.
        missing_scores: How many paths would have to be scored, and were not.
        written: How many steps a solver wrote for this.
        hedge: What hedged selection makes of its solutions, where that was asked.
    """

    before: Tree
    log: RunLog
    differences: Sequence[Difference]
    missing_steps: Sequence[str] = ()
    missing_scores: int = 0
    written: int = 0
    hedge: Hedge | None = None

    @property
    def events(self) -> Sequence[Event]:
        """The log of the run as it would have been."""
        return self.log.events

    @property
    def tree(self) -> Tree:
        """What that adds up to. Steps that nobody wrote stand in it as what they are
        (`UNWRITTEN`)."""
        return self.log.tree

    @property
    def sure(self) -> bool:
        """Whether a run of its own would have come to just this: nothing is missing."""
        return not self.missing_steps and not self.missing_scores

    @property
    def answer(self) -> str | None:
        """The answer that it would have given; None: no path reached one. Where it is not `sure`,
        the answer among what is known."""
        if self.hedge is not None:
            return self.hedge.drawn.answer if self.hedge.drawn else None
        return self.tree.finished.answer if self.tree.finished else None

    @property
    def chosen(self) -> str | None:
        """The last step of the solution that it would have chosen."""
        if self.hedge is not None:
            return self.hedge.drawn.id if self.hedge.drawn else None
        return self.tree.finished.chosen if self.tree.finished else None

    @property
    def chance(self) -> float | None:
        """Probability, 0 to 1, that hedged selection draws a right solution; None: nobody knows."""
        if self.hedge is None:
            return None
        marks = [self.tree.nodes[voter.id].right for voter in self.hedge.voters]
        if not marks or None in marks:
            return None
        pairs = zip(marks, self.hedge.probabilities, strict=True)
        return fsum(probability for right, probability in pairs if right)

    @property
    def right(self) -> bool | None:
        """Whether that is right; None: nobody knows."""
        return None if self.chosen is None else self.tree.nodes[self.chosen].right

    def __str__(self) -> str:
        answer = answer_sentence(
            self.before, self.answer, self.right, sure=self.sure, hedged=self.hedge is not None
        )
        missing = missing_sentence(self.missing_steps, self.missing_scores)
        hedge = "" if self.hedge is None else hedge_sentence(self.hedge, self.chance)
        return "\n".join(sentences(answer, self.differences, missing, hedge))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values: for scripts, and for the page."""
        hedge = self.hedge
        shares = [] if hedge is None else hedge.shares
        return {
            "sentences": str(self).split("\n"),
            "sure": self.sure,
            "answer": self.answer,
            "right": self.right,
            "chosen": self.chosen,
            "was": self.before.finished.answer if self.before.finished else None,
            "differences": [
                asdict(difference) | {"sentence": difference_sentence(difference)}
                for difference in self.differences
            ],
            "missing_steps": list(self.missing_steps),
            "missing_scores": self.missing_scores,
            "written": self.written,
            "hedge": {
                "lambda": hedge.strength,
                "right": self.chance,
                "answers": [
                    {"answer": share.answer, "probability": share.probability} for share in shares
                ],
            }
            if hedge
            else None,
        }


def what_if(
    recorded: RecordedRun,
    change: Change,
    *,
    solver: Solver | None = None,
    verifier: Verifier | None = None,
    cancelled: Cancelled = never,
) -> WhatIf:
    """Drive a run again with something changed.

    Args:
        recorded: The run; what is written for it now is known from now on.
        solver: Writes the steps that are missing: the one that wrote the others.
        verifier: Scores what is not scored. Another one than the run's own scores everything anew.
        cancelled: Asked while models work; True ends it where it is.

    Raises:
        OptionError: The strategy has no such option, or not this value.
        ValueError: Noise or λ are outside their ranges.
        UsageError: The solver is another one than the run's, or steps are to be written and nobody
            scores them.
        Exception: Whatever a model raised.
    """
    recipe = _changed(recorded.recipe, change)
    _check_models(recorded, solver, verifier)
    choosing = None if change.hedge is None else _Choosing(recipe.strategy)
    run = recorded.run(
        replace(recipe, strategy=choosing.strategy) if choosing else recipe,
        solver.info if solver else None,
        verifier.info if verifier else None,
        known=solver is None and verifier is None,
    )
    nobody = Unwritten(run, recorded.solver, recorded.verifier)
    known = recorded.known
    writes = KnownSolver(known, recorded.solver, solver or nobody.solver, learn=solver is not None)
    scores = KnownVerifier(
        known,
        verifier.info if verifier else recorded.verifier,
        verifier or nobody.verifier,
        learn=verifier is not None,
    )
    noisy = NoisyVerifier(scores, change.noise, change.noise_seed, _draws(recorded, change))
    with uncollected() if solver is None and verifier is None else nullcontext():
        drive(run, writes, noisy if change.noise else scores, cancelled)
        return WhatIf(
            before=recorded.tree,
            log=run.log,
            differences=differences(
                recorded.tree,
                run.tree,
                run.log.deciding(),
                run.tree.seq + 1 if nobody.since is None else nobody.since,
            ),
            missing_steps=_unwritten(run.tree) if writes.missing and not solver else (),
            missing_scores=0 if verifier else _unscored(scores),
            written=len(writes.missing) if solver else 0,
            hedge=None
            if choosing is None or change.hedge is None
            else _hedge(run, choosing.candidates, change.hedge),
        )


def _draws(recorded: RecordedRun, change: Change) -> NormalDraws | None:
    """Those of this run and this seed, which outlive a question: a slider asks many."""
    if not change.noise:
        return None
    kept = recorded.kept.get(NormalDraws)
    if kept is None or kept.seed != change.noise_seed:
        kept = recorded.kept[NormalDraws] = NormalDraws(change.noise_seed)
    return kept


class _Choosing:
    """A strategy that is watched for its last request: who the candidates were, copies and all."""

    def __init__(self, strategy: Strategy) -> None:
        self.candidates: Nodes = ()
        self._plan = strategy.plan
        self.strategy = replace(strategy, plan=self._watched)

    def _watched(self, root: NodeView, options: StrategyOptions) -> Plan:
        return self._watch(self._plan(root, options))

    def _watch(self, plan: Plan) -> Generator[Request, Nodes, None]:
        request = next(plan)
        try:
            while True:
                if isinstance(request, Choose):
                    self.candidates = request.candidates
                reply = yield request
                request = plan.send(reply)
        finally:
            plan.close()


def _changed(recipe: Recipe, change: Change) -> Recipe:
    """The recipe with other options; the budget of the samples is the options' own."""
    values = asdict(recipe.options) | dict(change.options)
    return replace(recipe, options=recipe.strategy.options.from_values(values))


def check_same_solver(wrote: ModelInfo, writes: ModelInfo) -> None:
    """What is written for a run that is over is written by the run's own solver.

    Raises:
        UsageError: It would be another one.
    """
    if (wrote.name, wrote.revision) != (writes.name, writes.revision):
        raise UsageError(
            f"The run was written by {_named(wrote)}, and what is missing would be by "
            f"{_named(writes)}. Give the run's own solver, or none."
        )


def _check_models(recorded: RecordedRun, solver: Solver | None, verifier: Verifier | None) -> None:
    if solver is None:
        return
    check_same_solver(recorded.solver, solver.info)
    if verifier is None and recorded.recipe.strategy.uses_verifier:
        raise UsageError("New steps have to be scored: give a verifier with the solver.")


def _named(info: ModelInfo) -> str:
    return f"{info.name} ({info.revision[:12]})" if info.revision else info.name


def _unwritten(tree: Tree) -> tuple[str, ...]:
    return tuple(
        node.id
        for node in tree.steps()
        if node.ended == "unknown" and not node.tokens and node.text.endswith(UNWRITTEN)
    )


def _unscored(scores: KnownVerifier) -> int:
    """How many written paths have no score; of an unwritten one it is no wonder."""
    return sum(not request.steps[-1].endswith(UNWRITTEN) for request in scores.missing)


def _hedge(run: Run, candidates: Nodes, strength: float) -> Hedge:
    nodes = [run.tree.nodes[view.id] for view in candidates]
    if any(node.aggregate is None for node in nodes):
        raise UsageError(
            f"{run.recipe.strategy.title} had its solutions not scored, and hedged selection goes "
            "by scores. Leave the hedge out."
        )
    entries = [Candidate(node.id, node.answer, node.group, node.aggregate) for node in nodes]
    return hedged(entries, strength, node_seed(run.recipe.seed, ROOT))
