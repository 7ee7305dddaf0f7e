"""Files of labelled solutions: what is read, what is left out and why, and what is bounded."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search_core.labelled import (
    KINDS,
    NO_ERROR,
    LabelledFile,
    LabelledFileError,
    LabelledSolution,
    read_labelled,
    read_trees,
)
from search_core.labelled.cells import MOST_STEPS
from search_core.labelled.kinds import Reading
from search_core.labelled.report import MOST_COMPLAINTS
from search_core.labelled.unique_ids import UniqueIds
from search_core.log.events import MAX_TEXT
from search_core.log.traces import read_trace
from search_core.problem_files.row import Row
from tests.hostile import HOSTILE
from tests.pages import ROOT

GOLDEN = ROOT / "tests" / "golden" / "labelled"
TRACES = ROOT / "assets" / "traces"
GOOD = {"problem": "Add 1 and 1.", "steps": ["1 + 1 = 2"], "labels": [1]}


def written(path: Path, *rows: object) -> Path:
    """A file of these rows; a text is a line as it stands."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


# Plain rows ----------------------------------------------------------------------------------


def test_plain_rows_have_labels_scores_and_answers() -> None:
    file = read_labelled(GOLDEN / "plain.jsonl")
    right, wrong, hens, six = file
    assert file.kind.name == "plain"
    assert right == LabelledSolution(
        id="a",
        problem="Add 2 and 3, then double it.",
        steps=("2 + 3 = 5", "5 * 2 = 10", "The answer is 10."),
        labels=(1.0, 1.0, 1.0),
        scores={"small": (0.9, 0.8, 0.95), "large": (0.7, None, 1.0)},
        answer="10",
        reference="10",
        answer_right=True,
        group=wrong.group,
        generator="by hand",
    )
    assert (right.first_error, wrong.first_error) == (NO_ERROR, 0)
    assert (wrong.labels, wrong.answer_right) == ((0.25, None, None), False)
    assert (hens.id, hens.labels, hens.first_error) == ("line 3", (), None)
    assert hens.scores == {"small": (0.5, 0.6, 0.7)}
    assert (hens.answer, hens.reference, hens.answer_right) == ("8", "8", True)
    assert (hens.level, hens.split, hens.group, six.group) == (2, "farm", "hens", "hens")
    assert (six.labels, six.answer, six.answer_right) == ((0.0,), "6", False)


def test_a_table_holds_lists_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "problem,steps,labels,scores:small,answer,answer_right,note\n"
        '?,"[""one"", ""two""]","[1, 0]","[0.5, 0.25]",007,True,x\n'
        "?,[1,,,,,\n"
        '?,"[""one""]",,,,,\n',
        encoding="utf-8",
    )
    file = read_labelled(tmp_path / "a.csv")
    first, last = file
    assert (first.steps, first.labels) == (("one", "two"), (1.0, 0.0))
    assert (first.scores, first.reference) == ({"small": (0.5, 0.25)}, "007")
    assert (first.answer_right, last.answer_right) == (True, None)
    assert (last.labels, last.scores) == ((), {})
    assert file.report.complaints == ["line 3 has no JSON in 'steps', as [1, 0] is"]
    assert "Left alone: the columns 'note'." in file.report.said()


def test_a_list_of_scores_needs_no_name(tmp_path: Path) -> None:
    (only,) = read_labelled(written(tmp_path / "a.jsonl", {**GOOD, "scores": [0.5]}))
    assert only.scores == {"scores": (0.5,)}


def test_a_list_of_rows_holds_the_same(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (GOLDEN / "processbench.jsonl").open(encoding="utf-8")]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    assert [*read_labelled(path)] == [*read_labelled(GOLDEN / "processbench.jsonl")]


PUBLISHED = ("hard2verify", "math_shepherd", "prm800k", "prmbench", "processbench",
             "search_and_learn", "trl")  # fmt: skip


@pytest.mark.parametrize("kind", PUBLISHED)
def test_parquet_holds_the_same(tmp_path: Path, kind: str) -> None:
    """Its lists and records are those of Parquet, and not JSON in a text."""
    pyarrow = pytest.importorskip("pyarrow")
    rows = [json.loads(line) for line in (GOLDEN / f"{kind}.jsonl").open(encoding="utf-8")]
    path = GOLDEN / f"{kind}.parquet"
    if not path.exists():
        path = tmp_path / path.name
        # pyarrow takes the columns of the first row alone.
        columns = dict.fromkeys(name for row in rows for name in row)
        table = pyarrow.table({name: [row.get(name) for row in rows] for name in columns})
        pytest.importorskip("pyarrow.parquet").write_table(table, path)
    lines, found = [*read_labelled(GOLDEN / f"{kind}.jsonl")], [*read_labelled(path)]
    # A row without an id of its own is named by its place: a line there, a row here.
    named = [replace(each, id=each.id.replace("line ", "row ")) for each in lines]
    assert [replace(each, id=each.id.replace("line ", "row ")) for each in found] == named


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(LabelledFileError, match="Run `pip install pyarrow`, or save"):
        [*read_labelled(GOLDEN / "prm800k.parquet")]


