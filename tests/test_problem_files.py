"""Files of problems as people have them: all that can be used is, and the rest is named."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.embedded import FAMILIES
from search_core.evaluation.problems import draw_problems, problem_line
from search_core.problem import Problem
from search_core.problem_files import (
    SUFFIXES,
    USUAL,
    Columns,
    ProblemFile,
    ProblemFileError,
    read_problem_file,
    read_rows,
)
from search_core.problem_files.complaints import MOST_NAMED
from search_core.problem_files.lines import LONGEST_LINE

GSM8K = {"question": "How many clips?", "answer": "In May 24.\nIn all <<48+24=72>>72.\n#### 72"}
MATH = {"problem": "Solve.", "level": "Level 5", "solution": r"So $x = \boxed{\frac{1}{2}}$."}
MATH_500 = {**MATH, "answer": r"\frac{1}{2}", "subject": "Algebra"}
OLYMPIAD = {"question": "Find it.", "solution": ["It is long."], "final_answer": ["$2$"]}
CHAT = {"prompt": [{"role": "user", "content": "Add."}], "reward_model": {"ground_truth": "34"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples of a property."""
    return tmp_path_factory.mktemp("files")


def read(path: Path, data: str | bytes, columns: Columns = USUAL, **more: Any) -> ProblemFile:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_problem_file(path, columns, **{"graded": True, **more})


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def only(file: ProblemFile) -> tuple[str, str | None]:
    assert file.bad == 0
    (problem,) = file.problems
    return problem.text, problem.answer


# Columns and answers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "text", "answer"),
    [
        (GSM8K, "How many clips?", "72"),
        (MATH, "Solve.", r"\frac{1}{2}"),
        (MATH_500, "Solve.", r"\frac{1}{2}"),
        (OLYMPIAD, "Find it.", "2"),
        ({"prompt": CHAT["prompt"], "target": 34}, "Add.", "34"),
        ({"Question": "Add.", "Answer": "1,234"}, "Add.", "1,234"),
        ({"text": "Add.", "answer": 0}, "Add.", "0"),
        ({"text": "Add.", "answer": False}, "Add.", "False"),
        ({"text": "Which?", "solution": "Because of that the answer is (B)."}, "Which?", "B"),
        ({"text": "Where?", "answer": "New York City"}, "Where?", "New York City"),
        ({"text": "x", "problem": "the problem", "answer": "1"}, "the problem", "1"),
        ({"problem": " ", "question": "the question", "answer": "1"}, "the question", "1"),
        ({"problem": "p", "answer": None, "solution": "5"}, "p", "5"),
    ],
)
def test_columns_and_answers_are_found(
    tmp_path: Path, row: dict[str, Any], text: str, answer: str
) -> None:
    assert only(read(tmp_path / "one.jsonl", lines(row))) == (text, answer)


def test_columns_of_other_names_can_be_named_also_inside_objects(tmp_path: Path) -> None:
    row = {"body": "Add.", "question": "Not this.", **CHAT}
    columns = Columns("body", "reward_model.ground_truth")
    assert only(read(tmp_path / "one.jsonl", lines(row), columns)) == ("Add.", "34")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "is not JSON (Expecting value, character 1)"),
        ("[" * 100_000, "is not JSON (it is nested too deeply)"),
        ("[1]", "is no JSON object"),
        ('{"a": 1}', "has no problem; its columns are 'a'"),
        ('{"problem": "?"}', "has no answer, so nothing can be right or wrong"),
        ('{"problem": "?", "answer": NaN}', "has no answer"),
        ('{"problem": 5, "answer": 1}', "has no text in 'problem'"),
        ('{"problem": "?", "answer": {"a": 1}}', "neither text nor a number in 'answer'"),
        ('{"problem": "?", "answer": [1, 2]}', "has 2 answers in 'answer'"),
        ('{"problem": "?", "solution": "It is hard."}', "announces no answer"),
        ('{"problem": "?", "answer": "a\\nb"}', "announces no answer"),
        ('{"problem": "%s", "answer": 1}' % ("x" * 4001), "The problem has 4,001 characters"),
        ('{"problem": "\\ud800", "answer": 1}', "half a character"),
        ('{"problem": "%s"}' % ("x" * LONGEST_LINE), "has more than 1,000,000 characters"),
        ('{"problem": "?", "answer": %s}' % ("9" * 5000), "is not JSON (Exceeds the limit"),
    ],
)
def test_a_bad_line_is_named_with_the_reason_and_the_others_are_read(
    tmp_path: Path, line: str, why: str
) -> None:
    data = f'{{"text": "a", "answer": 1}}\n\n{line}\n{{"text": "b", "answer": 2}}\n'
    file = read(tmp_path / "some.jsonl", data)
    assert [problem.text for problem in file.problems] == ["a", "b"]
    assert file.places == ("line 1", "line 4")
    assert file.bad == 1
    (complaint,) = file.complaints
    assert complaint.startswith("line 3 ")
    assert why in complaint
    assert f"1 row cannot be used: {complaint}." in file.said()


