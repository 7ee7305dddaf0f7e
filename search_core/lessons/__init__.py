"""Lessons as data: what a file says, whether it is true, and what the page makes of it.

A lesson is one YAML file in `assets/lessons`, a row of pages over recorded runs; its traces are
recorded from the recipes that stand in it. `schema` says what may stand there, `reading` reads it
with its lines, `moments` finds the place in a run that a page means, `checking` holds the words to
the runs and to the glossary, `showing` makes what the browser takes, `recording` makes the runs.

Begin with `schema`. `python -m search_core lessons check` is the command.
"""

from search_core.lessons.checking import check_lessons
from search_core.lessons.reading import FOLDER, LessonError, ReadLesson, read_lessons
from search_core.lessons.schema import LessonFile
from search_core.lessons.showing import shown_lessons

__all__ = [
    "FOLDER",
    "LessonError",
    "LessonFile",
    "ReadLesson",
    "check_lessons",
    "read_lessons",
    "shown_lessons",
]
