"""Which column of a row is the problem, and which its reference answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search_core.answers import extract_answer
from search_core.answers.cleaning import plain
from search_core.problem import Problem

PROBLEM_COLUMNS = ("problem", "question", "text", "prompt")
"""Names of the problem's column; the first of them that a row has counts. Case does not."""
ANSWER_COLUMNS = ("final_answer", "answer", "target", "solution")
"""Names of the reference answer's column, likewise."""
_WORKED = frozenset({"solution"})
"""Columns that hold a whole solution, of which the answer is announced at its end."""
_LONGEST_ANSWER = 300
"""Characters of a text that may be an answer as it stands; a longer one must announce it."""


@dataclass(frozen=True)
class Columns:
    """Names that a person gave; "" for the usual ones.

    A name with dots looks into objects: "reward_model.ground_truth".
    """

    problem: str = ""
    answer: str = ""


USUAL = Columns()


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """A problem, the columns that it was read from, and whether a solution was reduced."""

    problem: Problem
    columns: tuple[str, str]
    reduced: bool


def problem_of(values: Mapping[str, Any], columns: Columns) -> FoundProblem:
    """The problem of one row, with its reference answer where it has one.

    Raises:
        ValueError: There is none, or its answer cannot be told; the message says what the row
            has or is.
    """
    problem_column, value = _found(values, columns.problem, PROBLEM_COLUMNS)
    if not problem_column:
        raise ValueError(_nothing_for("problem", columns.problem, values))
    text = _text(value, problem_column)
    answer_column, value = _found(values, columns.answer, ANSWER_COLUMNS)
    if columns.answer and not answer_column:
        raise ValueError(_nothing_for("answer", columns.answer, values))
    answer, reduced = _reference(value, answer_column)
    family, level = values.get("family"), values.get("level")
    try:
        problem = Problem(
            text,
            answer,
            family if isinstance(family, str) and family else None,
            level if isinstance(level, int) and not isinstance(level, bool) else None,
        )
    except ValueError as error:
        raise ValueError(f"cannot be used: {error}") from error
    return FoundProblem(problem, (problem_column, answer_column), reduced)


def _found(values: Mapping[str, Any], asked: str, usual: Sequence[str]) -> tuple[str, Any]:
    """The name and content of the first column that holds something; "" and None for none."""
    if asked:
        value = _looked_up(values, asked)
        return ("", None) if _is_missing(value) else (asked, value)
    by_name = {name.strip().casefold(): name for name in reversed(list(values))}
    for known in usual:
        name = by_name.get(known)
        if name is not None and not _is_missing(values[name]):
            return name, values[name]
    return "", None


def _looked_up(values: Mapping[str, Any], name: str) -> Any:
    if name in values:
        return values[name]
    inner: Any = values
    for part in name.split("."):
        inner = inner.get(part) if isinstance(inner, Mapping) else None
    return inner


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value == [] or (isinstance(value, float) and math.isnan(value))


def _nothing_for(what: str, asked: str, values: Mapping[str, Any]) -> str:
    names = ", ".join(f"{name!r:.40}" for name in list(values)[:12]) or "none"
    if asked:
        return f"has nothing in {asked!r:.60}; its columns are {names}"
    return f"has no {what}; its columns are {names}. Name the column of the {what}"


def _text(value: Any, column: str) -> str:
    """A problem's text; of a list of chat messages the one that the user wrote.

    Raises:
        ValueError: It is something else.
    """
    if isinstance(value, list | tuple):
        asked = [
            message.get("content")
            for message in value
            if isinstance(message, Mapping) and message.get("role") == "user"
        ]
        value = asked[0] if len(asked) == 1 else value
    if not isinstance(value, str):
        raise ValueError(f"has no text in {column!r:.60}")
    return value.strip()


def _reference(value: Any, column: str) -> tuple[str | None, bool]:
    """The reference answer, and whether it was taken out of a longer text.

    Raises:
        ValueError: It is no answer, or a solution that announces none.
    """
    if _is_missing(value):
        return None, False
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise ValueError(f"has {len(value)} answers in {column!r:.60}; one is expected")
        return _reference(value[0], column)
    if not isinstance(value, str | int | float):
        raise ValueError(f"has neither text nor a number in {column!r:.60}")
    text = str(value).strip()
    answer = extract_answer(text) if isinstance(value, str) else None
    if answer is not None:
        return answer, answer != text
    is_long = len(text) > _LONGEST_ANSWER or "\n" in text
    if is_long or (column.casefold() in _WORKED and " " in text):
        raise ValueError(
            f"has a text in {column!r:.60} that announces no answer, as \\boxed{{5}} or #### 5 do"
        )
    return plain(text) or text, False
