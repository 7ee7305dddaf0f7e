"""The page's file of problems: what is held, what is picked, what is told and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.handlers.problem_files import MOST_HELD, ProblemFileHandlers

HANDLERS = ProblemFileHandlers()
HELD = (("one", "1"), ("two", ""), ("three", "3"))


def uploaded(folder: Path, text: str, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_is_held_and_its_first_problem_picked(tmp_path: Path) -> None:
    path = uploaded(tmp_path, "question,answer\n1+1,#### 2\nWhy?,\n1,2,3\n")
    held, picker, number, problem, answer, notice = HANDLERS.open(str(path))
    assert held == (("1+1", "2"), ("Why?", ""))
    assert picker["visible"]
    assert (number["value"], number["info"]) == (1, "Of mine.csv: 1 to 2.")
    assert (problem, answer) == ("1+1", "2")
    assert "line 4 has 3 cells" in notice["text"]
    assert not path.exists()


def test_only_so_many_are_held_and_that_is_told(tmp_path: Path) -> None:
    path = uploaded(tmp_path, "problem\n" + "\n".join(map(str, range(MOST_HELD + 5))))
    held, *_, notice = HANDLERS.open(str(path))
    assert len(held) == MOST_HELD
    assert notice["text"].startswith("The first 1,000 problems of mine.csv")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mine.csv", "mine.csv holds no problem that can be used. 1 row cannot be used: line 2"),
        ("mine.parquet", "It must end in .jsonl, .ndjson, .json, .csv, .tsv."),
        ("mine.exe", "It must end in .jsonl"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_button(
    tmp_path: Path, name: str, why: str
) -> None:
    path = uploaded(tmp_path, "a,b\n1,2\n", name)
    *unchanged, notice = HANDLERS.open(str(path))
    assert notice["kind"] == "error"
    assert notice["control"] == "open-problems"
    assert why in notice["text"]
    assert len(unchanged) == 5
    assert not path.exists()


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    *_, notice = HANDLERS.open(str(tmp_path / "gone.csv"))
    assert "This file is no longer here. Open it again." in notice["text"]


def test_a_problem_is_picked_with_its_answer_and_an_unknown_one_stays_empty() -> None:
    number, problem, answer, notice = HANDLERS.pick(HELD, 2)
    assert (number["value"], problem, answer) == (2, "two", "")
    assert notice["text"] == "Problem 2 of 3."


def test_previous_and_next_stop_at_the_ends() -> None:
    assert HANDLERS.pick_previous(HELD, 2)[1] == "one"
    assert HANDLERS.pick_previous(HELD, 1)[1] == "one"
    assert HANDLERS.pick_next(HELD, 2)[1] == "three"
    assert HANDLERS.pick_next(HELD, 3)[1] == "three"
    assert HANDLERS.pick_next(HELD, None)[1] == "one"
    assert HANDLERS.pick_previous(HELD, 99)[3]["control"] == "problem-number"


@pytest.mark.parametrize("number", [0, 4, -1, float("nan"), float("inf")])
def test_a_number_out_of_range_is_told_at_its_field(number: float) -> None:
    *_, notice = HANDLERS.pick(HELD, number)
    assert notice["control"] == "problem-number"
    assert "The file has problems 1 to 3; got" in notice["text"]


def test_an_emptied_number_changes_nothing() -> None:
    assert all(isinstance(update, dict) for update in HANDLERS.pick(HELD, None))
