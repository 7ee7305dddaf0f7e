"""The short test before and after the lessons: two parallel forms in `assets/lessons/test`.

Whoever takes one form before takes the other after, so that nobody is asked the same twice. How it
is scored is in `assets/js/lessons/scoring.js`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from search_core.lessons.reading import FOLDER, LessonError, read_values, said_of
from search_core.lessons.schema import LessonEntry, Line

FORMS = FOLDER / "test" / "forms.yaml"
QUESTIONS = 6


class ExamQuestion(LessonEntry):
    """One question with one right answer.

    Attributes:
        lessons: Numbers of the lessons that answer it.
        right: Which option is right, from 1.
    """

    lessons: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    ask: Line
    options: Annotated[list[Line], Field(min_length=3, max_length=4)]
    right: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if self.right > len(self.options):
            raise ValueError(
                f"has {len(self.options)} options, and says that {self.right} is right"
            )
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
    return list((ExamQuestion if place else Examination).model_fields)
