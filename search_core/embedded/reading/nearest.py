"""What to offer to whoever typed a problem that the models cannot read: the nearest that they can.

First the same problem with other numbers, where that is enough; then ready problems, the most
similar ones first. The same text gives the same offers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from functools import cache

from search_core.embedded.families import FAMILIES, countdown
from search_core.embedded.families.expression import PRECEDENCE
from search_core.embedded.generation import sample_problem
from search_core.embedded.reading import read_problem
from search_core.embedded.reading.errors import UnknownProblemError
from search_core.embedded.reading.normalise import LONGEST_TEXT, normalise, spell_out

OFFERS = 3
_POOL = 6
"""Ready problems of each family and level."""
_TRIES = 60
_TARGETS = 200
_TARGET = re.compile(r"\b(?:make|makes|making|reach|get|obtain|total|target|is|=)\D{0,20}([0-9]+)")
_NUMBER = re.compile(r"[0-9]+")
_OPERATION = re.compile(r"[0-9)] *[-+*/] *[0-9(]")
_WORD = re.compile(r"[a-z]+|[0-9]+|[-+*/()]")


def nearest_problems(
    text: str, families: Collection[str] = tuple(FAMILIES), count: int = OFFERS
) -> tuple[str, ...]:
    """Problems that `read_problem` reads, as they are asked, the nearest to a text first.

    Args:
        text: Anything that somebody typed.
        families: Those to offer from, by name.
        count: How many, at least 1.
    """
    plain = spell_out(normalise(text[:LONGEST_TEXT]))
    found: dict[str, None] = {}
    for offer in (*_mended(plain), *_ready(plain)):
        try:
            problem = read_problem(offer)
        except UnknownProblemError:
            continue
        if problem.family in families:
            found.setdefault(problem.text)
        if len(found) == count:
            break
    return tuple(found)


def _mended(plain: str) -> Iterator[str]:
    """The same problem with the numbers changed as little as is found to be enough."""
    if _OPERATION.search(plain):
        yield from _mended_numbers(plain)
    elif "how many" not in plain.lower():
        yield from _mended_countdown(plain)


def _mended_numbers(plain: str) -> Iterator[str]:
    """The first way that can be read to change the numbers of an expression."""
    draw = random.Random(plain)
    body = plain.replace(".", " ").replace(",", " ").rstrip(" ?=!")
    longer = len(_OPERATION.findall(body)) < FAMILIES["expression"].readable.start
    for reach in range(_TRIES):

        def other(match: re.Match[str], reach: int = reach) -> str:
            number = min(int(match[0][:9]), 99)
            return str(max(1, min(99, number + draw.randint(-reach, reach))))

        offer = _NUMBER.sub(other, body) + (f" + {1 + reach}" if longer else "")
        try:
            read_problem(offer)
        except UnknownProblemError:
            continue
        yield offer
        return


def _mended_countdown(plain: str) -> Iterator[str]:
    """A Countdown of the same numbers, at the nearest target that can be reached; where nothing
    says which the target is, it is the largest."""
    numbers = [int(number[:9]) for number in _NUMBER.findall(plain)]
    levels = FAMILIES["countdown"].readable
    if len(numbers) < levels.start + 1:
        return
    said = _TARGET.search(plain.lower())
    target = int(said[1][:9]) if said else max(numbers)
    numbers.remove(target)
    given = [
        min(max(number, countdown.SMALLEST_NUMBER), countdown.LARGEST_NUMBER)
        for number in numbers[: levels.stop - 1]
    ]
    lowest, highest = countdown.SMALLEST_TARGET, countdown.LARGEST_TARGET
    target = min(max(target, lowest), highest)
    nearest = sorted(range(lowest, highest + 1), key=lambda other: abs(other - target))
    for other in nearest[:_TARGETS]:
        if other not in given and countdown.can_reach(tuple(sorted(given)), other):
            yield countdown.problem_text(given, other)
            return


def _ready(plain: str) -> list[str]:
    """Ready problems, the most similar first; where nothing is similar, one of each family."""
    words = _WORD.findall(plain.lower())
    likeness = {
        text: SequenceMatcher(None, words, _WORD.findall(text.lower()), autojunk=False).ratio()
        for text in _pool()
    }
    likely = _family_of(plain)
    ranked = sorted(_pool(), key=lambda text: (-_rank(text, likely), -likeness[text]))
    if likely is not None:
        return ranked
    firsts = {_pool()[text]: text for text in reversed(ranked)}
    return [*firsts.values(), *ranked]


def _rank(text: str, likely: str | None) -> bool:
    return _pool()[text] == likely


def _family_of(plain: str) -> str | None:
    """The family of which a text seems to be one."""
    if "how many" in plain.lower():
        return "word"
    numbers = len(_NUMBER.findall(plain))
    if numbers and any(symbol in plain for symbol in PRECEDENCE):
        return "expression"
    return "countdown" if numbers >= FAMILIES["countdown"].readable.start + 1 else None


@cache
def _pool() -> dict[str, str]:
    """Ready problems of every family, easy ones among them, each with its family."""
    draw = random.Random(1)
    return {
        sample_problem(family, level, draw).text: family
        for family, about in FAMILIES.items()
        for level in range(about.readable.start, about.levels.stop)
        for _ in range(_POOL)
    }
