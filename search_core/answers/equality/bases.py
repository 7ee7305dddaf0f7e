r"""Numbers in another base than ten: 1011_2, (A3)_{16}, 120 in base 3."""

from __future__ import annotations

import re

from search_core.answers.equality.readings import Based

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NAMES = {
    name: base
    for base, name in [
        *enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2),
        (12, "twelve"),
        (16, "sixteen"),
    ]
}
_WRITTEN = re.compile(
    r"(?P<sign>-?)\s*\(?\s*(?:\\text\s*\{\s*)?(?P<digits>[0-9A-Za-z]{1,400})\s*\}?\s*\)?\s*"
    r"(?:_\s*\{?\s*(?:\\text\s*\{\s*)?\(?(?:base\s*)?(?P<base>\d{1,2}|[a-z]+)\)?\s*\}?\s*\}?"
    r"|(?:\\text\s*\{)?\s*\(?\s*(?:in\s+)?base[\s-]*(?P<said>\d{1,2}|[a-z]+)\s*\)?\s*\}?)"
)


def read_based(text: str) -> Based | None:
    """A number whose base is written with it.

    Returns:
        None if no base from 2 to 36 is named, or a digit does not exist in it.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    name, digits = match["base"] or match["said"], match["digits"].lower()
    base = int(name) if name.isdigit() else _NAMES.get(name, 0)
    if not 2 <= base <= len(_DIGITS) or (digits.isalpha() and len(digits) < 2):
        return None  # a_{16} is the sixteenth term of a sequence
    value = 0
    for digit in digits:
        worth = _DIGITS.index(digit)
        if worth >= base:
            return None
        value = value * base + worth
    return Based(-value if match["sign"] else value, base, match["sign"] + digits)
