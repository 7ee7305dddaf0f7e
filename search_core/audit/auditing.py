"""The audit of a run: rollouts from all that was kept or cut, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search_core.audit.choices import Choices, choices_of
from search_core.audit.loss import loss_of
from search_core.audit.prices import price_of
from search_core.audit.result import Audit
from search_core.audit.rolling import Continuing, RolloutDesk, can_be_judged
from search_core.audit.store import RolloutsFile
from search_core.log.events import Started
from search_core.log.tree import Tree
from search_core.numerals import shown
from search_core.problem import Problem
from search_core.protocols import Cancelled, Sampling, Solver, SolverInfo, UsageError
from search_core.run.driving import never
from search_core.whatif import check_same_solver

MOST_ROLLOUTS = 1_000
_MAX_STEPS = 40


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """How surely, and at what cost at most.

    Attributes:
        rollouts: From each step that was kept or cut, 1 to 1,000.
        level: A cut is within noise where neither the last one kept nor the cut one is the better
            with this probability, above 0.5 and below 1.
        most_rollouts, most_tokens: No batch begins once so many were written now; None: no limit.
        at_once: Rollouts in one call.
        seed: Another one draws other rollouts.
        temperature: In place of the run's own, above 0 to 2: a greedy run's rollouts are all alike.
    """

    rollouts: int = 16
    level: float = 0.9
    most_rollouts: int | None = None
    most_tokens: int | None = None
    at_once: int = 64
    seed: int = 0
    temperature: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.rollouts <= MOST_ROLLOUTS:
            raise ValueError(
                f"rollouts is {shown(self.rollouts)}; it must be 1 to {MOST_ROLLOUTS}."
            )
        if not 0.5 < self.level < 1:
            raise ValueError(f"level is {self.level:g}; it must be above 0.5 and below 1.")
        if self.at_once < 1:
            raise ValueError(f"at_once is {shown(self.at_once)}; it must be at least 1.")
        for name in ("most_rollouts", "most_tokens"):
            most = getattr(self, name)
            if most is not None and most < 0:
                raise ValueError(f"{name} is {most}; it must be at least 0.")


def audit(
    tree: Tree,
    solver: Solver | None,
    store: RolloutsFile | None = None,
    plan: AuditPlan | None = None,
    *,
    answer: str | None = None,
    cancelled: Cancelled = never,
    on_batch: Callable[[Audit], None] | None = None,
) -> Audit:
    """What the cuts of a finished run cost.

    Args:
        solver: The run's own; None: nothing is written, and what the store has is told.
        store: Keeps the rollouts, and knows those that were written before.
        plan: How surely; None: 16 rollouts from each step.
        answer: Reference answer, where the run has none.
        on_batch: Is told what is known after each batch.

    Raises:
        UsageError: Nothing can be judged, the run is not over, the solver is another one than the
            run's, or it was greedy and no temperature is given.
        RunCancelled: `cancelled()` became True; whole batches are kept in the store.
        StoreError: The store cannot be written.
        Exception: Whatever the solver raised.
    """
    plan, store = plan or AuditPlan(), store or RolloutsFile(None)
    how = continuing(tree, plan, solver, answer)
    desk = RolloutDesk(tree, how, store)
    choices = choices_of(tree)
    nodes = _in_order(choices)

    def so_far() -> Audit:
        return _told(desk, choices, nodes, plan)

    wanted = list(desk.missing(nodes, plan.rollouts))
    if solver is not None and wanted:
        desk.write(
            wanted[: plan.most_rollouts],
            solver,
            cancelled,
            at_once=plan.at_once,
            most_tokens=plan.most_tokens,
            on_batch=lambda: on_batch(so_far()) if on_batch else None,
        )
    return so_far()


def continuing(
    tree: Tree, plan: AuditPlan, solver: Solver | None = None, answer: str | None = None
) -> Continuing:
    """How rollouts of this run go on: as it did itself.

    Raises:
        UsageError: As of `audit`.
    """
    header = tree.started
    if header is None or tree.finished is None:
        raise UsageError("The run is not over: what its cuts cost is asked when it is.")
    problem = Problem(**header.problem.model_dump())
    if answer is not None:
        problem = replace(problem, answer=answer)
    if not can_be_judged(problem):
        raise UsageError(
            "Nothing can be judged: this problem is of no embedded family and has no reference "
            "answer, so nobody knows which rollouts reach it. Give the right answer with --answer."
        )
    wrote = _solver_of(header)
    if solver is not None:
        check_same_solver(wrote, solver.info)
        wrote = solver.info
    return Continuing(problem, wrote, _sampling(header, plan), _max_steps(header), plan.seed)


def _solver_of(header: Started) -> SolverInfo:
    told = header.solver
    return SolverInfo(
        told.name, told.revision, told.parameters, told.dtype, told.device, prompt=told.prompt,
        steps=told.steps, step_style=told.step_style,
    )  # fmt: skip


def _sampling(header: Started, plan: AuditPlan) -> Sampling:
    given: dict[str, Any] = dict(header.sampling)
    if plan.temperature is not None:
        given["temperature"] = plan.temperature
    try:
        sampling = Sampling(**given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"The run's sampling cannot be used again. {error}") from error
    if sampling.temperature == 0 and plan.rollouts > 1:
        raise UsageError(
            "This run was greedy (temperature 0), so all rollouts from a step would be alike. "
            "Give a --temperature above 0, or --rollouts 1."
        )
    return sampling


def _max_steps(header: Started) -> int:
    most = header.options.get("max_steps")
    return most if isinstance(most, int) and most > 0 else _MAX_STEPS


def _in_order(choices: Choices) -> list[str]:
    """What every cut's probability needs comes first, then what else was kept."""
    first = [
        node
        for choice in choices.choices
        if choice.cut
        for node in (*choice.cut, *choice.kept[-1:])
    ]
    rest = [node for choice in choices.choices for node in choice.kept] if first else []
    return list(dict.fromkeys([*first, *rest]))


def _told(desk: RolloutDesk, choices: Choices, nodes: Sequence[str], plan: AuditPlan) -> Audit:
    shares = {node: desk.share(node, plan.rollouts) for node in nodes}
    missing = sum(1 for _ in desk.missing(nodes, plan.rollouts))
    asked = choices if nodes else replace(choices, choices=())
    return Audit(
        choices=asked,
        prices=[
            price_of(choice, node, shares, plan.level)
            for choice in asked.choices
            for node in choice.cut
        ],
        shares=shares,
        loss=loss_of(desk.tree, asked, shares, desk.right, whole=not missing),
        rollouts=plan.rollouts,
        level=plan.level,
        written=desk.written,
        tokens=desk.tokens,
        missing=missing,
        undecided=desk.undecided(nodes, plan.rollouts),
    )
