"""What a kind of file is: how its rows are known, and what is made of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from search_core.answers import extract_answer
from search_core.answers.normal_form import decided_without_algebra, normal_form
from search_core.labelled.report import ReadingReport
from search_core.labelled.solution import LabelledSolution
from search_core.log.traces import Trace
from search_core.problem_files.row import Row
from search_core.problem_files.rows import rows_of

NeutralRating = Literal["wrong", "right"]
"""What a neutral rating of PRM800K counts as. "wrong" is strict, as TRL's conversion reads it;
"right" is lenient, as Let's Verify Step by Step does (arXiv 2305.20050)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read, and where it is noted what a reader should know.

    Attributes:
        neutral: What a neutral rating counts as.
        report: Of this reading.
    """

    neutral: NeutralRating
    report: ReadingReport


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file.

    Attributes:
        name: What it is asked for by: "processbench".
        title: For people: "ProcessBench".
        columns: Names of the columns that are known; others are left alone and named.
        recognised: Whether a row is of this kind, by what it holds.
        solutions: The solutions of a row; raises ValueError with the end of a sentence that
            begins with the row's place, such as "has no text in 'problem'".
        trees: The traces of a row, likewise; None: rows of this kind are no trees.
        in_tables: Columns that hold JSON where the file is a table in text.
        prefixes: Beginnings of names of further columns that are known.
        takes_scores: Whether columns of scores (`score_columns`) may be added to its rows: they
            have steps, and no scores of their own.
        rows: Takes a file apart.
        remark: What everybody should know who reads labels of this kind; "" for nothing.
    """

    name: str
    title: str
    columns: frozenset[str]
    recognised: Callable[[Mapping[str, Any]], bool]
    solutions: Callable[[Row, Reading], Iterable[LabelledSolution]]
    trees: Callable[[Row, Reading], Iterable[Trace]] | None = None
    in_tables: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    takes_scores: bool = False
    rows: Callable[[Path], Iterator[Row]] = rows_of
    remark: str = ""


def group_of(problem: str) -> str:
    """What solutions of one problem have in common, in a few characters."""
    return blake2b(problem.strip().encode(), digest_size=8).hexdigest()


def final_answer(steps: Sequence[str]) -> str | None:
    """The answer that the last step announces, if it does."""
    return extract_answer(steps[-1])


def is_right(answer: str | None, reference: str | None) -> bool | None:
    """Whether an answer is the right one, where that is told without algebra."""
    if answer is None or reference is None:
        return None
    if answer == reference:
        return True
    return decided_without_algebra(normal_form(answer), normal_form(reference))
