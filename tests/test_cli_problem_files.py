"""`solve` and `evaluate` on problems from a file of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from search_core.cli.live import RunsBar
from search_core.cli.pace import WorkPace
from search_core.evaluation.store import OutcomeStore
from search_core.log import line_file
from search_core.log.files import append_all
from search_core.models import ModelPair
from tests.fakes import World
from tests.test_cli_solve import invoke, said

WORLD = World(seed=5, words=4, ends=0.4)
TABLE = "question,answer\n" + "".join(f'"What is {i}?","{i} it is\n#### {i}"\n' for i in range(6))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return path


def evaluate(path: Path, *arguments: str, pair: ModelPair | None = None):  # type: ignore[no-untyped-def]
    return invoke(
        *("evaluate", "--problems", str(path), "--out", str(path.with_name("results.json"))),
        *("--draws", "50", "--strategies", "best_of_n", "--n", "2", *arguments),
        pair=pair or ModelPair.of(WORLD.solver(), WORLD.verifier()),
    )


def results(path: Path) -> dict[str, object]:
    values: dict[str, object] = json.loads(path.with_name("results.json").read_text())
    return values


# evaluate -----------------------------------------------------------------------------------


def test_a_table_is_evaluated_and_what_was_read_of_it_is_said_and_kept(table: Path) -> None:
    result = evaluate(table)
    assert result.exit_code == 0, result.output
    assert '6 problems of table.csv, from "question" and "answer". 6 answers taken' in said(result)
    values = results(table)
    assert values["problems"] == {"other": 6}
    assert values["problem_file"]["name"] == "table.csv"  # type: ignore[index]


def test_bad_rows_are_named_and_left_out_only_where_that_is_asked_for(table: Path) -> None:
    table.write_text(TABLE + "What is 7?,\nWhat is 8?,8,9\n")
    refused = evaluate(table)
    assert refused.exit_code == 2
    told = said(refused)
    assert "2 rows cannot be used: line 14 has no answer" in told
    assert "line 15 has 3 cells" in told
    assert "--skip-bad-rows" in told
    assert not table.with_name("results.json").exists()
    went_on = evaluate(table, "--skip-bad-rows")
    assert went_on.exit_code == 0
    assert "2 rows cannot be used: line 14 has no answer" in said(went_on)
    kept = results(table)["problem_file"]
    assert kept["bad_rows"] == 2  # type: ignore[index]


def test_columns_are_named_and_only_the_first_problems_taken(table: Path) -> None:
    table.write_text(TABLE.replace("question,answer", "ask,gold"))
    assert "Name the column of the problem" in said(evaluate(table))
    arguments = ["--problem-column", "ask", "--answer-column", "gold", "--first", "2"]
    result = evaluate(table, *arguments)
    assert result.exit_code == 0, result.output
    assert 'The first 2 problems of table.csv, from "ask" and "gold".' in said(result)


def test_the_embedded_solver_reads_its_families_and_names_what_it_cannot(table: Path) -> None:
    pair = ModelPair.of(WORLD.solver(), WORLD.verifier())
    pair.embedded = True
    table.write_text("problem,answer\n2 + 3 * 4,14\nWho am I?,me\n")
    result = evaluate(table, pair=pair)
    assert result.exit_code == 2
    assert "line 3 cannot be read by the solver: " in said(result)
    assert evaluate(table, "--skip-bad-rows", pair=pair).exit_code == 0
    assert results(table)["problems"] == {"expression": 1}


class Killed(BaseException):
    """What ends a program in the midst of a run, and nobody catches."""


def dying_in_line(number: int) -> Callable[[Any, str], None]:
    """Writes to a file until the program dies, in the midst of this line."""
    written = 0

    def append(file: Any, text: str) -> None:
        nonlocal written
        written += 1
        if written == number:
            append_all(file, text[: len(text) // 2])
            raise Killed
        append_all(file, text)

    return append


@pytest.mark.parametrize("number", [1, 4, 12])
def test_after_a_kill_no_problem_is_lost_or_done_twice(
    table: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    runs = table.with_name("results.jsonl")
    assert evaluate(table).exit_code == 0
    whole, rows = sorted(OutcomeStore(runs).keys), results(table)["rows"]
    runs.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(line_file, "append_all", dying_in_line(number))
        with pytest.raises(Killed):
            evaluate(table)
    assert runs.read_bytes().count(b"\n") == number - 1
    result = evaluate(table)
    assert result.exit_code == 0, result.output
    known = f"{number - 1} of {len(whole)} runs are known from before"
    assert (known in said(result)) == (number > 1)
    keys = [json.loads(line)["key"] for line in runs.read_text().splitlines()]
    assert sorted(keys) == whole
    assert _without_seconds(results(table)["rows"]) == _without_seconds(rows)


def _without_seconds(values: object) -> object:
    if isinstance(values, dict):
        return {name: _without_seconds(one) for name, one in values.items() if name != "seconds"}
    return [_without_seconds(one) for one in values] if isinstance(values, list) else values


# Time left ----------------------------------------------------------------------------------


def test_time_left_is_told_at_the_pace_of_what_was_done_now() -> None:
    now = 100.0
    pace = WorkPace({"slow": 4}, 100, lambda: now)
    pace.add("quick", 20)  # known from before: it took no time
    assert pace.left == ""
    pace.start()
    assert pace.left == ""
    now += 10
    pace.add("slow", 5)
    assert (pace.left, pace.tenths) == ("about 30 s left", 4)
    now += 10
    pace.add("quick", 60)
    assert (pace.left, pace.tenths) == ("", 10)


def test_where_there_is_no_terminal_each_tenth_is_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    bar = RunsBar(Console(force_terminal=False, width=80), 100, WorkPace({}, 100, lambda: now))
    with bar.shown():
        for _ in range(50):
            bar.done("greedy", 1)
        bar.begin()
        for _ in range(50):
            now += 2
            bar.done("best_of_n@4", 1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "50 of 100 runs are known from before"
    assert lines[1] == "60 of 100 runs, now best_of_n@4 · about 1 min 20 s left"
    assert lines[-1] == "100 of 100 runs, now best_of_n@4"
    assert len(lines) == 6


def test_the_bar_does_not_say_twice_what_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(force_terminal=False, width=80)
    bar = RunsBar(console, 10, WorkPace({}, 10, lambda: 0.0), "rollouts")
    bar.begin()
    bar.done("rollouts", 10)
    assert capsys.readouterr().out == "10 of 10 rollouts\n"


# solve --------------------------------------------------------------------------------------


def test_solve_takes_one_problem_of_a_file_with_its_answer(table: Path, tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    arguments = ["--number", "3", "--n", "4", "--beam-width", "2", "--trace", str(trace)]
    result = invoke("solve", "--problems", str(table), *arguments)
    assert result.exit_code == 0, result.output
    header = json.loads(trace.read_text().splitlines()[0])
    assert header["problem"]["text"] == "What is 2?"
    assert header["problem"]["answer"] == "2"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give one problem: its text, - for standard input, or --problems FILE."),
        (["What?", "--problems", "table.csv"], "Give one problem"),
        (["--problems", "table.csv", "--number", "7"], "has no problem number 7"),
        (["--problems", "table.csv", "--number", "0"], "problems are counted from 1"),
        (["--problems", "table.csv", "--problem-column", "ask"], "line 2 has nothing in 'ask'"),
        (["--problems", "none.csv"], "No such file"),
    ],
)
def test_what_is_no_problem_of_a_file_is_told(
    table: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(table.parent)
    result = invoke("solve", *arguments)
    assert result.exit_code == 2
    assert message in said(result)
