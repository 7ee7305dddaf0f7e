r"""Units of measurement: 35 cm is 0.35 m, and neither is 35 m.

A unit is a product of powers of base units times an exact factor, so that km/h, m/s and
cm^2 need no entry of their own. Words that are no unit ("red apples") say what is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from search_core.answers.equality.unit_table import (
    CHANGE_THE_AMOUNT,
    SAY_NOTHING,
    SCALES,
    SMALL,
    SPEEDS,
    TABLE,
)

_MONEY = {
    "dollar": r"(?:US ?)?\\\$|USD ?",
    "euro": r"€|EUR ?",
    "gbp": r"£|GBP ?",
    "yen": r"¥|JPY ?",
    "rupee": r"₹|INR ?|Rs\.? ?",
    "won": r"₩|KRW ?",
    "yuan": r"CNY ?",
    "franc": r"CHF ?",
}
_PREFIX = re.compile(
    "|".join(rf"(?P<{name}>{spelled})" for name, spelled in _MONEY.items()) + r"(?=[\d.\-\\({])"
)
_CURRENCIES = frozenset(TABLE[name][0] for name in _MONEY)
_SIGNS = "%¢€£¥₹₩"
_WORD = rf"\\degree|[^\W\d_]+(?:['’][^\W\d_]*)?|[{_SIGNS}]|\\\$"
_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3, "squared": 2, "cubed": 3}
_FACTOR = re.compile(rf"({_WORD})\s*(?:\^\s*\{{?\s*(-?\d)\s*\}}?)?")
_SCALE_NAMES = {"C": "celsius", "F": "fahrenheit"}
_TEMPERATURE = re.compile(r"(?:\\degree|degrees?)\s*([CF])(?:elsius|ahrenheit)?(?![A-Za-z])")
_HALF_DAY = re.compile(r"(?<![A-Za-z.])([ap])\.\s?m\.?(?![A-Za-z])", re.IGNORECASE)
_FRACTION_OF_UNITS = re.compile(
    r"\\frac\s*\{\s*(\\\$|\\text ?\{[^{}]*\})\s*\}\s*\{\s*\\text ?\{([^{}]*)\}\s*\}$"
)
_PER = re.compile(r"(?<![A-Za-z])per(?![A-Za-z])|(?<=[A-Za-z$]) +(?:each|every)(?= +[A-Za-z])")
_A = re.compile(r"(?<![A-Za-z])(?P<before>[A-Za-z]*) *(?<![A-Za-z])an?(?= +[A-Za-z])")
_MAX_WORDS = 12
_TAIL = re.compile(
    r"(?:(?<=[\d)}\]!.])|(?<=\\pi))(?P<tie> |-(?=[^\W\d_]{3}))?"
    rf"(?P<tail>(?:\\text ?\{{[^{{}}]*\}}|\\degree|\\\$|[{_SIGNS}]|[^\W\d_]"
    r"|/ ?(?=[^\W\d_]{3}|\\text))"
    rf"(?:\\text ?\{{[^{{}}]*\}}|\\degree|\\\$|[{_SIGNS}/^*.\- ]|[^\W\d_]|(?<=[^\W\d_])['’]"
    r"|\{-?\d\}|(?<=\^)-?\d)*)$"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement.

    Attributes:
        dimension: Base units with their powers, by name; () for a bare number.
        factor: How many of the base units one of it is.
        omissible: Whether it may be left off: 35 cm is also written 35, and 50% also 50, but
            3 million is not also written 3.
        counted: What is counted, in words that are no units ("red apple"), above the line and
            below it ("per student").
        above: The unit without its "per day"; None where there is no "per".
        scale: What its numerals alone say: "million dollars" are 10^6, whatever of.
    """

    dimension: tuple[tuple[str, int], ...]
    factor: Fraction
    omissible: bool = True
    counted: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    above: Unit | None = field(default=None, compare=False)
    scale: Fraction = Fraction(1)

    def times(self, other: Unit) -> Unit:
        """The product of two units."""
        powers = dict(self.dimension)
        for name, power in other.dimension:
            powers[name] = powers.get(name, 0) + power
        kept = tuple(sorted((name, power) for name, power in powers.items() if power))
        counted = (self.counted[0] | other.counted[0], self.counted[1] | other.counted[1])
        return Unit(
            kept,
            self.factor * other.factor,
            self.omissible and other.omissible,
            counted,
            scale=self.scale * other.scale,
        )

    def per(self, below: Unit) -> Unit:
        """So much for each of the other."""
        inverse = tuple((name, -power) for name, power in below.dimension)
        counted = (below.counted[1], below.counted[0])
        whole = self.times(
            Unit(inverse, 1 / below.factor, below.omissible, counted, scale=1 / below.scale)
        )
        return replace(whole, above=self)

    @property
    def is_bare(self) -> bool:
        """Nothing is measured and nothing counted: at most a percentage, or millions."""
        return not self.dimension and not any(self.counted)

    def agrees(self, other: Unit) -> bool:
        """Whether both measure the same, and neither counts what the other does not: 5 apples
        are 5 red apples, but 5 red ones are no 5 green ones."""
        return self.dimension == other.dimension and all(
            one <= two or two <= one for one, two in zip(self.counted, other.counted, strict=True)
        )

    def without_per(self) -> Unit | None:
        """Money and things counted are given with or without the time: $18 a day, $18. A speed
        without it is none."""
        unit = self.above
        if unit is None or any(name not in _CURRENCIES for name, _ in unit.dimension):
            return None
        return None if unit.is_bare else unit


