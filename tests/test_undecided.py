"""Answers that could not be compared: decided later, or logged and shown; never different."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from components.charts.votes import votes_figure, votes_summary, votes_view
from search_core.answers import AnswerClasses, Undecided
from search_core.cli.summary import print_summary, summary_values
from search_core.log.events import Compared, Completed, Event, Graded
from search_core.log.traces import parse_trace
from search_core.picture.notebook import html_picture
from search_core.picture.outline import outline
from search_core.problem import Problem
from search_core.run import grading
from search_core.run.driving import drive
from search_core.run.runner import Run
from tests.fakes import FakeSolver, FakeVerifier
from tests.judges import Knows
from tests.runs import last, recipe, start
from tests.test_search_properties import log_of

ANSWERS = (r"\boxed{x+1}", r"\boxed{b^b}", r"\boxed{1+x}", r"\boxed{b^b}")
SOLVER = FakeSolver(lambda _, index: (ANSWERS[index], "end"))
VERIFIER = FakeVerifier(lambda _: 0.5)


def undecided(hostile: str) -> Knows:
    return Knows(lambda first, second: None if hostile in (first, second) else True)


def run_of(judge: Knows, reference: str | None = None) -> Run:
    """Best-of-4 over the answers above, with the reference held against them by the judge too."""
    made = replace(recipe("best_of_n"), problem=Problem("What is it?", reference))
    run = start(made, classes=AnswerClasses(judge), grader=None)
    run._election._grading._comparer._judge = judge
    return run


def driven(run: Run, cancelled: Callable[[], bool] | None = None) -> Run:
    if cancelled is None:
        drive(run, SOLVER, VERIFIER)
    else:
        drive(run, SOLVER, VERIFIER, cancelled)
    return run


def events_of(run: Run, kind: type[Event]) -> list[Event]:
    return [event for event in run.events if isinstance(event, kind)]


def test_what_stays_undecided_is_in_the_log_and_votes_apart() -> None:
    run = driven(run_of(undecided("b^b")))
    assert last(run).status == "completed"
    assert [event.undecided for event in run.events if isinstance(event, Completed)] == [
        (),
        (0,),
        (),
        (),
    ]
    assert events_of(run, Compared) == []
    assert run.tree.undecided == {(0, 1)}
    assert [entry.votes for entry in run.tree.votes["majority"].tally] == [2.0, 2.0]
    assert parse_trace(log_of(run).encode()).tree == run.tree


@pytest.mark.parametrize("tries", [1, 2])
def test_what_is_decided_by_a_later_try_is_one_answer_in_the_vote(tries: int) -> None:
    judge = undecided("b^b")

    def says(first: str, second: str) -> bool | None:
        met = sum({one, other} == {first, second} for one, other, _ in judge.asked)
        return None if met <= tries and "b^b" in (first, second) else True

    judge.says = says
    run = driven(run_of(judge))
    [compared] = events_of(run, Compared)
    assert (compared.first, compared.second, compared.equal) == (0, 1, True)  # type: ignore[attr-defined]
    assert run.tree.undecided == set()
    assert [entry.votes for entry in run.tree.votes["majority"].tally] == [4.0]
    assert {node.group for node in run.tree.steps()} == {0}
    assert parse_trace(log_of(run).encode()).tree == run.tree


def test_a_reference_that_cannot_be_compared_is_undecided() -> None:
    run = driven(run_of(undecided("b^b"), reference="y+1"))
    [graded] = events_of(run, Graded)
    assert isinstance(graded, Graded)
    assert (graded.right, graded.wrong, graded.undecided) == (("0", "2"), (), ("1", "3"))
    assert [node.right for node in run.tree.steps()] == [True, None, True, None]


def test_a_solution_that_cannot_be_compared_is_neither_right_nor_wrong() -> None:
    def same(first: str, second: str) -> bool:
        raise Undecided

    with pytest.raises(Undecided):
        grading.grade_solution(Problem("?", "y+1"), [r"\boxed{x+1}"], same)
    assert grading.grade_solution(Problem("?", "y+1"), ["Nothing."], same) is False


def test_a_stop_while_answers_are_compared_ends_the_run() -> None:
    """What is known by then votes; what is not is undecided, and the run was stopped."""
    stop = threading.Event()
    judge = undecided("nothing")

    def says(first: str, second: str) -> bool | None:
        stop.set()
        return None

    judge.says = says
    run = driven(run_of(judge, reference="z+1"), stop.is_set)
    assert last(run).status == "cancelled"
    assert len(judge.asked) == 1
    assert [node.state for node in run.tree.steps()] == ["completed"] * 4
    assert run.tree.undecided == {(0, 1), (0, 2), (1, 2)}
    assert all(node.right_undecided for node in run.tree.steps())


def test_whole_answers_are_compared_and_kept() -> None:
    """Four answers of 211 digits that differ in the last one have one vote each."""
    stem = "7" * 210
    solver = FakeSolver(lambda _, index: (rf"\boxed{{{stem}{index}}}", "end"))
    run = start(recipe("best_of_n"))
    drive(run, solver, VERIFIER)
    assert [entry.votes for entry in run.tree.votes["majority"].tally] == [1.0] * 4
    assert [node.answer for node in run.tree.steps()] == [f"{stem}{index}" for index in range(4)]


def test_every_view_of_a_vote_says_it() -> None:
    said = "x+1 and b^b could not be compared: they vote apart"
    run = driven(run_of(undecided("b^b"), reference="y+1"))
    assert said in outline(run.tree)
    assert said in html_picture(run.tree)
    assert said in votes_summary(votes_view(run.tree))
    printed = Console(file=io.StringIO(), width=200)
    print_summary(printed, run.tree)
    assert said in printed.file.getvalue()  # type: ignore[attr-defined]
    assert json.loads(json.dumps(summary_values(run.tree)))["not_compared"] == [["x+1", "b^b"]]


def test_every_view_of_right_and_wrong_says_it() -> None:
    run = driven(run_of(undecided("y+1"), reference="y+1"))
    assert run.tree.finished is not None
    assert run.tree.finished.answer == "x+1"
    said = "? could not be compared with the reference"
    assert f"x+1 {said}" in outline(run.tree)
    assert "[x+1 ?]" in outline(run.tree)
    assert said in html_picture(run.tree)
    view = votes_view(run.tree)
    assert "x+1 (4 votes, could not be compared with the reference)" in votes_summary(view)
    assert "★ x+1 ?" in str(votes_figure(view))
    printed = Console(file=io.StringIO(), width=200)
    print_summary(printed, run.tree)
    assert f"x+1  {said}" in printed.file.getvalue()  # type: ignore[attr-defined]


def test_where_everything_was_compared_nothing_is_said() -> None:
    run = driven(run_of(Knows(lambda first, second: False), reference="y+1"))
    assert "compared" not in outline(run.tree) + votes_summary(votes_view(run.tree))