def test_everything_is_counted_and_only_so_much_is_named(tmp_path: Path) -> None:
    rows = [GSM8K, GSM8K, MATH, *[{"n": i} for i in range(MOST_NAMED + 5)]]
    file = read(tmp_path / "some.jsonl", lines(*rows))
    assert (len(file.problems), file.repeated, file.reduced, file.bad) == (2, 1, 2, MOST_NAMED + 5)
    assert len(file.complaints) == MOST_NAMED
    said = file.said()
    assert '2 problems of some.jsonl, from "question" and "answer"; "problem" and' in said
    assert "2 answers taken out of solutions. 1 row said the same as an earlier one." in said
    assert said.endswith("; and 5 more.")


def test_reading_stops_where_it_is_asked_to(tmp_path: Path) -> None:
    data = lines(*[{"text": str(i), "answer": i} for i in range(5)])
    assert not read(tmp_path / "five.jsonl", data, most=5).more
    some = read(tmp_path / "five.jsonl", data, most=3)
    assert some.more
    assert [problem.text for problem in some.problems] == ["0", "1", "2"]
    assert some.said().startswith("The first 3 problems of five.jsonl")


# Kinds of files -----------------------------------------------------------------------------


def written(suffix: str, rows: list[dict[str, Any]]) -> bytes:
    if suffix in (".csv", ".tsv"):
        text = io.StringIO()
        writer = csv.DictWriter(
            text, list(rows[0]), delimiter="\t" if suffix == ".tsv" else ",", quoting=csv.QUOTE_ALL
        )
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()
    if suffix == ".json":
        return json.dumps(rows, indent=1).encode()
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30
).filter(str.strip)


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".json", ".csv", ".tsv"])
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
def test_what_was_written_is_read(folder: Path, suffix: str, texts: list[str]) -> None:
    path = folder / f"all{suffix}"
    rows = [{"problem": text, "target": i % 2} for i, text in enumerate(texts)]
    file = read(path, written(suffix, rows))
    expected = [Problem(row["problem"].strip(), str(row["target"])) for row in rows]
    assert list(file.problems) == list(dict.fromkeys(expected))
    assert (file.bad, file.repeated) == (0, len(expected) - len(file.problems))


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(data=st.one_of(st.binary(max_size=200), st.text('{}[]",:\n\r a1\\\t', max_size=80)))
def test_any_bytes_are_read_or_refused_with_a_sentence(
    folder: Path, suffix: str, data: bytes | str
) -> None:
    path = folder / f"any{suffix}"
    refused = ""
    try:
        file = read(path, data if isinstance(data, bytes) else data.encode(), graded=False)
    except ProblemFileError as error:
        refused = str(error)
    if refused:
        assert refused.startswith(f"any{suffix} ")
        assert refused.endswith(".")
    else:
        assert file.problems
        assert bool(file.bad) == bool(file.complaints)


