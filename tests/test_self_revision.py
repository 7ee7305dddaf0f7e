"""Self-revision: what each attempt reads, how the budget is shared, and who votes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.log.events import Sampled
from search_core.problem import Problem
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepSample,
    VerifierInfo,
)
from search_core.run.driving import drive
from search_core.run.pairing import check_solver
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES, OptionError
from search_core.strategies.base import Choose, Complete, NodeView, Plan, Sample
from search_core.strategies.self_revision import SELF_REVISION, SelfRevisionOptions
from tests.fakes import FakeClock, FakeVerifier

Attempts = tuple[tuple[str, ...], ...]
Writes = Callable[[Attempts, tuple[str, ...], int], str]
"""(attempts read, steps so far, index) to the next step: "." ends the solution, "~" cuts it off."""


@dataclass
class Reader:
    """A solver whose next step depends on what it has read; it remembers what that was."""

    writes: Writes
    info: SolverInfo = field(default_factory=lambda: SolverInfo("reader"))
    requests: list[SampleRequest] = field(default_factory=list)

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.requests += requests
        return [self._step(self.writes(r.attempts, r.steps, r.index)) for r in requests]

    @staticmethod
    def _step(text: str) -> StepSample:
        if text.endswith("~"):
            return StepSample(text[:-1], 1, -1.0, "length")
        if text.endswith("."):
            return StepSample(f"The answer is {text[:-1]}.", 1, -1.0, "end")
        return StepSample(text, 1, -1.0, "step")


def run(
    writes: Writes, scores: Callable[[tuple[str, ...]], float] = lambda _: 0.5, **options: Any
) -> tuple[Run, Reader]:
    solver, verifier = Reader(writes), FakeVerifier(scores)
    recipe = Recipe(Problem("?"), SELF_REVISION, SelfRevisionOptions(**options))
    made = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(made, solver, verifier)
    return made, solver


def answers(attempts: Attempts) -> list[str]:
    return [attempt[-1].split()[-1].rstrip(".") for attempt in attempts]


# What an attempt reads ------------------------------------------------------------------------


def by_index(attempts: Attempts, steps: tuple[str, ...], index: int) -> str:
    """Three steps that carry the attempt's place among the root's children to its answer."""
    return f"try {index}" if not steps else "on" if len(steps) == 1 else f"{steps[0].split()[1]}."


def test_attempts_arrive_whole_and_oldest_first_for_every_step() -> None:
    _, solver = run(by_index, n=3, sequential=3)
    read = [(len(request.steps), answers(request.attempts)) for request in solver.requests]
    assert read == [
        *[(steps, []) for steps in (0, 1, 2)],
        *[(steps, ["0"]) for steps in (0, 1, 2)],
        *[(steps, ["0", "1"]) for steps in (0, 1, 2)],
    ]
    assert solver.requests[-1].attempts[0] == ("try 0", "on", "The answer is 0.")


def test_only_the_latest_attempts_are_read() -> None:
    _, solver = run(by_index, n=5, sequential=5, attempts_seen=2)
    read = [answers(request.attempts) for request in solver.requests]
    of_each = [[], ["0"], ["0", "1"], ["1", "2"], ["2", "3"]]
    assert read == [attempts for attempts in of_each for _ in range(3)]


def test_chains_do_not_read_each_other() -> None:
    made, solver = run(by_index, n=4, sequential=2)
    # 0 and 1 begin the chains; 2 revises 0, 3 revises 1.
    last = {request.steps[0]: answers(request.attempts) for request in solver.requests[-2:]}
    assert last == {"try 2": ["0"], "try 3": ["1"]}
    after = {event.id: event.after for event in made.events if isinstance(event, Sampled)}
    assert after["2"] == "0.0.0"
    assert after["3"] == "1.0.0"
    # What a path revises is said once, at its first step.
    assert [after[key] for key in ("0", "1", "2.0", "2.0.0")] == [None] * 4


def test_an_attempt_without_an_end_is_not_read() -> None:
    def writes(attempts: Attempts, steps: tuple[str, ...], index: int) -> str:
        if index == 1:
            return "half~"
        return by_index(attempts, steps, index)

    made, solver = run(writes, n=4, sequential=4)
    read = [answers(request.attempts) for request in solver.requests if not request.steps]
    assert read == [[], ["0"], ["0"], ["0", "2"]]
    assert made.tree.unfinished(made.tree.nodes["1"])


def test_a_first_attempt_without_an_end_leaves_the_second_a_first() -> None:
    def writes(attempts: Attempts, steps: tuple[str, ...], index: int) -> str:
        return "on and on" if index == 0 or (steps and steps[0] == "on and on") else "1."

    made, solver = run(writes, n=2, sequential=2, max_steps=3)
    assert not any(request.attempts for request in solver.requests)
    assert made.tree.finished.answer == "1"  # type: ignore[union-attr]


def test_a_strategy_that_goes_on_from_a_revision_step_by_step_keeps_what_was_read() -> None:
    def plan(root: NodeView, options: SelfRevisionOptions) -> Plan:
        first = yield Sample((root,), to_end=True, max_steps=9)
        revised = yield Sample((root,), after=first)
        revised = yield Sample(revised)
        revised = yield Sample(revised)
        revised = yield Complete(revised)
        yield Choose(revised, "majority")

    solver, verifier = Reader(by_index), FakeVerifier(lambda _: 0.5)
    recipe = Recipe(Problem("?"), replace(SELF_REVISION, plan=plan), SelfRevisionOptions())
    made = Run(recipe, solver.info, verifier.info, clock=FakeClock())
    drive(made, solver, verifier)
    assert [answers(request.attempts) for request in solver.requests] == [[]] * 3 + [["0"]] * 3


# The budget -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "sequential", "at_each_place"),
    [
        (16, 4, [4, 4, 4, 4]),
        (16, 1, [16]),
        (4, 4, [1, 1, 1, 1]),
        (10, 4, [3, 3, 2, 2]),
        (3, 4, [1, 1, 1]),
        (1, 64, [1]),
    ],
)
def test_the_budget_makes_chains_side_by_side(
    n: int, sequential: int, at_each_place: list[int]
) -> None:
    made, solver = run(lambda *_: "5.", n=n, sequential=sequential)
    rounds: list[int] = []
    for request in solver.requests:
        place = len(request.attempts)
        rounds += [0] * (place + 1 - len(rounds))
        rounds[place] += 1
    assert rounds == at_each_place
    assert len(list(made.tree.steps())) == n


@given(st.integers(1, 256), st.integers(1, 64))
def test_no_attempt_is_lost(n: int, sequential: int) -> None:
    options = SelfRevisionOptions(n=n, sequential=sequential)
    places = range(min(n, sequential))
    assert sum(options.chains_at(place) for place in places) == n
    assert all(options.chains_at(place) >= 1 for place in places)


def test_with_one_attempt_a_chain_it_is_best_of_n() -> None:
    made, solver = run(by_index, n=4, sequential=1)
    assert not any(request.attempts for request in solver.requests)
    best = Recipe(Problem("?"), STRATEGIES["best_of_n"], STRATEGIES["best_of_n"].options(n=4))
    other, verifier = Reader(by_index), FakeVerifier(lambda _: 0.5)
    baseline = Run(best, other.info, verifier.info, clock=FakeClock())
    drive(baseline, other, verifier)
    for tree in (made.tree, baseline.tree):
        assert {node.id: node.text for node in tree.steps()} == {
            f"{root}{rest}": text
            for root in range(4)
            for rest, text in (
                ("", f"try {root}"),
                (".0", "on"),
                (".0.0", f"The answer is {root}."),
            )
        }
        assert tree.finished.chosen == "0.0.0"  # type: ignore[union-attr]
    assert {m: v.tally for m, v in made.tree.votes.items()} == {
        m: v.tally for m, v in baseline.tree.votes.items()
    }


# Who votes ------------------------------------------------------------------------------------


def test_a_world_where_revising_helps_is_solved() -> None:
    """A chain counts up by what it read; only who has read three attempts gets to 3."""

    def writes(attempts: Attempts, steps: tuple[str, ...], index: int) -> str:
        return f"{len(attempts)}."

    def score(steps: tuple[str, ...]) -> float:
        return 0.9 if steps[-1] == "The answer is 3." else 0.2

    revised, _ = run(writes, score, n=4, sequential=4)
    assert revised.tree.finished.answer == "3"  # type: ignore[union-attr]
    parallel, _ = run(writes, score, n=4, sequential=1)
    assert parallel.tree.finished.answer == "0"  # type: ignore[union-attr]


SCORES = {"1": 0.6, "2": 0.3, "3": 0.55, "4": 0.1}


def two_chains(attempts: Attempts, steps: tuple[str, ...], index: int) -> str:
    """One chain answers 1, 2, 2, the other 3, 4, 2."""
    return ["1.", "3.", "2.", "4.", "2.", "2."][index]


def score_answer(steps: tuple[str, ...]) -> float:
    return SCORES[steps[-1].split()[-1].rstrip(".")]


@pytest.mark.parametrize(
    ("judge", "electors", "tally"),
    [
        # All six vote: 2 has three votes of 0.3.
        ("weighted", "attempts", {"2": 0.9, "1": 0.6, "3": 0.55, "4": 0.1}),
        # The first chain alone would answer 1 (0.6 against 2 * 0.3, seen first), the second 3.
        ("weighted", "chains", {"1": 0.6, "3": 0.55}),
        ("best", "attempts", {"1": 0.6, "3": 0.55, "2": 0.3, "4": 0.1}),
        ("best", "chains", {"1": 0.6, "3": 0.55}),
        ("majority", "attempts", {"2": 3, "1": 1, "3": 1, "4": 1}),
        ("majority", "chains", {"2": 3, "1": 1, "3": 1, "4": 1}),
    ],
)
def test_who_votes(judge: str, electors: str, tally: dict[str, float]) -> None:
    made, _ = run(two_chains, score_answer, n=6, sequential=3, judge=judge, electors=electors)
    held = made.tree.votes[judge]
    assert {entry.answer: entry.votes for entry in held.tally} == tally
    assert made.tree.finished.answer == next(iter(tally))  # type: ignore[union-attr]


def test_a_chain_without_an_answer_has_no_winner() -> None:
    made, _ = run(lambda *_: "no end~", n=4, sequential=2, electors="chains")
    assert made.tree.finished.answer is None  # type: ignore[union-attr]


# Which solvers can ----------------------------------------------------------------------------


def test_a_solver_that_reads_no_attempts_is_refused_before_the_run() -> None:
    solver, verifier = SolverInfo("forgetful", revises=False), VerifierInfo("any")
    for strategy in STRATEGIES.values():
        recipe = Recipe(Problem("?"), strategy, strategy.options())
        if not strategy.revises:
            Run(recipe, solver, verifier)
            continue
        with pytest.raises(OptionError, match=r'forgetful does not\. Choose the solver "revision"'):
            Run(recipe, solver, verifier)
        check_solver(strategy, True, "any")
