"""Strategies that break their contract fail their run, and leave a whole log behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search_core.log.events import Decided
from search_core.log.tree import LogError
from search_core.problem import Problem
from search_core.protocols import FAULT
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.replies import ProtocolError
from search_core.strategies.base import (
    Choose,
    Complete,
    Decide,
    Merge,
    NodeView,
    Plan,
    Resolve,
    Sample,
)
from search_core.strategies.options import ScoredOptions
from tests.fakes import FakeSolver, World
from tests.runs import NEVER_ENDS, fake_strategy, last, start


def too_wide(root: NodeView, options: ScoredOptions) -> Plan:
    yield Sample((root,) * (options.n + 1))


def no_parents(root: NodeView, options: ScoredOptions) -> Plan:
    yield Sample(())


def ends_without_choice(root: NodeView, options: ScoredOptions) -> Plan:
    yield Sample((root,))


def yields_nonsense(root: NodeView, options: ScoredOptions) -> Plan:
    yield Sample((root,))
    yield "keep it"  # type: ignore[misc]


def decides_twice(root: NodeView, options: ScoredOptions) -> Plan:
    nodes = yield Sample((root, root))
    yield Decide("top_k", "So.", kept=nodes)
    yield Decide("top_k", "So.", kept=nodes[:1], pruned=nodes[1:])


def completes_a_pruned_step(root: NodeView, options: ScoredOptions) -> Plan:
    nodes = yield Sample((root, root))
    yield Decide("top_k", "So.", pruned=nodes[1:])
    yield Complete(nodes)


def merges_into_itself(root: NodeView, options: ScoredOptions) -> Plan:
    (node,) = yield Sample((root,))
    yield Merge(((node, node),))


def ranks_what_was_not_scored(root: NodeView, options: ScoredOptions) -> Plan:
    nodes = yield Sample((root,))
    yield Decide("top_k", "So.", kept=nodes, ranked=True, cutoff=0.5)


@pytest.mark.parametrize(
    ("plan", "error", "message"),
    [
        (too_wide, ProtocolError, "fake strategy asked for 5 samples.*allows 1 to 4"),
        (no_parents, ProtocolError, "fake strategy asked for 0 samples"),
        (ends_without_choice, ProtocolError, "fake strategy ended without a choice"),
        (yields_nonsense, ProtocolError, "fake strategy yielded 'keep it'"),
        (decides_twice, LogError, "already kept"),
        (completes_a_pruned_step, LogError, "already pruned"),
        (merges_into_itself, LogError, "merged into itself"),
        (ranks_what_was_not_scored, ValueError, "not scored; yield Score first"),
    ],
)
def test_misbehaviour_fails_the_run_and_leaves_a_valid_log(
    plan: Callable[[NodeView, ScoredOptions], Plan], error: type[Exception], message: str
) -> None:
    run = start(Recipe(Problem("?"), fake_strategy(plan), ScoredOptions(n=4)))
    with pytest.raises(error, match=message) as raised:
        drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "failed"
    # What the strategy's author reads is in the error; everybody else reads a sentence.
    said = str(raised.value) if error is ProtocolError else FAULT
    assert last(run).message == said


def test_a_strategy_that_never_stops_meets_the_limit() -> None:
    def plan(root: NodeView, options: ScoredOptions) -> Plan:
        while True:
            yield Sample((root,))

    limits = Limits(nodes=30)
    run = start(Recipe(Problem("?"), fake_strategy(plan), ScoredOptions(), limits=limits))
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "out_of_budget"
    assert len(list(run.tree.steps())) == 30


def test_steps_that_a_strategy_forgot_are_closed() -> None:
    def plan(root: NodeView, options: ScoredOptions) -> Plan:
        nodes = yield Sample((root, root))
        yield Complete(nodes[:1])
        yield Choose(nodes, "majority")

    run = start(Recipe(Problem("?"), fake_strategy(plan), ScoredOptions()))
    drive(run, FakeSolver(lambda *_: ("The answer is 1.", "end")), World().verifier())
    assert [node.state for node in run.tree.steps()] == ["completed", "pruned"]
    assert run.tree.unfinished(run.tree.nodes["1"])
    assert run.tree.votes["majority"].tally[0].votes == 1


def test_a_decision_about_the_search_needs_no_nodes_and_touches_none() -> None:
    def plan(root: NodeView, options: ScoredOptions) -> Plan:
        leaves = yield Sample((root,))
        yield Complete(leaves)
        yield Decide("top_k", "Nothing was there to decide.")
        yield Resolve("vote_settled", "One is enough.")
        yield Choose(leaves, "majority")

    run = start(Recipe(Problem("?"), fake_strategy(plan), ScoredOptions()))
    drive(run, FakeSolver(lambda *_: ("The answer is 1.", "end")), World().verifier())
    assert last(run).status == "completed"
    decided = [event for event in run.events if isinstance(event, Decided)]
    assert [(one.round, one.rule, one.why) for one in decided] == [
        (1, "vote_settled", "One is enough.")
    ]
    assert run.tree.decisions == decided
    assert [(node.state, node.decision) for node in run.tree.steps()] == [("completed", None)]