def test_what_problems_writes_is_read_as_it_was(tmp_path: Path) -> None:
    drawn = draw_problems(list(FAMILIES), None, 12, 0, "test")
    file = read(tmp_path / "drawn.jsonl", "".join(problem_line(one) + "\n" for one in drawn))
    assert list(file.problems) == list(dict.fromkeys(drawn))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("semicolons.csv", "Question;Answer\n1+1;2\n"),
        ("mark.csv", "\ufeffquestion,answer\n1+1,2\n"),
        ("utf16.csv", "question,answer\n1+1,2\n".encode("utf-16")),
        ("returns.csv", "question,answer\r1+1,2\r"),
        ("lines.json", '{"question": "1+1", "answer": 2}\n{"question": "1+1", "answer": 2}\n'),
        ("one.json", '{"question": "1+1", "answer": 2}'),
        ("named.json", '{"version": 1, "data": [{"question": "1+1", "answer": 2}]}'),
        ("MARK.JSONL", '\ufeff{"question": "1+1", "answer": 2}'),
    ],
)
def test_files_are_read_as_programs_write_them(
    tmp_path: Path, name: str, data: str | bytes
) -> None:
    assert only(read(tmp_path / name, data)) == ("1+1", "2")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,b,3", "line 4 has 3 cells, and the head names 2"),
        ("a", "line 4 has 1 cell, and the head names 2"),
        (b"caf\xe9,3", "line 4 is not text in UTF-8"),
        ("x" * (LONGEST_LINE + 1), "line 4 has more than 1,000,000 characters"),
        ('a,"3"4', "line 4 is no row of a table"),
    ],
)
def test_a_bad_row_of_a_table_is_named(tmp_path: Path, row: str | bytes, why: str) -> None:
    bad = row if isinstance(row, bytes) else row.encode()
    file = read(tmp_path / "t.csv", b'problem,answer\n"x\ny",1\n' + bad + b"\n\nz,2\n")
    assert [problem.text for problem in file.problems] == ["x\ny", "z"]
    assert file.places == ("line 2", "line 6")
    assert why in "; ".join(file.complaints)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", "", "its name ends in '.txt'; files that end in .jsonl, .ndjson, .json"),
        ("a.csv", "", "It is empty."),
        ("a.csv", b"\0\1", "it has bytes of zero"),
        ("a.jsonl", b"\0\1", "it has bytes of zero"),
        ("a.csv", "problem,problem\n1,2\n", "two columns that are called 'problem'"),
        ("a.csv", "a,b\n1,2\n", "line 2 has no problem; its columns are 'a', 'b'"),
        ("a.json", "5", "it is no JSON list of objects"),
        ("a.json", "[" * 100_000, "it is not JSON (it is nested too deeply)"),
        ("a.json", "[1,\n2,,]", "it is not JSON (Expecting value, line 2, character 3)"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused(
    tmp_path: Path, name: str, data: str | bytes, why: str
) -> None:
    with pytest.raises(ProblemFileError) as refused:
        read(tmp_path / name, data)
    assert str(refused.value).startswith(name)
    assert why in str(refused.value)


def test_too_large_a_file_and_what_is_no_file_are_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(65 * 1024**2)
    with pytest.raises(ProblemFileError, match=r"65 MB; at most 64 are read\. Write one object a"):
        next(read_rows(large))
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(ProblemFileError, match="it is no file"):
        next(read_rows(folder))
    with pytest.raises(FileNotFoundError):
        next(read_rows(tmp_path / "none.csv"))


def test_lines_are_read_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "half.jsonl"
    path.write_text(lines(GSM8K) * 10_000)
    rows = read_rows(path)
    assert next(rows).where == "line 1"
    path.write_text("")  # what was not read yet was not held
    assert len(list(rows)) < 1_000


def test_parquet_is_read_where_pyarrow_is_installed(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "table.parquet"
    columns = {"question": ["a", "b", None], "answer": ["x\n#### 5", "6", "7"], "n": [1, 2, 3]}
    parquet.write_table(pyarrow.table(columns), path)
    file = read_problem_file(path, graded=True)
    assert file.problems == (Problem("a", "5"), Problem("b", "6"))
    assert file.complaints[0].startswith("row 3 has no problem")
    with pytest.raises(ProblemFileError, match="cannot be read as Parquet"):
        read(path, path.read_bytes()[:-20])


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ProblemFileError, match="Run `pip install pyarrow`, or save"):
        read(tmp_path / "table.parquet", b"PAR1")
