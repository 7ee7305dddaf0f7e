"""A run that was recorded, made ready to be driven again: its recipe and all that was replied.

What each reply answered is learnt by driving the run's own plan over its own log, in order. So it
is known at once whether the plan still does what the log says; a plan that has changed since is
refused, and nobody is told what "would have been" by another algorithm.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from search_core.acts import Act, acts_of
from search_core.answers import AnswerClasses
from search_core.log.events import (
    Event,
    Sampled,
    Scored,
    Spent,
    Started,
)
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    UsageError,
    VerifierInfo,
)
from search_core.run.driving import drive
from search_core.run.known import KnownReplies, MissingReplies
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.recorded_answers import RecordedJudge, RecordedMarks
from search_core.run.runner import Run
from search_core.strategies import get_strategy
from search_core.strategies.options import OptionError

Reply = TypeVar("Reply")


class OtherCourse(UsageError):
    """A log's strategy, driven again over its replies, does something else than the log says."""


@dataclass(frozen=True)
class RecordedRun:
    """What a log says of a run, ready to be driven again.

    Attributes:
        header: The log's first event.
        events: The log.
        tree: What it adds up to.
        recipe: What was run.
        solver, verifier: Who replied, as far as a log says it: without their sizes.
        known: All their replies. What is learnt later is added.
        kept: What those who ask it keep for their next question, one of each class.
    """

    header: Started
    events: Sequence[Event]
    tree: Tree
    recipe: Recipe
    solver: SolverInfo
    verifier: VerifierInfo
    known: KnownReplies
    kept: dict[type[Any], Any] = field(default_factory=dict)

    def run(
        self,
        recipe: Recipe,
        solver: SolverInfo | None = None,
        verifier: VerifierInfo | None = None,
        *,
        known: bool = False,
    ) -> Run:
        """A new run of the same problem, which knows what the old one found out about answers, and
        what a person had asked for.

        Its log has no times: nobody waits for replies that are known.

        Args:
            solver, verifier: Who will reply, where that is somebody else, or of known size.
            known: Nobody will be asked, as of `Run`.
        """
        return Run(
            recipe,
            solver or self.solver,
            verifier or self.verifier,
            run_id=self.header.run,
            created=self.header.created,
            clock=lambda: 0.0,
            classes=AnswerClasses(self._judge),
            grader=self._marks,
            acts=self.acts,
            known=known,
        )

    # Read once: a run is asked many questions.

    @cached_property
    def _judge(self) -> RecordedJudge:
        return RecordedJudge(self.events, self.tree)

    @cached_property
    def _marks(self) -> RecordedMarks:
        return RecordedMarks(self.tree)

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """What a person had done to it."""
        return acts_of(self.events)


def recorded_run(events: Sequence[Event], tree: Tree | None = None) -> RecordedRun:
    """Make a log ready. One that was cut off is taken as far as it goes.

    Args:
        tree: What the events add up to, where that is known already.

    Raises:
        UsageError: No strategy of this program wrote it (a chain of thought that was read), or its
            strategy has other options today.
        OtherCourse: Its strategy decides otherwise today.
    """
    tree = tree or Tree.from_events(events)
    header = tree.started
    if header is None:
        raise UsageError("The log has no first event, so nobody knows what was run.")
    recipe = recipe_of(header)
    solver = SolverInfo(
        header.solver.name,
        header.solver.revision,
        header.solver.parameters,
        header.solver.dtype,
        header.solver.device,
        prompt=header.solver.prompt,
        steps=header.solver.steps,
        step_style=header.solver.step_style,
    )
    verifier = VerifierInfo(
        header.verifier.name,
        header.verifier.revision,
        header.verifier.parameters,
        header.verifier.dtype,
        header.verifier.device,
        scores=header.verifier.scores,
    )
    recorded = RecordedRun(header, events, tree, recipe, solver, verifier, KnownReplies())
    run = recorded.run(recipe)
    log = _LogInOrder(events, recorded)
    drive(run, _SolverInOrder(log), _VerifierInOrder(log))
    _check_course(tree, run.tree)
    return recorded


