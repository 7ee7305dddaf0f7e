"""A problem: the text to solve, with what is known about it."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PROBLEM_CHARACTERS = 4_000
MAX_ANSWER_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Text to solve, with an optional reference answer.

    Attributes:
        text: What the solver reads. Not empty, at most `MAX_PROBLEM_CHARACTERS`.
        answer: Reference answer, or None when nobody knows it.
        family: Embedded problem family ("expression", "word", "countdown"), or None
            for a problem from elsewhere.
        level: Difficulty level inside the family (number of arithmetic operations, or
            of given numbers for Countdown), or None.

    Raises:
        ValueError: The text is empty, or text or answer are too long or hold half a character.
    """

    text: str
    answer: str | None = None
    family: str | None = None
    level: int | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("The problem is empty. Type a problem, or draw a new one.")
        if len(self.text) > MAX_PROBLEM_CHARACTERS:
            raise ValueError(
                f"The problem has {len(self.text):,} characters; "
                f"at most {MAX_PROBLEM_CHARACTERS:,} are allowed. Shorten it."
            )
        if self.answer is not None and len(self.answer) > MAX_ANSWER_CHARACTERS:
            raise ValueError(
                f"The reference answer has {len(self.answer):,} characters; "
                f"at most {MAX_ANSWER_CHARACTERS:,} are allowed. Shorten it."
            )
        for what, text in (("problem", self.text), ("reference answer", self.answer or "")):
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise ValueError(
                    f"The {what} has half a character in it, at place {error.start + 1}. "
                    "Type it again."
                ) from error
