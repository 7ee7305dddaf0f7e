"""Numbers that strangers give: shown in a sentence however long they are, and seeds."""

from __future__ import annotations

MOST_SEED = 2**53 - 1
"""The largest whole number that a browser, a link and JSON hand on unchanged."""
_LONG_BITS = 200


def shown(value: object, most: int = 40) -> str:
    """A value as a sentence may hold it: at most so many characters.

    Python refuses to write out whole numbers of more than 4300 digits.
    """
    if isinstance(value, int) and value.bit_length() > _LONG_BITS:
        digits = int(value.bit_length() * 0.30103) + 1
        return f"a whole number of about {digits:,} digits"
    return f"{value!r:.{most}}"


def checked_seed(value: object) -> int:
    """A run's seed; a whole number that came as a float is one.

    Raises:
        ValueError: It is no whole number from 0 to 2^53 - 1.
    """
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not 0 <= value <= MOST_SEED:  # type: ignore[operator]
        raise ValueError(f"Seed is {shown(value)}; expected a whole number from 0 to 2^53 - 1.")
    return int(value)  # type: ignore[call-overload, no-any-return]
