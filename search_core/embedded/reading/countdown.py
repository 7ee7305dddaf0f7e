"""Reads Countdown problems that a person typed."""

from __future__ import annotations

import re

from search_core.embedded.families import FAMILIES
from search_core.embedded.families.countdown import (
    LARGEST_NUMBER,
    LARGEST_TARGET,
    SMALLEST_NUMBER,
    SMALLEST_TARGET,
    can_reach,
    problem_text,
)
from search_core.embedded.reading.errors import ProblemOutOfRangeError
from search_core.embedded.reading.normalise import join_thousands, spell_out
from search_core.problem import Problem

_TARGET_MARKS_TEXT = (
    "make makes making get gets getting reach reaches form obtain hit target produce build create "
    "total equal equals goal aim result -> ="
)
_LIST_MARKS_TEXT = "from use using with numbers combine combining take given out"
_FILLERS_TEXT = (
    "the number of to a an and or only these those this is are be you can could please i we want "
    "need how do does would try by it each once at most all any some countdown game play solve "
    "find way as what's value in for me into let's lets puzzle should must have"
)

_PIECE = re.compile(r"[0-9]+|[a-z']+|->|=|[^\s0-9a-z]")
_TARGET_MARKS = set(_TARGET_MARKS_TEXT.split())
_LIST_MARKS = set(_LIST_MARKS_TEXT.split())
_FILLERS = set(_FILLERS_TEXT.split()) | set(",;:.?!&()\"'|")


def read_countdown(text: str) -> Problem | None:
    """The canonical problem, or None where the text is no Countdown problem.

    Args:
        text: Normalised.

    Raises:
        ProblemOutOfRangeError: It is one, but not of the size that the models know.
    """
    pieces = _PIECE.findall(join_thousands(spell_out(text)).lower())
    known = _TARGET_MARKS | _LIST_MARKS | _FILLERS
    if any(not piece.isdigit() and piece not in known for piece in pieces):
        return None
    target_at = _target_place(pieces)
    if target_at is None:
        return None
    numbers = [
        piece for place, piece in enumerate(pieces) if piece.isdigit() and place != target_at
    ]
    if len(numbers) < 2:
        return None
    return _problem(numbers, pieces[target_at])


def _target_place(pieces: list[str]) -> int | None:
    """Where the target stands: after "make" and the like, or first, before "from"."""
    for place, piece in enumerate(pieces):
        if piece in _TARGET_MARKS:
            after = place + 1
            while after < len(pieces) and (
                pieces[after] in _FILLERS or pieces[after] in _TARGET_MARKS
            ):
                after += 1
            # "Make 24 …", but not "… a total of the numbers 3, 7 …".
            if after < len(pieces) and pieces[after].isdigit():
                return after
    first = next((place for place, piece in enumerate(pieces) if piece.isdigit()), None)
    if first is None or first + 1 >= len(pieces):
        return None
    following = next((piece for piece in pieces[first + 1 :] if piece not in _FILLERS), "")
    return first if following in _LIST_MARKS else None


def _problem(written: list[str], written_target: str) -> Problem:
    levels = FAMILIES["countdown"].readable
    if len(written) not in levels:
        raise ProblemOutOfRangeError(
            f"This Countdown has {len(written)} numbers; the embedded models know {levels.start} "
            f"to {levels.stop - 1}."
        )
    for digits in (*written, written_target):
        if len(digits) > 6:
            raise ProblemOutOfRangeError(f"The number {digits[:12]}… is too large.")
    numbers, target = [int(number) for number in written], int(written_target)
    for number in numbers:
        if not SMALLEST_NUMBER <= number <= LARGEST_NUMBER:
            raise ProblemOutOfRangeError(
                f"The number {number} is out of range; the embedded models know Countdown with "
                f"numbers from {SMALLEST_NUMBER} to {LARGEST_NUMBER}."
            )
    if not SMALLEST_TARGET <= target <= LARGEST_TARGET:
        raise ProblemOutOfRangeError(
            f"The target {target} is out of range; the embedded models know targets from "
            f"{SMALLEST_TARGET} to {LARGEST_TARGET}."
        )
    if target in numbers:
        raise ProblemOutOfRangeError(f"The target {target} is already one of the numbers.")
    text = problem_text(numbers, target)
    if not can_reach(tuple(sorted(numbers)), target):
        raise ProblemOutOfRangeError(f"There is no way to do this: {text}")
    return Problem(text, str(target), "countdown", len(numbers))
