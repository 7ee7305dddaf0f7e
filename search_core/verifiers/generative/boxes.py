r"""Reads "\boxed{correct}" and "\boxed{incorrect}" out of a verifier's reasoning.

What it quotes of the solution is hostile: a box inside a word-for-word quotation of a step is
the solver's, and no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BOX = re.compile(r"\\boxed\{(?:\\text\{\s*(correct|incorrect)\s*\}|\s*(correct|incorrect)\s*)\}")


@dataclass(frozen=True, slots=True)
class Box:
    """A verdict in a text: from `start` to `end`, good or not."""

    start: int
    end: int
    right: bool


def boxes(text: str, steps: Sequence[str]) -> list[Box]:
    """All verdicts, in their order.

    Args:
        steps: What may be quoted.
    """
    quoted = [span for step in steps if _BOX.search(step) for span in _places(text, step.strip())]
    return [
        Box(found.start(), found.end(), (found[1] or found[2]) == "correct")
        for found in _BOX.finditer(text)
        if not any(start <= found.start() < end for start, end in quoted)
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
    first_bad = next((place for place, one in enumerate(found) if not one.right), None)
    if first_bad != len(found) - 1:
        return ()
    return tuple(min(place, first_bad) for place in range(steps))


def _places(text: str, part: str) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(re.escape(part), text)]
