"""What is told of the rows that cannot be used: the first ones by name, the others by number."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 10
"""Bad rows that are named; the others are counted."""


def counted(number: int, what: str) -> str:
    """For example "1 row" or "1,200 rows"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def said_of_bad(bad: int, complaints: Sequence[str]) -> str:
    """Which rows cannot be used, and why; "" if all can.

    Args:
        bad: How many there are.
        complaints: Of some of them: "line 3 is not JSON".
    """
    if not bad:
        return ""
    named = complaints[:MOST_NAMED]
    more = bad - len(named)
    others = f"; and {more:,} more" if more else ""
    return f"{counted(bad, 'row')} cannot be used: {'; '.join(named)}{others}."
