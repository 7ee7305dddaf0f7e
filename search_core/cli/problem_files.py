"""Problems from a file on a command line: its flags, and what is told of what was read."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from search_core.embedded import FAMILIES
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.problem_files import (
    ANSWER_COLUMNS,
    PROBLEM_COLUMNS,
    SUFFIXES,
    Columns,
    ProblemFile,
    ProblemFileError,
    read_problem_file,
    read_rows,
)
from search_core.problem_files.reading import MOST_PROBLEMS, Reader

_PANEL = "Problems"

ProblemsPath = Annotated[
    Path | None,
    typer.Option(
        "--problems",
        help=f"Problems from a file of your own: {', '.join(SUFFIXES)}.",
        rich_help_panel=_PANEL,
    ),
]
ProblemColumn = Annotated[
    str,
    typer.Option(
        help=f"The file's column of problems. Default: {', '.join(PROBLEM_COLUMNS)}.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
AnswerColumn = Annotated[
    str,
    typer.Option(
        help=f"The file's column of answers or solutions. Default: {', '.join(ANSWER_COLUMNS)}.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]


def problems_of_file(
    path: Path, columns: Columns, pair: ModelPair, *, first: int | None, skip_bad_rows: bool
) -> ProblemFile:
    """The graded problems of a file, as the solver reads them.

    Args:
        first: Problems after which reading stops; None: all.
        skip_bad_rows: Whether to go on without the rows that cannot be used.

    Raises:
        ValueError: There are such rows, or nothing that can be used.
        OSError: The file cannot be opened.
    """
    most = min(first or MOST_PROBLEMS, MOST_PROBLEMS)
    file = read_problem_file(path, columns, graded=True, reader=_reader(pair), most=most)
    if file.bad and not skip_bad_rows:
        raise ValueError(
            f"{file.name}: {file.said_of_bad()} Mend the file, name its columns with "
            f"--problem-column and --answer-column, or go on without these rows: --skip-bad-rows."
        )
    if file.more and first is None:
        raise ValueError(
            f"{file.name} has more than {MOST_PROBLEMS:,} problems. Say with --first how many."
        )
    return file


def problem_of_file(path: Path, columns: Columns, number: int) -> Problem:
    """One problem of a file, by its place among the file's rows, from 1 on.

    Raises:
        ValueError: There is no such row, or it cannot be used.
        OSError: The file cannot be opened.
    """
    if number < 1:
        raise ValueError(f"--number is {number}; problems are counted from 1.")
    row = next(islice(read_rows(path, columns), number - 1, None), None)
    if row is None:
        raise ProblemFileError(f"{path.name} has no problem number {number}; --number is too big.")
    if row.found is None:
        raise ProblemFileError(
            f"{path.name}: {row.complaint}. Other columns are named with --problem-column and "
            "--answer-column."
        )
    return row.found.problem


def _reader(pair: ModelPair) -> Reader | None:
    """The embedded solvers read problems of their families; others read anything."""
    if not pair.embedded:
        return None

    def read(problem: Problem) -> Problem:
        if problem.family in FAMILIES:
            return pair.read(problem)
        known = pair.read(problem.text)
        return Problem(known.text, problem.answer or known.answer, known.family, known.level)

    return read