ONE = Unit((), Fraction(1))


def split_unit(text: str) -> tuple[str, Unit] | None:
    r"""An amount and its unit: "35\text{ cm}" -> ("35", cm), "\$5 a day" -> ("5", dollar/day).

    Returns:
        None where no unit follows an amount, or precedes it as money does.
    """
    text = _FRACTION_OF_UNITS.sub(r"\1/\\text{\2}", _HALF_DAY.sub(r"\1m", text.strip()))
    sign = "-" if text.startswith("-") else ""
    unsigned = text[len(sign) :].lstrip()
    unit = ONE
    prefix = _PREFIX.match(unsigned)
    if prefix:
        unit = _named(str(prefix.lastgroup))
        text = sign + unsigned[prefix.end() :].strip()
    tail = _tail_start(text, after_money=prefix is not None)
    if tail is None:
        return None if unit is ONE or not text.strip("+- ") else (text, unit)
    amount = text[:tail].strip().removesuffix("-")
    if not amount.strip("+- ("):
        return None
    # Half a day is half of one; 18 a day are 18 for each.
    after = read_unit(text[tail:], unit, per=amount.lstrip("+-").isdigit() or unit is not ONE)
    return None if after is None else (amount, after)


def read_unit(text: str, money: Unit = ONE, *, per: bool = True) -> Unit | None:
    r"""The unit that a text names: "\text{cm}^2", "km/h", "square feet", "red apples a day".

    Args:
        money: The currency that stood before the amount.
        per: Whether an "a" that begins the text is a "per".
    """
    words = _TEMPERATURE.sub(lambda match: _SCALE_NAMES[match[1]], _unbraced(text))
    parts = _PER.sub("/", words).split("/")
    if len(parts) == 1:
        parts = _parted_by_a(words, per)
    if len(parts) > 2:
        return None
    above = _product(parts[0]) if parts[0].strip() else ONE
    if above is None or (len(parts) == 1 and not parts[0].strip()):
        return None
    above = money.times(above)
    if len(parts) == 1:
        return above
    below = _product(parts[1])
    return None if below is None else above.per(below)


def _parted_by_a(words: str, per: bool) -> list[str]:
    """ "eggs a week" is eggs per week; "cups of a mixture" is none."""
    for match in _A.finditer(words):
        before = match["before"].lower()
        if before not in SMALL and before not in CHANGE_THE_AMOUNT and (before or per):
            return [words[: match.end("before")], words[match.end() :]]
    return [words]


