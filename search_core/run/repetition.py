"""Whether a model repeats itself: an earlier step of its path, or one phrase over and over.

Both are what a language model that has lost its way does (arXiv 1904.09751, section 3). Nothing
is decided by it: it is written down beside the step, and views say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from search_core.log.fields import Repeats

_SHORTEST_STEP = 12
"""Characters of a step, without its number, whose return is no chance: "So:" may come twice."""
_READ = 4_000
"""Characters at a step's end in which a phrase is looked for: time grows with them."""
_LONGEST_PHRASE = 400
_TIMES = 5
"""So often a phrase of words stands in a row before it counts."""
_TIMES_SYMBOLS = 12
"""And so often one without words: sums of many equal terms, digits and rulers are written too."""
_SHORTEST_RUN = 40
"""Characters that all of the phrases together have at least."""

_NUMBERED = re.compile(r"^[\s#*>-]*(?:step|part)?\s*\d{1,3}\s*[.:)–-]*", re.IGNORECASE)
_COUNTED = re.compile(r"\b(step|part|line)\s+\d{1,4}", re.IGNORECASE)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_WORD = re.compile(r"[^\W\d_]{3}")


def repetition(text: str, earlier: Iterable[str]) -> Repeats:
    """What a step repeats.

    Args:
        text: The step.
        earlier: The steps before it on its path.

    Returns:
        "step": it says what one of them said, whatever its number; "phrase": it ends with one
        phrase many times in a row; "": neither was found.
    """
    said = _said(text)
    if len(said) >= _SHORTEST_STEP and any(_said(step) == said for step in earlier):
        return "step"
    return "phrase" if _ends_in_a_loop(text) else ""


def _said(step: str) -> str:
    """A step without its number, its marks and its spacing."""
    return " ".join(_NUMBERED.sub("", step).casefold().split())


def _ends_in_a_loop(text: str) -> bool:
    """Whether the end of a text has a period, by the failure function of its reverse."""
    backwards = _COUNTED.sub(r"\1 #", " ".join(text.split())[-_READ:])[::-1]
    fall = [0] * len(backwards)
    match = 0
    for length in range(1, len(backwards)):
        while match and backwards[length] != backwards[match]:
            match = fall[match - 1]
        if backwards[length] == backwards[match]:
            match += 1
        fall[length] = match
        whole = length + 1
        period = whole - match
        # A space that the end has lost is no part less.
        if whole + 1 >= max(_SHORTEST_RUN, _TIMES * period) and period <= _LONGEST_PHRASE:
            phrase = _COMMAND.sub(" ", backwards[:period][::-1])
            # A phrase begins anywhere: of two in a row, one is whole.
            words = _WORD.search(phrase + phrase) is not None
            if words:
                return True
            if whole >= _TIMES_SYMBOLS * period and " " in phrase and len(set(phrase)) > 4:
                return True
    return False
