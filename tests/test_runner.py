"""The runner: limits, seeds, budgets, cancellation, failures, and who votes after them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from search_core.log.events import Decided, Event, Finished, Sampled, Scored, Spent
from search_core.log.traces import parse_trace
from search_core.log.tree import FINAL_STATES, LogError
from search_core.problem import Problem
from search_core.protocols import SampleRequest, Sampling, StepSample
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.recorder import ProtocolError
from search_core.run.runner import Run
from search_core.seeds import node_seed
from search_core.strategies import STRATEGIES
from search_core.strategies.base import (
    Choose,
    Complete,
    Decide,
    Merge,
    NodeView,
    Plan,
    Resolve,
    Sample,
    Score,
    Strategy,
)
from search_core.strategies.options import ScoredOptions
from tests.fakes import FakeClock, FakeSolver, FakeVerifier, World
from tests.test_search_properties import log_of

NEVER_ENDS = World(ends=0.0, cut_off=0.0)
ENDS_AT_2 = FakeSolver(
    lambda steps, index: (f"The answer is {index}.", "end") if steps else (f"on {index}", "step")
)


def fake_strategy(plan: Callable[[NodeView, ScoredOptions], Plan]) -> Strategy:
    return Strategy("fake strategy", "Fake", "", "", "", ScoredOptions, plan)


def start(recipe: Recipe, **fields: Any) -> Run:
    world = World()
    fields = {"clock": FakeClock(), "grader": lambda *_: None} | fields
    return Run(recipe, world.solver().info, world.verifier().info, **fields)


def recipe(name: str = "beam_search", **fields: Any) -> Recipe:
    values = {"n": 4, "beam_width": 2, "max_steps": 5, "filter_duplicates": False}
    options = fields.pop("options", {})
    strategy = STRATEGIES[name]
    known = {spec.name for spec in strategy.options.specs()}
    made = strategy.options.from_values({k: v for k, v in values.items() if k in known} | options)
    return Recipe(Problem("What is it?"), strategy, made, **fields)


def last(run: Run) -> Finished:
    """The end of a run, whose log is valid and leaves nothing open."""
    assert parse_trace(log_of(run).encode()).tree == run.tree
    assert all(node.state in FINAL_STATES for node in run.tree.steps())
    assert isinstance(run.events[-1], Finished)
    return run.events[-1]


# Limits -------------------------------------------------------------------------------------


def test_a_limit_of_nodes_stops_before_the_round_that_would_pass_it() -> None:
    run = start(recipe(limits=Limits(nodes=11)))
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "out_of_budget"
    assert "8 steps; its limit is 11" in last(run).message
    assert len(list(run.tree.steps())) == 8


def test_a_limit_of_tokens_counts_what_a_round_may_write_at_most() -> None:
    # A round of 4 may write 40 tokens; it writes 3 each. After three rounds: 36 + 40 > 75.
    limited = recipe(sampling=Sampling(max_step_tokens=10), limits=Limits(tokens=75))
    run = start(limited)
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "out_of_budget"
    assert run.tree.cost.generated == 36
    assert "36 tokens" in last(run).message


def test_a_limit_of_seconds() -> None:
    run = start(recipe(limits=Limits(seconds=3.0)))  # the clock ticks at each look
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "out_of_budget"
    assert "3 seconds" in last(run).message
    begun = [e.t for e in run.events if isinstance(e, Spent) and e.call == "sample"]
    assert begun[-1] < 4.5
    assert last(run).t > 3.0


def test_what_was_found_before_the_limit_votes() -> None:
    run = start(recipe("dvts", limits=Limits(nodes=8), options={"n": 4, "beam_width": 1}))
    solver = FakeSolver(
        lambda steps, index: ("The answer is 7.", "end") if index == 1 else ("on", "step")
    )
    drive(run, solver, FakeVerifier(lambda _: 0.5))
    assert last(run).status == "out_of_budget"
    assert last(run).answer == "7"
    assert last(run).method == "weighted"


@pytest.mark.parametrize("name", ["nodes", "tokens", "seconds"])
def test_limits_are_above_zero(name: str) -> None:
    with pytest.raises(ValueError, match=f"limit of {name} is 0; it must be above 0"):
        Limits(**{name: 0})


# Seeds --------------------------------------------------------------------------------------


@dataclass
class SeedWatcher:
    """Remembers the seed of every node."""

    solver: FakeSolver
    seen: dict[tuple[tuple[str, ...], int], int] = field(default_factory=dict)

    @property
    def info(self):  # type: ignore[no-untyped-def]
        return self.solver.info

    def sample(self, requests: Sequence[SampleRequest], *rest: Any) -> list[StepSample]:
        self.seen |= {(request.steps, request.index): request.seed for request in requests}
        return self.solver.sample(requests, *rest)


def seeds(name: str, seed: int = 0, **options: Any) -> dict[tuple[tuple[str, ...], int], int]:
    # Texts name their node, so that a path of texts is a path of nodes.
    solver = SeedWatcher(FakeSolver(lambda steps, index: (f"{index}", "step")))
    run = start(recipe(name, seed=seed, options={"max_steps": 3} | options))
    drive(run, solver, World().verifier())
    return solver.seen


def test_a_node_has_one_seed_whatever_strategy_samples_it() -> None:
    all_seeds = [
        seeds("greedy"),
        seeds("best_of_n"),
        seeds("beam_search"),
        seeds("beam_search", n=8),
        seeds("dvts"),
    ]
    for one in all_seeds:
        for other in all_seeds:
            shared = one.keys() & other.keys()
            assert ((), 0) in shared
            assert all(one[key] == other[key] for key in shared)


def test_different_nodes_and_runs_have_different_seeds() -> None:
    one, other = seeds("beam_search"), seeds("beam_search", seed=1)
    assert len(set(one.values())) == len(one)
    assert not set(one.values()) & set(other.values())


def test_seeds_are_pinned() -> None:
    """Recipe links depend on them: this number may never change."""
    assert node_seed(0, "0.1") == 6973500072135053669
    assert all(0 <= node_seed(seed, "3") < 2**63 for seed in range(-50, 50))


# Strategies that misbehave ------------------------------------------------------------------


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
    with pytest.raises(error, match=message):
        drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert last(run).status == "failed"
    assert last(run).message.startswith(error.__name__)


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


# Scoring ------------------------------------------------------------------------------------


def test_no_step_is_scored_twice_and_unscored_ancestors_are() -> None:
    def plan(root: NodeView, options: ScoredOptions) -> Plan:
        above = yield Sample((root,))
        below = yield Sample((above[0], above[0]))
        scored = yield Score(below, "mean")
        again = yield Score((*scored, *above), "last")
        yield Decide("top_k", "So.", kept=(*above, *below))
        assert [node.aggregate for node in again] == [0.45, 0.6, 0.4]
        yield Choose((), "best")

    scores = {"0": 0.4, "00": 0.5, "01": 0.8}
    verifier = FakeVerifier(lambda steps: scores["".join(steps)])
    run = start(Recipe(Problem("?"), fake_strategy(plan), ScoredOptions()))
    drive(run, FakeSolver(lambda _, index: (f"{index}", "step")), verifier)
    assert verifier.calls == 1
    nodes = [run.tree.nodes[e.id] for e in run.events if isinstance(e, Scored)]
    scored = [(node.id, node.score, node.aggregate) for node in nodes]
    assert scored == [("0", 0.4, 0.4), ("0.0", 0.5, 0.45), ("0.1", 0.8, 0.6)]


# Cancelling and failing ---------------------------------------------------------------------


def test_cancelled_while_the_verifier_works() -> None:
    verifier = World().verifier()
    run = start(recipe("best_of_n"))
    drive(run, ENDS_AT_2, verifier, lambda: verifier.calls == 1)
    assert verifier.calls == 1
    assert last(run).status == "cancelled"
    assert not [e for e in run.events if isinstance(e, Scored)]
    # The solutions were complete, yet nothing scored them: only the majority can be asked.
    assert set(run.tree.votes) == {"majority"}
    assert last(run).answer == "0"
    assert last(run).method == "majority"


def test_after_a_stop_only_what_is_complete_votes() -> None:
    solver = FakeSolver(
        lambda steps, index: ("The answer is 3.", "end") if index == 0 else ("on", "step")
    )
    run = start(recipe())
    verifier = FakeVerifier(lambda _: 0.5)
    drive(run, solver, verifier, lambda: verifier.calls == 2)
    assert last(run).status == "cancelled"
    assert last(run).message == "Stopped by request."
    assert {t.answer for t in run.tree.votes["weighted"].tally} == {"3"}
    open_ones = [e for e in run.events if isinstance(e, Decided) and e.rule == "run_ended"]
    closed = {verdict.id for decision in open_ones for verdict in decision.pruned}
    assert closed
    assert all(run.tree.unfinished(run.tree.nodes[node_id]) for node_id in closed)


class Break(Exception):
    """Something that a model raises."""


@pytest.mark.parametrize("fails_at", [1, 3])
def test_a_solver_that_fails(fails_at: int) -> None:
    solver = NEVER_ENDS.solver()
    inner = solver.world

    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        if solver.calls == fails_at:
            raise Break("out of memory")
        return inner(steps, index)

    solver.world = step
    run = start(recipe())
    with pytest.raises(Break, match="out of memory"):
        drive(run, solver, NEVER_ENDS.verifier())
    assert last(run).status == "failed"
    assert last(run).message == "Break: out of memory"
    assert len(list(run.tree.steps())) == 4 * (fails_at - 1)
    assert not run.tree.votes


def test_a_very_long_error_message_still_fits() -> None:
    def score(_: tuple[str, ...]) -> float:
        raise Break("x" * 5000)

    run = start(recipe())
    with pytest.raises(Break):
        drive(run, NEVER_ENDS.solver(), FakeVerifier(score))
    assert last(run).status == "failed"


@pytest.mark.parametrize("stop", [False, True])
def test_a_grader_that_fails_is_a_failed_run_even_after_a_stop(stop: bool) -> None:
    def grader(*_: Any) -> bool:
        raise Break("no grade")

    run = start(recipe("best_of_n"), grader=grader)
    verifier = World().verifier()
    with pytest.raises(Break):
        drive(run, ENDS_AT_2, verifier, lambda: stop and verifier.calls == 1)
    assert last(run).status == "failed"


def test_a_listener_that_fails_at_the_end_does_not_hide_its_error() -> None:
    def listener(event: Event) -> None:
        if isinstance(event, Finished):
            raise Break("disk full")

    run = start(recipe("best_of_n"), listener=listener)
    with pytest.raises(Break, match="disk full"):
        drive(run, ENDS_AT_2, World().verifier())
    assert last(run).status == "completed"


def test_the_listener_hears_every_event_once_it_is_in_the_tree() -> None:
    heard: list[Event] = []

    def listener(event: Event) -> None:
        assert run.tree.seq == event.seq
        assert run.events[-1] is event
        heard.append(event)

    run = start(recipe(), listener=listener)
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    assert heard == run.events


def test_two_runs_can_be_answered_in_turns() -> None:
    """What one engine does for many runs: their calls interleave, their logs do not change."""
    alone = start(recipe(seed=1))
    drive(alone, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    runs = [start(recipe(seed=1)), start(recipe("dvts", seed=2))]
    waiting = [(run.calls(), None) for run in runs]
    while waiting:
        calls, reply = waiting.pop(0)
        try:
            call = next(calls) if reply is None else calls.send(reply)
        except StopIteration:
            continue
        answer = call.answer(NEVER_ENDS.solver(), NEVER_ENDS.verifier(), lambda: False)
        waiting.append((calls, answer))
    assert log_of(runs[0]) == log_of(alone)
    assert last(runs[1]).status == "completed"


def test_the_same_answer_in_other_words_is_one_class() -> None:
    words = ["The answer is 7.", r"So \boxed{7}.", "The answer is 8.", "The answer is $7.0$."]
    run = start(recipe("best_of_n"))
    drive(run, FakeSolver(lambda _, index: (words[index], "end")), FakeVerifier(lambda _: 0.5))
    tally = run.tree.votes["majority"].tally
    assert [(t.group, t.votes) for t in tally] == [(0, 3), (1, 1)]


def test_sampled_events_stand_in_the_order_of_the_request() -> None:
    run = start(recipe(options={"max_steps": 2}))
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    ids = [e.id for e in run.events if isinstance(e, Sampled)]
    kept = [node.id for node in run.tree.steps() if node.state == "kept"]
    assert ids[4:] == [f"{kept[0]}.0", f"{kept[1]}.0", f"{kept[0]}.1", f"{kept[1]}.1"]


def test_a_recipe_is_written_into_the_header_whole() -> None:
    made = replace(recipe(seed=9), sampling=Sampling(0.5, 0.9, 40), limits=Limits(7, 8000, 9.0))
    run = start(made, run_id="abc", created="2026-01-01")
    drive(run, NEVER_ENDS.solver(), NEVER_ENDS.verifier())
    started = run.tree.started
    assert started is not None
    assert (started.run, started.created, started.seed) == ("abc", "2026-01-01", 9)
    assert started.sampling == {"temperature": 0.5, "top_p": 0.9, "max_step_tokens": 40}
    assert started.limits == {"nodes": 7, "tokens": 8000, "seconds": 9.0}
    options = type(made.options).from_values(started.options)
    assert options == made.options
