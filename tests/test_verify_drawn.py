"""Solutions that are drawn: exact labels, and a file that goes on where it stopped."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from search_core.embedded import gold_solution, read_problem
from search_core.labelled import LabelledSolution, read_labelled
from search_core.labelled.writing.benchmark_rows import plain_row
from search_core.protocols import Cancelled, SampleRequest, Sampling, SolverInfo, StepSample
from search_core.verify.drawn import DrawPlan, draw_solutions, rows_key
from search_core.verify.drawn_file import DrawnFile

PLAN = DrawPlan(("expression", "word"), per_family=3, attempts=3)


class GoldSolver:
    """Writes the worked solution; its second attempt spoils a step, its third never ends."""

    info = SolverInfo("gold")

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        return [self._next(request) for request in requests]

    def _next(self, request: SampleRequest) -> StepSample:
        steps = gold_solution(read_problem(request.problem), random.Random(0))
        at = len(request.steps)
        if not request.steps and request.index == 2:
            return StepSample("Well", 1, -0.1, "length")
        text = steps[at]
        if request.index == 1 and not request.steps:
            text += "  "  # what the checker does not take for a step
        return StepSample(text, 3, -0.1, "end" if at == len(steps) - 1 else "step")


def drawn() -> list[tuple[str, list[LabelledSolution]]]:
    found = draw_solutions(
        PLAN.problems(), PLAN, Sampling(), GoldSolver(), lambda: False, at_once=4
    )
    return [(problem.text, solutions) for problem, solutions in found]


def test_attempts_are_labelled_by_the_checker_and_unfinished_ones_left_out() -> None:
    found = drawn()
    assert len(found) == 6
    for text, solutions in found:
        assert [solution.first_error for solution in solutions] == [-1, 0]
        assert [solution.answer_right for solution in solutions] == [True, True]
        assert {solution.problem for solution in solutions} == {text}
        assert {solution.split for solution in solutions} == {"test"}
        assert len({solution.id for solution in solutions}) == 2


def test_what_was_drawn_is_read_back_as_it_was(tmp_path: Path) -> None:
    solutions = [solution for _, each in drawn() for solution in each]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(plain_row(each)) + "\n" for each in solutions))
    assert list(read_labelled(path)) == solutions


def test_a_file_that_was_cut_off_goes_on_after_its_last_whole_problem(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    first, second, *_ = drawn()
    with DrawnFile(path, "plan") as file:
        file.add("one", first[1])
    whole = path.read_bytes()
    # A problem whose rows are half there, and a mark that is half there.
    with path.open("ab") as rows:
        rows.write(b'{"id": "half')
    with path.with_suffix(".done").open("ab") as marks:
        marks.write(b'["tw')
    with DrawnFile(path, "plan") as file:
        assert file.done == {"one"}
        assert path.read_bytes() == whole
        file.add("two", second[1])
    with DrawnFile(path, "plan") as file:
        assert file.done == {"one", "two"}
    assert [row.id for row in read_labelled(path)] == [row.id for row in (*first[1], *second[1])]


def test_a_file_of_another_plan_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with DrawnFile(path, "plan") as file:
        file.add("one", [])
    with pytest.raises(ValueError, match="drawn otherwise"):
        DrawnFile(path, "another")


def test_rows_that_other_labels_were_given_are_not_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = rows_key(PLAN, Sampling(), GoldSolver.info)
    assert before == rows_key(PLAN, Sampling(), GoldSolver.info)
    monkeypatch.setattr("search_core.verify.drawn.LABELS", 0)
    assert rows_key(PLAN, Sampling(), GoldSolver.info) != before