def recipe_of(header: Started) -> Recipe:
    """What a log's first event says was run.

    Raises:
        UsageError: It is nothing that this program can run.
    """
    try:
        strategy = get_strategy(header.strategy)
        return Recipe(
            Problem(**header.problem.model_dump()),
            strategy,
            strategy.options.from_values(header.options),
            Sampling(**header.sampling),  # type: ignore[arg-type]
            header.seed,
            Limits(**header.limits),  # type: ignore[arg-type]
        )
    except (OptionError, TypeError, ValueError) as error:
        raise UsageError(f"This run cannot be driven again. {error}") from error


def _check_course(before: Tree, again: Tree) -> None:
    """Whether a run went as its log says, as far as the log goes.

    Raises:
        OtherCourse: It did not.
    """
    ended = before.finished is not None and before.finished.status == "completed"
    courses: dict[str, tuple[list[object], list[object]]] = {
        "steps": (list(before.nodes), list(again.nodes)),
        "decisions": (_decisions(before), _decisions(again)),
    }
    if ended:
        courses["choice"] = (_choice(before), _choice(again))
    for name, (one, other) in courses.items():
        if one == other or (not ended and one[: len(other)] == other[: len(one)]):
            continue
        raise OtherCourse(
            f"The {name} in the log are not those that its strategy, as it is today, comes to over "
            "the same replies: it has changed since. So nobody can say what it would have done."
        )


def _choice(tree: Tree) -> list[object]:
    return [tree.finished.chosen if tree.finished else None]


def _decisions(tree: Tree) -> list[object]:
    """What was decided, but for the closing of what was open when a run was ended from outside."""
    return [
        (event.rule, [v.id for v in event.kept], [v.id for v in event.pruned])
        for event in tree.decisions
        if event.rule != "run_ended"
    ]


class _LogInOrder:
    """A log's replies, one after the other."""

    def __init__(self, events: Sequence[Event], recorded: RecordedRun) -> None:
        self.recorded = recorded
        # What a person wrote for this run was not asked of anybody.
        self.samples = iter([e for e in events if isinstance(e, Sampled) and (e.again or not e.by)])
        self.scores = iter([event for event in events if isinstance(event, Scored)])
        self.reused = iter([e.reused for e in events if isinstance(e, Spent) and e.call == "score"])


@dataclass
class _SolverInOrder:
    log: _LogInOrder

    @property
    def info(self) -> SolverInfo:
        return self.log.recorded.solver

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        replies = []
        for request in requests:
            event = _next(self.log.samples)
            reply = StepSample(
                event.text.removeprefix(request.opening),
                event.tokens,
                event.logprob,
                event.ended,
                event.prefilled,
                event.reused,
                thought=event.thought,
                flops=event.flops,
                repeats=event.repeats,
                by=event.by,
                again=event.again,
            )
            self.log.recorded.known.learn_sample(request, sampling, reply)
            replies.append(reply)
        return replies


@dataclass
class _VerifierInOrder:
    log: _LogInOrder

    @property
    def info(self) -> VerifierInfo:
        return self.log.recorded.verifier

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        replies = []
        reused = next(self.log.reused, 0)
        for request in requests:
            events = [_next(self.log.scores) for _ in request.steps[request.first :]]
            for event, node in zip(events, request.ids[request.first :], strict=True):
                if event.id != node:
                    raise OtherCourse(
                        f"The log scores step {event.id} where its strategy, as it is today, has "
                        f"step {node} scored. The strategy has changed since."
                    )
            reasons = tuple(event.reason for event in events)
            reply = StepScores(
                tuple(event.score for event in events),
                sum(event.tokens for event in events),
                reused,
                math.fsum(event.flops for event in events),
                reasons if any(reasons) else (),
                again=sum(event.again for event in events),
            )
            # Of what a call found in a cache the log knows the sum: its first path's.
            reused = 0
            self.log.recorded.known.learn_scores(request, self.info, reply)
            replies.append(reply)
        return replies


def _next(replies: Iterator[Reply]) -> Reply:
    for reply in replies:
        return reply
    raise MissingReplies("The log ends here.")
