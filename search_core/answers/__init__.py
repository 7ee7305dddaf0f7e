"""Answers: taking one out of a solution, and telling which answers are the same.

It knows no model and no run. Begin with `extraction.py` and `classes.py`. `comparing.py` says
what decides whether two answers are equal, and what that may cost. What needs algebra is judged
in processes of their own (`judge.py`, `worker.py`), because the text is a stranger's.
"""

from search_core.answers.classes import AnswerClasses, Placed, Settled
from search_core.answers.comparing import (
    FIRST,
    LAST,
    SECOND,
    Comparer,
    Try,
    Undecided,
    same_answer,
)
from search_core.answers.extraction import MAX_ANSWER, extract_answer
from search_core.answers.judge import WORKERS, use_workers

__all__ = [
    "FIRST",
    "LAST",
    "MAX_ANSWER",
    "SECOND",
    "WORKERS",
    "AnswerClasses",
    "Comparer",
    "Placed",
    "Settled",
    "Try",
    "Undecided",
    "extract_answer",
    "same_answer",
    "use_workers",
]