# ProcessBench --------------------------------------------------------------------------------


def test_processbench_counts_from_0_and_knows_nothing_after_the_first_error() -> None:
    file = read_labelled(GOLDEN / "processbench.jsonl")
    sound, wrong, lucky = file
    assert file.kind.name == "processbench"
    assert [each.first_error for each in (sound, wrong, lucky)] == [NO_ERROR, 1, 0]
    assert wrong.labels == (1.0, 0.0, None)
    assert [each.split for each in (sound, wrong, lucky)] == ["gsm8k", "gsm8k", "math"]
    assert (sound.answer, sound.answer_right, wrong.answer_right) == ("8", True, False)
    # A right answer on a wrong step.
    assert (lucky.answer_right, lucky.first_error) == (True, 0)
    assert lucky.generator == "another model"


# Our traces ----------------------------------------------------------------------------------


def test_a_trace_gives_its_solutions_with_exact_labels() -> None:
    path = TRACES / "countdown-dvts.jsonl"
    tree = read_trace(path).tree
    file = read_labelled(path)
    solutions = [*file]
    ends = [node for node in tree.steps() if node.state == "completed"]
    assert [each.id for each in solutions] == [node.id for node in ends]
    assert [each.answer_right for each in solutions] == [node.right for node in ends]
    assert {each.group for each in solutions} == {solutions[0].group}
    assert tree.started is not None
    for each, node in zip(solutions, ends, strict=True):
        steps = tree.path(node.id)
        assert each.scores[tree.started.verifier.name] == tuple(step.score for step in steps)
        assert each.family == "countdown"
        # The checker says of each step whether it holds, so a wrong answer has a wrong step.
        assert (each.first_error == NO_ERROR) == each.answer_right
    assert "Paths that did not end, which are no solutions: 36." in file.report.said()


def test_a_trace_is_its_own_tree() -> None:
    (trace,) = read_trees(TRACES / "word-problem-greedy.jsonl")
    assert trace == read_trace(TRACES / "word-problem-greedy.jsonl")


def test_a_broken_trace_is_refused_with_its_line(tmp_path: Path) -> None:
    lines = (TRACES / "word-problem-greedy.jsonl").read_text(encoding="utf-8").splitlines()
    path = written(tmp_path / "a.jsonl", lines[0], '{"kind": "nonsense"}', lines[1])
    with pytest.raises(LabelledFileError, match=r"a\.jsonl is no whole trace: Line 2"):
        [*read_labelled(path)]


# What cannot be used -------------------------------------------------------------------------

BAD: list[tuple[dict[str, Any] | str, str]] = [
    ("nonsense", "is not JSON"),
    ("[" * 100_000, "is not JSON (it is nested too deeply)"),
    ("[1]", "is no JSON object"),
    ({"problem": "?"}, "has nothing in 'steps'; expected a list"),
    ({**GOOD, "problem": " "}, "has no text in 'problem'"),
    ({**GOOD, "problem": ["?"]}, "has a list in 'problem'; expected a text"),
    ({**GOOD, "steps": "1 + 1 = 2"}, "has a text in 'steps'; expected a list"),
    ({**GOOD, "steps": []}, "has no steps: its 'steps' is empty"),
    ({**GOOD, "steps": [{"text": "one"}]}, "has an object as step 1 in 'steps'; expected a text"),
    ({**GOOD, "steps": ["\ud800"]}, "has half a character in step 1 of 'steps', at place 1"),
    ({**GOOD, "problem": "1 \udc00"}, "has half a character in 'problem', at place 3"),
    ({**GOOD, "steps": ["x" * (MAX_TEXT + 1)]}, "has 200,001 characters in step 1"),
    ({**GOOD, "steps": ["x"] * (MOST_STEPS + 1)}, "has 1,001 steps in 'steps'; at most 1,000"),
    ({**GOOD, "labels": [1, 0]}, "has 2 values in 'labels' for 1 steps"),
    ({**GOOD, "labels": [2]}, "has 2 in 'labels', value 1; expected a number from 0 to 1"),
    ({**GOOD, "labels": [-1]}, "has -1 in 'labels', value 1; expected a number from 0 to 1"),
    ({**GOOD, "labels": ["+"]}, "has a text in 'labels', value 1; expected true, false or a"),
    ('{"problem": "?", "steps": ["a"], "labels": [NaN]}', "has nan in 'labels', value 1"),
    ({**GOOD, "scores": {"v": 1}}, "has 1 in 'scores of v'; expected a list"),
    ({**GOOD, "scores": {"v" * 300: [1]}}, 'has 300 characters in "a verifier\'s name"'),
    ({**GOOD, "scores": {str(n): [1] for n in range(33)}}, "has scores of 33 verifiers"),
    ({**GOOD, "labels": None, "first_error": 1}, "has 1 in 'first_error', and 1 steps"),
    ({**GOOD, "level": "hard"}, "has a text in 'level'; expected a whole number"),
    ({**GOOD, "answer_right": "yes"}, "has a text in 'answer_right'; expected true or false"),
    ({**GOOD, "id": "x" * 201}, "has 201 characters in 'id'; at most 200"),
]


