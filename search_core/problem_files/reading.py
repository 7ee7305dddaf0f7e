"""Reads a file of problems: all that can be used, and the reason for each row that cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search_core.problem import Problem
from search_core.problem_files.columns import USUAL, Columns, FoundProblem, problem_of
from search_core.problem_files.complaints import MOST_NAMED, counted, said_of_bad
from search_core.problem_files.lines import ProblemFileError
from search_core.problem_files.rows import rows_of

MOST_PROBLEMS = 50_000
"""Of one file."""

Reader = Callable[[Problem], Problem]
"""What a solver makes of a problem; raises ValueError for one that it cannot read."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row: the problem that was found in it, or what is wrong with it.

    Attributes:
        where: "line 3", "entry 3" or "row 3".
        mistake: A sentence's end that says of `where` what is wrong; "" if nothing is.
    """

    where: str
    found: FoundProblem | None
    mistake: str = ""

    @property
    def complaint(self) -> str:
        """For example "line 3 is not JSON"."""
        return f"{self.where} {self.mistake}".rstrip(".")


@dataclass(frozen=True)
class ProblemFile:
    """What a file holds.

    Attributes:
        name: Of the file.
        problems: Different ones, in the file's order.
        places: Where each was found first: "line 3".
        columns: Names of the columns of problem and answer, in the order of their first use.
        bad: How many rows cannot be used.
        complaints: Of the first `MOST_NAMED` of them: "line 3 is not JSON".
        repeated: How many rows say what an earlier one says.
        reduced: How many answers were taken out of a solution.
        more: Whether the file goes on where reading stopped.
    """

    name: str
    problems: tuple[Problem, ...]
    places: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    bad: int
    complaints: tuple[str, ...]
    repeated: int
    reduced: int
    more: bool

    def said(self) -> str:
        """What was read, and what was not, in a few sentences."""
        number = len(self.problems)
        first = "The first " if self.more else ""
        pairs = [" and ".join(f'"{name}"' for name in pair if name) for pair in self.columns[:3]]
        told = f"{first}{counted(number, 'problem')} of {self.name}, from {'; '.join(pairs)}."
        if self.reduced:
            told += f" {counted(self.reduced, 'answer')} taken out of solutions."
        if self.repeated:
            told += f" {counted(self.repeated, 'row')} said the same as an earlier one."
        return f"{told} {self.said_of_bad()}".rstrip()

    def values(self) -> dict[str, Any]:
        """What a report keeps of it, as JSON values."""
        return {
            "name": self.name,
            "problems": len(self.problems),
            "columns": [list(pair) for pair in self.columns],
            "answers_out_of_solutions": self.reduced,
            "bad_rows": self.bad,
            "bad_rows_named": list(self.complaints),
            "repeated_rows": self.repeated,
            "more": self.more,
        }

    def said_of_bad(self) -> str:
        """Which rows cannot be used, and why; "" if all can."""
        return said_of_bad(self.bad, self.complaints)


def read_rows(path: Path, columns: Columns = USUAL) -> Iterator[ReadRow]:
    """The rows of a file, in order, one at a time.

    Raises:
        ProblemFileError: Nothing of the file can be read; the message says why.
        OSError: It cannot be opened.
    """
    try:
        for row in rows_of(path):
            if row.mistake:
                yield ReadRow(row.where, None, row.mistake)
                continue
            try:
                yield ReadRow(row.where, problem_of(row.values, columns))
            except ValueError as error:
                yield ReadRow(row.where, None, str(error))
    except ProblemFileError as error:
        raise ProblemFileError(f"{path.name} is no file of problems: {error}.") from error


def read_problem_file(
    path: Path,
    columns: Columns = USUAL,
    *,
    graded: bool,
    reader: Reader | None = None,
    most: int = MOST_PROBLEMS,
) -> ProblemFile:
    """All problems of a file that can be used, and what is wrong with the rest.

    Args:
        columns: Names of columns, where they are not the usual ones.
        graded: Whether a problem needs a reference answer.
        reader: What the solver makes of each; None: it reads whatever there is.
        most: Problems after which reading stops, at least 1.

    Raises:
        ProblemFileError: There is no problem in it that can be used; the message says why.
        OSError: It cannot be opened.
    """
    problems: dict[Problem, str] = {}
    names: dict[tuple[str, str], None] = {}
    complaints: list[str] = []
    bad = repeated = reduced = 0
    more = False
    for row in read_rows(path, columns):
        if len(problems) == most:
            more = True
            break
        row = _usable(row, graded, reader)
        if row.found is None:
            bad += 1
            if len(complaints) < MOST_NAMED:
                complaints.append(row.complaint)
            continue
        problem = row.found.problem
        if problem in problems:
            repeated += 1
            continue
        problems[problem] = row.where
        names.setdefault(row.found.columns)
        reduced += row.found.reduced
    file = ProblemFile(
        path.name,
        tuple(problems),
        tuple(problems.values()),
        tuple(names),
        bad,
        tuple(complaints),
        repeated,
        reduced,
        more,
    )
    if not problems:
        why = file.said_of_bad() or "It is empty."
        raise ProblemFileError(f"{path.name} holds no problem that can be used. {why}")
    return file


def _usable(row: ReadRow, graded: bool, reader: Reader | None) -> ReadRow:
    """The row, or what is wrong with its problem for those who want to use it."""
    if row.found is None:
        return row
    try:
        problem = reader(row.found.problem) if reader else row.found.problem
    except ValueError as error:
        return ReadRow(row.where, None, f"cannot be read by the solver: {error}")
    if graded and problem.answer is None:
        return ReadRow(row.where, None, "has no answer, so nothing can be right or wrong")
    return ReadRow(row.where, replace(row.found, problem=problem))
