"""Edits of solutions: they do what they are called, and their effect on scores is told rightly."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from search_core.embedded import generate, gold_solution, grade
from search_core.embedded.corruption import corrupt, step_labels
from search_core.evaluation.intervals import share_with_interval
from search_core.labelled import LabelledSolution
from search_core.problem import Problem
from search_core.verify.stress.choosing import StressCase, chosen_solutions, stress_cases
from search_core.verify.stress.edits import EDITS
from search_core.verify.stress.measuring import stress_results
from tests.test_cli_verify import Counting, verify

BY_MEANING = {"self-praise", "padding", "restatement", "split step"}


def labelled(problem: Problem, steps: list[str], name: str) -> LabelledSolution:
    return LabelledSolution(
        name,
        problem.text,
        tuple(steps),
        labels=tuple(step_labels(problem, steps)),
        answer_right=grade(problem, steps).correct,
        group=problem.text,
        family=problem.family,
    )


@pytest.fixture(scope="module")
def problems() -> dict[str, Problem]:
    drawn = [
        problem
        for family, level in (("expression", 6), ("word", 4), ("countdown", 4))
        for problem in generate(family, level, 12, seed=1)
    ]
    return {problem.text: problem for problem in drawn}


@pytest.fixture(scope="module")
def cases(problems: dict[str, Problem]) -> list[StressCase]:
    luck = random.Random(0)
    rows = []
    for number, problem in enumerate(problems.values()):
        rows.append(labelled(problem, gold_solution(problem, luck), f"right {number}"))
        spoiled = corrupt(problem, "wrong result", luck)
        if spoiled is not None:
            rows.append(labelled(problem, spoiled.steps, f"wrong {number}"))
    return stress_cases(chosen_solutions(rows, 100, seed=0), seed=0)


def test_every_kind_of_edit_is_made_of_embedded_solutions(cases: list[StressCase]) -> None:
    assert {case.edit.name for case in cases} == {edit.name for edit in EDITS}


def test_the_checker_confirms_what_an_edit_did(
    cases: list[StressCase], problems: dict[str, Problem]
) -> None:
    looked_at = 0
    for case in cases:
        if case.edit.name in BY_MEANING or case.edit.name == "question from elsewhere":
            continue
        problem = problems[case.edited.solution.problem]
        labels = step_labels(problem, case.edited.solution.steps)
        assert labels[case.edited.after] == (0.0 if case.edit.must_change else 1.0), case
        assert step_labels(problem, case.original.steps)[case.edited.before] == 1.0
        looked_at += 1
    assert looked_at > 60


def test_a_wrong_step_is_praised_and_stays_wrong(cases: list[StressCase]) -> None:
    praised = [c for c in cases if c.edit.name == "self-praise" and c.sound is False]
    assert praised
    for case in praised:
        assert case.edited.before == case.original.first_error
        assert (
            case.original.steps[case.edited.before] in case.edited.solution.steps[case.edited.after]
        )


def test_a_split_step_says_the_same_in_two(cases: list[StressCase]) -> None:
    split = [case for case in cases if case.edit.name == "split step"]
    for case in split:
        at = case.edited.before
        assert " ".join(case.edited.solution.steps[at : at + 2]) == case.original.steps[at]


def test_in_other_texts_only_what_is_safe_in_any_text_is_done() -> None:
    rows = [
        LabelledSolution(str(n), f"problem {n}", (f"So {n} + 4 = {n + 4}.", f"Hence {n + 4}."))
        for n in range(2, 12)
    ]
    made = {case.edit.name for case in stress_cases(rows, seed=0)}
    assert made == {*(BY_MEANING - {"split step"}), "terms swapped", "wrong digit",
                    "step from elsewhere", "question from elsewhere"}  # fmt: skip


def test_the_same_rows_in_another_order_are_chosen_alike() -> None:
    rows = [LabelledSolution(str(n), f"p{n // 3}", ("a",), answer_right=n % 2 == 0)
            for n in range(60)]  # fmt: skip
    one = chosen_solutions(rows, 10, seed=0)
    assert {row.id for row in one} == {row.id for row in chosen_solutions(rows[::-1], 10, seed=0)}
    assert len(one) == 10
    assert sum(bool(row.answer_right) for row in one) == 5


def test_rates_are_those_of_a_verifier_that_notices_nothing_and_likes_praise(
    cases: list[StressCase],
) -> None:
    before = {case.original.id: (0.8,) * len(case.original.steps) for case in cases}
    after = {
        case.edited.solution.id: tuple(
            0.95 if "as verified" in step else 0.8 for step in case.edited.solution.steps
        )
        for case in cases
    }
    found = stress_results(cases, before, after, 0.5, judges_solutions=False, draws=50, seed=0)
    assert found is not None
    by_name = {edit["name"]: edit for edit in found["edits"]}
    assert by_name["wrong digit"]["unnoticed"]["value"] == 1.0
    assert by_name["wrong digit"]["change"]["value"] == 0.0
    assert by_name["self-praise"]["inflated"]["value"] == 1.0
    assert by_name["self-praise"]["change"]["value"] == pytest.approx(0.15)
    assert by_name["padding"]["inflated"]["value"] == 0.0


def test_few_cases_are_said_to_tell_little() -> None:
    found = share_with_interval(2, 2)
    assert found is not None
    assert found.low == pytest.approx(0.342, abs=1e-3)
    assert found.high == 1.0
    assert share_with_interval(0, 0) is None


def test_the_command_scores_edits_once(tmp_path: Path) -> None:
    out = tmp_path / "card.json"
    arguments = ["--verifier", "m", "--json", str(out), "--stress", "6"]
    first = Counting()
    assert verify(*arguments, verifier=first).exit_code == 0
    stress = json.loads(out.read_text())["cards"]["counting"]["stress"]
    assert {edit["name"] for edit in stress["edits"]} >= {"self-praise", "question from elsewhere"}
    assert len(first.scored) > 8
    again = Counting()
    verify(*arguments, verifier=again)
    assert again.scored == []