@pytest.mark.parametrize(("line", "why"), BAD)
def test_a_bad_row_is_named_by_its_line_and_reason(
    tmp_path: Path, line: dict[str, Any] | str, why: str
) -> None:
    file = read_labelled(written(tmp_path / "a.jsonl", GOOD, line, GOOD))
    assert [solution.id for solution in file] == ["line 1", "line 3"]
    (complaint,) = file.report.complaints
    assert complaint.startswith("line 2 ")
    assert why in complaint
    assert (file.report.rows, file.report.read, file.report.left_out) == (3, 2, 1)
    assert f"1 row cannot be used: {complaint}." in file.report.said()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    row = {"problem": text, "steps": [text, ""], "labels": [1, 0], "generator": text[:200]}
    (only,) = read_labelled(written(tmp_path / "a.jsonl", row))
    assert (only.problem, only.steps) == (text, (text, ""))


def test_all_bad_rows_are_counted_and_only_so_many_are_kept_by_name(tmp_path: Path) -> None:
    many = MOST_COMPLAINTS + 5
    file = read_labelled(written(tmp_path / "a.jsonl", GOOD, *["no"] * many))
    assert len([*file]) == 1
    assert file.report.left_out == many
    assert len(file.report.complaints) == MOST_COMPLAINTS
    assert file.report.said().endswith(f"; and {many - 10:,} more.")
    assert file.report.values()["rows_left_out"] == many


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "It is empty"),
        (["no", "no"], "Line 1 is not JSON"),
        ([{"a": 1}], "its columns are 'a'. Say its kind, one of trace"),
        ([{"problem": "?", "steps": []}], "holds no solution that can be used"),
    ],
)
def test_a_file_of_nothing_is_refused(tmp_path: Path, rows: list[object], why: str) -> None:
    with pytest.raises(LabelledFileError, match=why):
        [*read_labelled(written(tmp_path / "a.jsonl", *rows))]


def test_a_kind_that_is_said_counts(tmp_path: Path) -> None:
    row = {"problem": "?", "steps": ["a", "b"], "label": 1}
    path = written(tmp_path / "a.jsonl", row)
    (found,) = read_labelled(path)
    (said,) = read_labelled(path, "plain")
    assert (found.labels, said.labels) == ((1.0, 0.0), ())
    with pytest.raises(LabelledFileError, match="Unknown kind 'nonsense' of file; expected one of"):
        read_labelled(path, "nonsense")
    with pytest.raises(LabelledFileError, match="its rows are no trees; trees are read of trace"):
        read_trees(path)


def test_other_suffixes_and_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(LabelledFileError, match=r"its name ends in '\.txt'"):
        read_labelled(written(tmp_path / "a.txt", GOOD))
    with pytest.raises(OSError, match=r"none\.jsonl"):
        read_labelled(tmp_path / "none.jsonl")


def test_what_is_nested_deeper_than_can_be_looked_at_is_named(tmp_path: Path) -> None:
    def bottomless(row: Row, _: Reading) -> list[LabelledSolution]:
        return bottomless(row, _)

    path = written(tmp_path / "a.jsonl", GOOD)
    file = LabelledFile(
        path, KINDS["plain"], bottomless, item="solution", neutral="wrong", most=None
    )
    with pytest.raises(LabelledFileError, match="line 1 is nested too deeply"):
        list(file)


# One at a time -------------------------------------------------------------------------------


def test_reading_stops_where_it_is_asked_to_and_begins_anew(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", *[GOOD] * 5)
    file = read_labelled(path, most=3)
    for _ in range(2):
        assert len([*file]) == 3
        assert file.report.more
        assert file.report.said().startswith("The first 3 solutions of a.jsonl, read as plain.")
    whole = read_labelled(path, most=5)
    assert len([*whole]) == 5
    assert not whole.report.more


def test_rows_are_read_only_as_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = 0
    plain = KINDS["plain"]

    def counting(path: Path) -> Iterator[Any]:
        nonlocal taken
        for row in plain.rows(path):
            taken += 1
            yield row

    file = read_labelled(written(tmp_path / "a.jsonl", *[GOOD] * 50))
    monkeypatch.setattr(file, "kind", replace(plain, rows=counting))
    next(iter(file))
    assert taken == 1


def test_ids_are_unique_and_memory_for_them_is_bounded(tmp_path: Path) -> None:
    rows = [{**GOOD, "id": name} for name in ("a", "a", "a (line 2)", "b")]
    ids = [solution.id for solution in read_labelled(written(tmp_path / "a.jsonl", *rows))]
    assert ids == ["a", "a (line 2)", "a (line 2) (line 3)", "b"]
    unique = UniqueIds()
    made = [unique.of(str(number % 7_000), f"line {number}") for number in range(10_000)]
    assert len(set(made)) == len(made)
