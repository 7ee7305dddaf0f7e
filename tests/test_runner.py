"""The runner: scoring, cancellation, failures, who listens, and what the log begins with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from search_core.log.events import Decided, Event, Finished, Sampled, Scored
from search_core.problem import Problem
from search_core.protocols import Sampling
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.strategies.base import (
    Choose,
    Decide,
    NodeView,
    Plan,
    Sample,
    Score,
)
from search_core.strategies.options import ScoredOptions
from tests.fakes import FakeSolver, FakeVerifier, World
from tests.runs import ENDS_AT_2, NEVER_ENDS, fake_strategy, last, recipe, start
from tests.test_search_properties import log_of

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
    inner = solver.step

    def step(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        if solver.calls == fails_at:
            raise Break("out of memory")
        return inner(steps, index)

    solver.step = step
    run = start(recipe())
    with pytest.raises(Break, match="out of memory"):
        drive(run, solver, NEVER_ENDS.verifier())
    assert last(run).status == "failed"
    said = "Solver fake solver failed by an error of its own. The program's log has the details."
    assert last(run).message == said
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


def test_closings_of_all_kinds_vote_together_and_a_thought_does_not() -> None:
    words = [
        "<think>\nSo \\boxed{4}?\n</think>\n\n**Final Answer:** 5",
        "2 + 3 = 5\n#### 5",
        "The answer is:\n\n$$\n5\n$$",
        "Maybe \\boxed{5}.\n</think>\n\nThe answer is 4.",
    ]
    run = start(recipe("best_of_n"))
    drive(run, FakeSolver(lambda _, index: (words[index], "end")), FakeVerifier(lambda _: 0.5))
    tally = run.tree.votes["majority"].tally
    assert [(t.answer, t.votes) for t in tally] == [("5", 3), ("4", 1)]


@pytest.mark.parametrize(
    ("answers", "votes"),
    [
        ((r"10^{-20}", r"10^{-30}", r"10^{-20}"), [(0, 2), (1, 1)]),
        ((r"35\text{ cm}", "35", r"35\text{ m}"), [(0, 2), (1, 1)]),
        ((r"1:2:3:\ldots", r"1:4:9:\ldots", r"1:2:3:\ldots"), [(0, 2), (1, 1)]),
        (
            (r"\sqrt{2}\cdot 2^{-99}", r"\sqrt{2}\cdot 2^{-98}", r"2^{-99}\sqrt{2}"),
            [(0, 2), (1, 1)],
        ),
        (("11 5/6", "71/6", r"5.5e3"), [(0, 2), (1, 1)]),
        ((r"e^{i\pi}", "-1", "½"), [(0, 2), (1, 1)]),
    ],
)
def test_of_three_samples_one_that_says_something_else_has_a_vote_of_its_own(
    answers: tuple[str, ...], votes: list[tuple[int, int]]
) -> None:
    run = start(recipe("best_of_n", options={"n": 3}))
    said = [rf"So \boxed{{{answer}}}." for answer in answers]
    drive(run, FakeSolver(lambda _, index: (said[index], "end")), FakeVerifier(lambda _: 0.5))
    tally = run.tree.votes["majority"].tally
    assert [(t.group, t.votes) for t in tally] == votes


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