def _tail_start(text: str, *, after_money: bool) -> int | None:
    r"""Where the unit at the end of a text begins: after the last digit, bracket or \pi.

    Letters that stand close by ("2xy") are variables, unless they are a unit of that name; one
    letter alone is a unit only behind a space or in \text. What follows money is no variable.
    """
    match = _TAIL.search(text)
    if match is None:
        return None
    tail, tie = match["tail"], match["tie"]
    words = re.findall(r"[^\W\d_]+", tail)
    marked = "\\text" in tail or re.search(rf"\\degree|\\\$|[{_SIGNS}]", tail) is not None
    marked = marked or after_money
    if tie == "-" and _known(words[0]) is None and words[0].lower() != "per":
        return None
    apart = tie is not None
    if not marked and not (words and (apart or len(words[0]) > 1)):
        return None
    passed = {"text", "degree", "per", *SMALL, *_POWERS}
    nouns = [word for word in words if word.lower() not in passed and _known(word) is None]
    if tail.startswith("/") and not marked and nouns:
        return None
    by_the_way = any(word.lower() in ("per", *SMALL) for word in words)
    if not marked and (nouns or by_the_way) and (not apart and not tail.startswith("/")):
        return None
    if not marked and nouns and min(map(len, nouns)) < 3:
        return None
    return match.start("tail")


def _unbraced(text: str) -> str:
    text = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", text)
    text = re.sub(r"\^\s*\{\s*(-?\d)\s*\}", r"^\1", text.replace("per cent", "percent"))
    return re.sub(r"[.\-*\s]+", lambda m: "." if m.group() == "." else " ", text).strip(". ")


def _product(text: str) -> Unit | None:
    """Units side by side, "square" and "cubic" before or "squared" after them; else a noun."""
    factors = [(name, power) for name, power in _FACTOR.findall(text.replace(".", " "))]
    if not factors or _FACTOR.sub("", text.replace(".", " ")).strip():
        return None
    if len(factors) > _MAX_WORDS:
        return None
    known = [_known(name) is not None or name.lower() in _POWERS for name, _ in factors]
    if not all(known):
        return _described(factors)
    unit, raised = ONE, 1
    for name, power in factors:
        if name.lower() in _POWERS:
            exponent = _POWERS[name.lower()]
            if name.lower().endswith("ed"):
                unit = _to_the(unit, exponent)
            else:
                raised = exponent
            continue
        factor = _to_the(_named(name), int(power) if power else raised)
        unit, raised = unit.times(factor), 1
    return unit


def _described(factors: list[tuple[str, str]]) -> Unit | None:
    """What is counted: "3 million red apples" counts red apples, "3 dollars in profit" dollars."""
    if any(power for _, power in factors):
        return None
    unit = ONE
    words = [name for name, _ in factors]
    while words and words[0].lower() in SCALES:
        unit = unit.times(_named(words.pop(0)))
    if any((len(word) < 2 and word.lower() != "a") or word.startswith("\\") for word in words[1:]):
        return None
    if CHANGE_THE_AMOUNT.intersection(word.lower() for word in words):
        return None
    while len(words) > 1 and words[0].lower() in ("a", "an", "of", "the"):
        words.pop(0)
    if words and words[0].lower() != "in" and _known(words[0]):
        unit = unit.times(_named(words.pop(0)))
    elif words and len(words[0]) < 2:
        return None
    said = frozenset(_singular(word) for word in words if word.lower() not in SAY_NOTHING)
    if words and unit is ONE:
        # "18 in total" counts something, and leaves open what.
        return Unit((), Fraction(1), counted=(said or frozenset(("",)), frozenset()))
    return unit.times(Unit((), Fraction(1), counted=(said, frozenset())))


def _known(name: str) -> tuple[str, Fraction] | None:
    for spelled in (name, name.lower(), _singular(name)):
        if spelled in TABLE:
            return TABLE[spelled]
    return ("", Fraction(1)) if name.lower() in SPEEDS else None


def _named(name: str) -> Unit:
    speed = SPEEDS.get(name.lower())
    if speed is not None:
        distance, time = speed.split("/")
        return _named(distance).per(_named(time))
    base, factor = _known(name) or (_singular(name), Fraction(1))
    if base == "1":
        # "3 million" is not also written 3, but "50%" is also written 50.
        return Unit((), factor, omissible=factor < 1, scale=factor)
    return Unit(((base, 1),), factor)


def _to_the(unit: Unit, power: int) -> Unit:
    dimension = tuple((name, each * power) for name, each in unit.dimension)
    return replace(unit, dimension=dimension, factor=unit.factor**power, scale=unit.scale**power)


def _singular(word: str) -> str:
    word = word.casefold()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word
