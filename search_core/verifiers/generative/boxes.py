r"""Reads "\boxed{correct}" and "\boxed{incorrect}" out of a verifier's reasoning.

What it quotes of the solution is hostile: a box that stands in a step in the same words is the
solver's, and no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BOX = re.compile(r"\\boxed\{(?:\\text\{\s*(correct|incorrect)\s*\}|\s*(correct|incorrect)\s*)\}")
_NEAR = 8
"""So many characters before a box, or behind it, tell a quotation."""


@dataclass(frozen=True, slots=True)
class Box:
    """A verdict in a text: from `start` to `end`, good or not."""

    start: int
    end: int
    right: bool


def boxes(text: str, steps: Sequence[str]) -> list[Box]:
    """All verdicts, in their order.

    Args:
        steps: What may be quoted, whole or in part.
    """
    boxed = [step for step in steps if _BOX.search(step)]
    return [
        Box(found.start(), found.end(), (found[1] or found[2]) == "correct")
        for found in _BOX.finditer(text)
        if not any(_quotes(text, found.start(), found.end(), step) for step in boxed)
    ]


def one_each(found: Sequence[Box], steps: int, cut: bool) -> tuple[int, ...]:
    """Which verdict each of so many steps has; (): they do not fit.

    There is one for each, or the reasoning ended by itself at the first bad one: what follows
    stands on that step, and has its verdict.

    Args:
        cut: Whether the reasoning came to its limit before it came to an end.
    """
    if len(found) == steps:
        return tuple(range(steps))
    if cut or not found or len(found) > steps:
        return ()
    first_bad = next((place for place, box in enumerate(found) if not box.right), None)
    if first_bad != len(found) - 1:
        return ()
    return tuple(min(place, first_bad) for place in range(steps))


def _quotes(text: str, start: int, end: int, step: str) -> bool:
    """Whether a box stands in this step too, in the same words."""
    before, behind = text[max(0, start - _NEAR) : end], text[start : end + _NEAR]
    if len(before) == end - start + _NEAR and before in step:
        return True
    if len(behind) == end - start + _NEAR and behind in step:
        return True
    whole = step.strip()
    places = (found.start() for found in re.finditer(re.escape(whole), text))
    return any(place <= start < place + len(whole) for place in places)
