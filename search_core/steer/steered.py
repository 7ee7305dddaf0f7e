"""A run driven again over its own replies, with one more act of a person; live from there on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from search_core.acts import Act, ActError
from search_core.log.events import Event
from search_core.log.fields import MAX_DEPTH
from search_core.log.tree import Node
from search_core.picture.step_names import step_name
from search_core.protocols import (
    Cancelled,
    ModelInfo,
    SampleRequest,
    Solver,
    SolverInfo,
    StepSample,
    Verifier,
    VerifierInfo,
)
from search_core.run.driving import drive, never
from search_core.run.known import KnownReplies, KnownSolver, KnownVerifier
from search_core.run.recipe import Recipe
from search_core.run.recorded import RecordedRun
from search_core.run.recorded_answers import RecordedMarks, recorded_classes
from search_core.run.runner import Run, ignore
from search_core.seeds import node_seed
from search_core.steer.refusals import check_act
from search_core.strategies import get_strategy

FROM_THE_PROBLEM = frozenset({"single_stream", "self_revision"})
"""Strategies that go on from no other step."""


@dataclass(frozen=True)
class GoingOn:
    """How a search goes on from a step.

    Attributes:
        strategy: Name of the strategy; "": the run's own.
        options: Its options; of the run's own strategy those that are not said stay. Steps are
            counted from the step on that it begins from.
    """

    strategy: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Steering:
    """What is to become of a run that is there.

    Attributes:
        recorded: The run, with whatever was done to it before.
        act: What a person does to it; None: nothing, and only the recipe is another one.
        going_on: How the search goes on, where the act is "go_on".
    """

    recorded: RecordedRun
    act: Act | None = None
    going_on: GoingOn | None = None

    def check(self) -> Recipe:
        """The recipe by which the run is driven again.

        Raises:
            ActError: The act makes no sense here; the message says why.
            OptionError: The search cannot go on by these options.
        """
        recorded, act = self.recorded, self.act
        if act is None:
            return recorded.recipe
        check_act(act, recorded.recipe, recorded.tree, recorded.acts)
        if act.action == "go_on":
            return _recipe_from(recorded, act, self.going_on or GoingOn())
        if self.going_on is not None:
            raise ActError("Another strategy takes over only where the search goes on from a step.")
        if act.action == "change":
            return _with_options(recorded.recipe, act.changed)
        return recorded.recipe


@dataclass(frozen=True)
class Steered:
    """A steered run, ready to be driven: `drive(run, solver, verifier)`.

    Attributes:
        solver, verifier: They give again what the run before it knows, and ask models for the rest.
    """

    run: Run
    solver: Solver
    verifier: Verifier

    @property
    def missing(self) -> Sequence[SampleRequest]:
        """What the solver has been asked for because nobody knew it."""
        return self.solver.missing if isinstance(self.solver, KnownSolver) else ()

    def drive(self, cancelled: Cancelled = never) -> Run:
        """Drive it to its end. Raises as `search_core.run.driving.drive`."""
        drive(self.run, self.solver, self.verifier, cancelled)
        return self.run


def steered(
    steering: Steering,
    solver: Solver,
    verifier: Verifier,
    *,
    recipe: Recipe | None = None,
    run_id: str = "run",
    created: str = "",
    listener: Callable[[Event], None] = ignore,
    clock: Callable[[], float] = time.monotonic,
) -> Steered:
    """Make a run ready that is what this one would have been with one more act, or another recipe.

    Args:
        solver, verifier: Asked for what is not known: the run's own models. Where the act is
            "go_on" others may take over; another verifier scores the path before it anew.
        recipe: What `Steering.check` gave, with other limits or options; None: that.
        run_id, created, listener, clock: As of `Run`.

    Raises:
        ActError: The act makes no sense for this run, or the models are others; the message says
            which and why.
        OptionError: The models cannot follow the strategy.
    """
    planned, recorded, act = steering.check(), steering.recorded, steering.act
    known, acts = recorded.known, recorded.acts
    if act is not None:
        acts = (*acts, replace(act, of=act.of or recorded.header.run))
    if act is not None and act.action == "go_on":
        known = known if _wrote(recorded, solver.info) else KnownReplies()
        _learn_path(recorded, act.node, known)
    else:
        check_models(recorded, solver.info, verifier.info)
    run = Run(
        recipe or planned,
        solver.info,
        verifier.info,
        run_id=run_id,
        created=created,
        listener=listener,
        clock=clock,
        classes=recorded_classes(recorded.events, recorded.tree),
        grader=RecordedMarks(recorded.tree),
        acts=acts,
    )
    return Steered(
        run,
        KnownSolver(known, solver.info, solver, learn=False, earlier=True),
        KnownVerifier(recorded.known, verifier.info, verifier, learn=False, earlier=True),
    )


def check_models(recorded: RecordedRun, solver: SolverInfo, verifier: VerifierInfo) -> None:
    """Refuse other models than the run's own: what they write would be no part of it.

    Raises:
        ActError: They are others.
    """
    if not _wrote(recorded, solver):
        raise _other_model("written", recorded.solver, solver)
    scored = recorded.verifier.name, recorded.verifier.revision
    if recorded.recipe.strategy.uses_verifier and scored != (verifier.name, verifier.revision):
        raise _other_model("scored", recorded.verifier, verifier)


def _wrote(recorded: RecordedRun, solver: SolverInfo) -> bool:
    """Whether this solver, told the same, wrote the run."""
    was = recorded.solver
    own = (was.name, was.revision, was.prompt)
    return own == (solver.name, solver.revision, solver.prompt)


def _other_model(done: str, was: ModelInfo, now: ModelInfo) -> ActError:
    return ActError(
        f"The run was {done} by {_named(was)}, and what is new would be by {_named(now)}. "
        "Take the run's own models, told the same, or go on from a step with others."
    )


def _recipe_from(recorded: RecordedRun, act: Act, going_on: GoingOn) -> Recipe:
    was = recorded.recipe
    strategy = get_strategy(going_on.strategy) if going_on.strategy else was.strategy
    if strategy.name in FROM_THE_PROBLEM and act.node != "root":
        raise ActError(
            f"{strategy.title} writes from the problem on, so it cannot go on from step "
            f"{act.node}; choose another strategy."
        )
    own = strategy.name == was.strategy.name
    begun = was if own else replace(was, strategy=strategy, options=strategy.options())
    recipe = _with_options(begun, going_on.options)
    options = recipe.options
    depth = recorded.tree.nodes[act.node].depth
    if depth + options.max_steps + getattr(options, "lookahead", 0) > MAX_DEPTH:
        raise ActError(
            f"From {step_name(act.node)} on at most {MAX_DEPTH - depth} more steps fit, and "
            f"{options.max_steps} are allowed; lower max_steps."
        )
    return recipe


def _with_options(recipe: Recipe, changed: Mapping[str, Any]) -> Recipe:
    """The recipe with these options otherwise. Raises OptionError: they are none of its own."""
    own = {spec.name: getattr(recipe.options, spec.name) for spec in recipe.options.specs()}
    return replace(recipe, options=recipe.strategy.options.from_values(own | dict(changed)))


def _learn_path(recorded: RecordedRun, node_id: str, known: KnownReplies) -> None:
    """Know the steps up to a node by their ids alone: the search begins behind them."""
    path = recorded.tree.path(node_id)
    for place, node in enumerate(path):
        request = SampleRequest(
            problem=recorded.recipe.problem.text,
            steps=tuple(step.text for step in path[:place]),
            seed=node_seed(recorded.recipe.seed, node.id),
        )
        known.learn_sample(request, recorded.recipe.sampling, _as_reply(node))


def _as_reply(node: Node) -> StepSample:
    return StepSample(
        node.text,
        node.tokens,
        node.logprob,
        node.ended,
        thought=node.thought,
        flops=node.solver_flops,
        repeats=node.repeats,
        by=node.by,
    )


def _named(info: ModelInfo) -> str:
    return f"{info.name} ({info.revision[:12]})" if info.revision else info.name
