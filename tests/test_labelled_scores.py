"""Columns of scores beside the labels of any published form, so that any verifier can be judged."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search_core.labelled import KINDS, LabelledSolution, read_labelled, read_trees
from search_core.labelled.kinds import Reading
from search_core.labelled.report import ReadingReport
from search_core.labelled.score_columns import is_score_column
from search_core.problem_files.row import Row
from tests.labelled_kinds import complaint, golden_rows
from tests.test_cli_solve import said
from tests.test_cli_verify import verify
from tests.test_labelled_reading import written

ANY_REPORT = ReadingReport("a file", "any")
SCORED = [name for name, kind in KINDS.items() if kind.takes_scores]


def test_kinds_without_scores_of_their_own_take_columns_of_them() -> None:
    assert set(KINDS) - set(SCORED) == {"trace", "tree_log", "search_and_learn"}


def scored_row(name: str, luck: random.Random) -> tuple[dict[str, Any], list[list[float]]]:
    """A row of this kind, and scores for each step of each of its solutions."""
    row = luck.choice([row for row in golden_rows(name) if alone(name, row)])
    return row, [[round(luck.random(), 3) for _ in solution.steps] for solution in alone(name, row)]


def alone(name: str, row: dict[str, Any]) -> list[LabelledSolution]:
    """A golden row's solutions without scores; none of a row that is there to be left out."""
    values = {key: value for key, value in row.items() if not is_score_column(key)}
    try:
        return [*KINDS[name].solutions(Row("line 1", values), Reading("wrong", ANY_REPORT))]
    except ValueError:
        return []


@pytest.mark.parametrize("name", SCORED)
@pytest.mark.parametrize("seed", range(4))
def test_every_row_with_steps_takes_a_column_of_scores(
    tmp_path: Path, name: str, seed: int
) -> None:
    row, scores = scored_row(name, random.Random(f"{name}/{seed}"))
    values = {key: value for key, value in row.items() if not is_score_column(key)}
    column: Any = scores[0] if len(scores) == 1 else scores
    forms: list[tuple[dict[str, Any], str]] = [
        ({"scores": column}, "scores"),
        ({"scores": {"mine": column}}, "mine"),
        ({"scores:mine": column}, "mine"),
    ]
    for more, called in forms:
        file = read_labelled(written(tmp_path / "scored.jsonl", {**values, **more}))
        found = [*file]
        assert file.kind.name == name
        assert [list(solution.scores[called]) for solution in found] == scores
        assert file.report.other_columns == {}
        plain = [replace(solution, scores={}) for solution in found]
        assert [replace(each, id="") for each in plain] == [
            replace(each, id="", scores={}) for each in alone(name, values)
        ]


@pytest.mark.parametrize("name", SCORED)
def test_scores_that_are_not_one_for_each_step_leave_the_row_out(tmp_path: Path, name: str) -> None:
    row, scores = scored_row(name, random.Random(name))
    column: Any = [[*each, 0.5] for each in scores] if len(scores) > 1 else [*scores[0], 0.5]
    why = complaint(written(tmp_path / "bad.jsonl", {**row, "scores": {"mine": column}}))
    assert "values in 'scores of mine'" in why
    short = written(tmp_path / "short.jsonl", {**row, "scores": [[0.5]] * (len(scores) + 1)})
    assert f"has {len(scores) + 1} lists of scores" in complaint(short)


def test_one_list_is_of_the_first_solution_of_a_row(tmp_path: Path) -> None:
    (row,) = [row for row in golden_rows("prmbench") if row["classification"] == "redundency"]
    scores = [0.5] * len(row["modified_process"])
    first, original = read_labelled(written(tmp_path / "a.jsonl", {**row, "scores:mine": scores}))
    assert first.scores == {"mine": tuple(scores)}
    assert original.scores == {}


def test_a_table_of_processbench_takes_scores_too(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        'id,problem,steps,label,scores:mine\ngsm8k-0,?,"[""a"", ""b""]",-1,"[0.5, null]"\n'
    )
    (only,) = read_labelled(path)
    assert (only.split, only.scores) == ("gsm8k", {"mine": (0.5, None)})


def test_a_tree_has_its_own_scores_and_other_columns_are_named(tmp_path: Path) -> None:
    row = {**golden_rows("prm800k")[0], "scores": [0.5]}
    file = read_trees(written(tmp_path / "tree.jsonl", row))
    assert [*file]
    assert list(file.report.other_columns) == ["scores"]


def test_a_processbench_file_with_scores_is_judged_from_the_command_line(tmp_path: Path) -> None:
    rows = [{**row, "scores": {"mine": [0.5] * len(row["steps"])}} for row in whole_rows()]
    path, out = written(tmp_path / "bench.jsonl", *rows), tmp_path / "card.json"
    done = verify("--column", "mine", "--json", str(out), file=path)
    assert done.exit_code == 0, said(done)
    values = json.loads(out.read_text())
    assert values["input"]["kind"] == "processbench"
    assert list(values["cards"]) == ["mine"]


def whole_rows() -> list[dict[str, Any]]:
    return [row for row in golden_rows("processbench") if alone("processbench", row)]
