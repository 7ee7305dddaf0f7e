"""What the families' spoilers share."""

from __future__ import annotations

import random
from typing import NamedTuple


class Spoiled(NamedTuple):
    """A solution in which step `at` was spoiled, with the closing answer."""

    steps: list[str]
    at: int


def slip(number: int, rng: random.Random) -> int:
    """A wrong number of the sort that a solver writes: a digit off, swapped or missing."""
    text = str(number)
    place = rng.randrange(len(text))
    choices = [number + 1, number - 1, number + 10, number - 10, number + 2]
    choices.append(int(text[:place] + str(rng.randrange(10)) + text[place + 1 :]))
    choices.append(int(text[:place] + str(rng.randrange(10)) + text[place + 1 :]))
    if len(text) > 1:
        choices.append(int(text[::-1]))
        choices.append(int(text[:place] + text[place + 1 :]))
    good = [choice for choice in choices if choice != number and choice >= 0]
    return rng.choice(good)
