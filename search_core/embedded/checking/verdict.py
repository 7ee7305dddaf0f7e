"""What checking a solution finds out."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANSWER = re.compile(r"The answer is ([0-9]{1,7})\.")
UNFINISHED = 'The solution has not ended with "The answer is …" yet.'


@dataclass(frozen=True, slots=True)
class Grade:
    """The verdict on a solution, finished or not.

    Attributes:
        correct: Whether the solution is finished and right.
        first_error: Index of the first step that is false or does not follow from the
            steps before it; None when every step so far holds.
        reason: One plain sentence.
    """

    correct: bool
    first_error: int | None
    reason: str


class StepError(Exception):
    """A step is false or does not follow; the message is the plain reason."""


def read_answer(step: str) -> int | None:
    """X of "The answer is X.", or None for any other step."""
    match = _ANSWER.fullmatch(step)
    return int(match[1]) if match else None
