"""The short test before and after the lessons: two parallel forms in `assets/lessons/test`.

Whoever takes one form before takes the other after, so that nobody is asked the same twice. The
page adds "I don't know" to every question. How it is scored is in `assets/js/lessons/scoring.js`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from search_core.lessons.reading import FOLDER, LessonError, read_values, said_of
from search_core.lessons.schema import LessonEntry, Line, short

FORMS = FOLDER / "test" / "forms.yaml"
QUESTIONS = 6
MOST_LONGER = 2
"""By how many characters one choice may be longer than another: the longest gives itself away."""
_DEEPEST = 3
Cell = Annotated[str, Field(min_length=1, max_length=24)]


class ExamTable(LessonEntry):
    """What a question is read from: a table, its cells as they stand there."""

    columns: Annotated[list[Cell], Field(min_length=2, max_length=5)]
    rows: Annotated[list[list[Cell]], Field(min_length=2, max_length=8)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                wanted = len(self.columns)
                raise ValueError(f"has {len(row)} cells in row {number}, and {wanted} columns")
        return self


class ExamNode(LessonEntry):
    """A step of a small tree.

    Attributes:
        score: Between 0 and 1; None: nobody judged it.
        answer: What the solution that ends here says.
        then: The steps after it.
    """

    name: Annotated[str, Field(min_length=1, max_length=4)]
    score: Annotated[float, Field(ge=0, le=1)] | None = None
    answer: Cell | None = None
    then: Annotated[list[ExamNode], Field(max_length=4)] = Field(default_factory=list)


class ExamQuestion(LessonEntry):
    """One question with one right answer.

    Attributes:
        lessons: Numbers of the lessons that answer it.
        options: Numbers or names, of about the same length.
        right: Which option is right, from 1.
        because: Why, for whoever has taken both forms.
        table, tree: What it is read from; one of them at most.
    """

    lessons: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    ask: Line
    table: ExamTable | None = None
    tree: Annotated[list[ExamNode], Field(min_length=1, max_length=4)] | None = None
    options: Annotated[list[Line], Field(min_length=3, max_length=4)]
    right: Annotated[int, Field(ge=1)]
    because: str

    _because = field_validator("because")(short)

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if self.right > len(self.options):
            raise ValueError(
                f"has {len(self.options)} options, and says that {self.right} is right"
            )
        if len(set(self.options)) < len(self.options):
            raise ValueError("has an option twice; expected different ones")
        lengths = [len(option) for option in self.options]
        if max(lengths) - min(lengths) > MOST_LONGER:
            raise ValueError(
                f"has options of {min(lengths)} to {max(lengths)} characters; "
                f"expected that they differ by {MOST_LONGER} at most, as the longest is guessed"
            )
        return self

    @model_validator(mode="after")
    def _shows_one_thing(self) -> Self:
        if self.table is not None and self.tree is not None:
            raise ValueError("has both table and tree; expected one of them")
        names: set[str] = set()
        for node, depth in nodes_of(self.tree or []):
            if node.name in names:
                raise ValueError(f"has two steps {node.name!r} in its tree; call one otherwise")
            if depth > _DEEPEST:
                raise ValueError(f"has a tree of more than {_DEEPEST} steps in a row")
            names.add(node.name)
        return self


_Form = Annotated[list[ExamQuestion], Field(min_length=QUESTIONS, max_length=QUESTIONS)]


class Examination(LessonEntry):
    """Both forms, question by question about the same lessons."""

    a: _Form
    b: _Form

    @model_validator(mode="after")
    def _is_parallel(self) -> Self:
        lessons = [[question.lessons for question in form] for form in (self.a, self.b)]
        if lessons[0] != lessons[1]:
            raise ValueError(f"has forms about lessons {lessons[0]} and {lessons[1]}, not the same")
        return self


def nodes_of(tree: Sequence[ExamNode], depth: int = 1) -> Iterator[tuple[ExamNode, int]]:
    """Every step of a small tree and how deep it is, from 1; a step before those after it."""
    for node in tree:
        yield node, depth
        yield from nodes_of(node.then, depth + 1)


def read_examination(path: Path = FORMS) -> Examination:
    """Both forms of the test.

    Raises:
        LessonError: The file is broken; the message names it and the line.
    """
    values, lines = read_values(path)
    try:
        return Examination.model_validate(values)
    except ValidationError as error:
        raise LessonError(said_of(error, path, lines, _keys)) from error


def _keys(place: list[Any]) -> list[str]:
    """The keys that may stand at a place of the file."""
    kinds: dict[str, type[BaseModel]] = {"table": ExamTable, "tree": ExamNode}
    kind: type[BaseModel] = ExamQuestion if place else Examination
    for part in place:
        kind = kinds.get(str(part), kind)
    return list(kind.model_fields)
