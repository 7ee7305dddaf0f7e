r"""Units of measurement: 35 cm is 0.35 m, and neither is 35 m.

A unit is a product of powers of base units times an exact factor, so that km/h, m/s and
cm^2 need no entry of their own. A word that is no unit ("apples") counts as one that only
equals itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_F = Fraction
_INCH = _F(254, 10_000)
_POUND = _F(45_359_237, 100_000_000)

_TABLE: dict[str, tuple[str, Fraction]] = {}
for _names, _base, _factor in [
    ("m meter metre", "m", _F(1)),
    ("km kilometer kilometre", "m", _F(1000)),
    ("dm decimeter decimetre", "m", _F(1, 10)),
    ("cm centimeter centimetre", "m", _F(1, 100)),
    ("mm millimeter millimetre", "m", _F(1, 1000)),
    ("nm nanometer nanometre", "m", _F(1, 10**9)),
    ("in inch inches", "m", _INCH),
    ("ft foot feet", "m", _INCH * 12),
    ("yd yard", "m", _INCH * 36),
    ("mi mile", "m", _INCH * 63_360),
    ("g gram gramme gm", "g", _F(1)),
    ("kg kilogram kilogramme kilo", "g", _F(1000)),
    ("mg milligram", "g", _F(1, 1000)),
    ("tonne", "g", _F(10**6)),
    ("oz ounce", "g", _POUND * 1000 / 16),
    ("lb pound", "g", _POUND * 1000),
    ("s sec second", "s", _F(1)),
    ("ms millisecond", "s", _F(1, 1000)),
    ("min minute", "s", _F(60)),
    ("h hr hour", "s", _F(3600)),
    ("day", "s", _F(86_400)),
    ("week", "s", _F(604_800)),
    ("month", "month", _F(1)),
    ("year yr", "month", _F(12)),
    ("decade", "month", _F(120)),
    ("l liter litre", "l", _F(1)),
    ("ml milliliter millilitre", "l", _F(1, 1000)),
    ("cl centiliter centilitre", "l", _F(1, 100)),
    ("gal gallon", "gallon", _F(1)),
    ("quart", "gallon", _F(1, 4)),
    ("pint", "gallon", _F(1, 8)),
    ("\\degree deg degree", "degree", _F(1)),
    ("celsius", "celsius", _F(1)),
    ("fahrenheit", "fahrenheit", _F(1)),
    ("rad radian", "radian", _F(1)),
    ("\\$ dollar usd buck", "dollar", _F(1)),
    ("cent ¢ penny pennies", "dollar", _F(1, 100)),
    ("nickel", "nickel", _F(1)),
    ("€ euro eur", "euro", _F(1)),
    ("£ gbp", "pound sterling", _F(1)),
    ("j joule", "joule", _F(1)),
    ("kj kilojoule", "joule", _F(1000)),
    ("w watt", "watt", _F(1)),
    ("kw kilowatt", "watt", _F(1000)),
    ("n newton", "newton", _F(1)),
    ("hz hertz", "hertz", _F(1)),
    ("v volt", "volt", _F(1)),
    ("am", "am", _F(1)),
    ("pm", "pm", _F(1)),
    ("dozen", "1", _F(12)),
    ("% percent pct percentage", "1", _F(1, 100)),
    ("thousand", "1", _F(1000)),
    ("million", "1", _F(10**6)),
    ("billion", "1", _F(10**9)),
    ("trillion", "1", _F(10**12)),
]:
    for _name in _names.split():
        _TABLE[_name] = (_base, _factor)
_SPEEDS = {"mph": "mile/hour", "kph": "km/hour", "kmh": "km/hour", "kmph": "km/hour"}
_SCALES = ("thousand", "million", "billion", "trillion", "dozen")
_PREFIXES = ("\\$", "€", "£", "¥")
_WORD = r"\\degree|[^\W\d_]+|[%¢€£]|\\\$"
_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3, "squared": 2, "cubed": 3}
_FACTOR = re.compile(rf"({_WORD})\s*(?:\^\s*\{{?\s*(-?\d)\s*\}}?)?")
_SCALE_NAMES = {"C": "celsius", "F": "fahrenheit"}
_TEMPERATURE = re.compile(r"(?:\\degree|degrees?)\s*([CF])(?:elsius|ahrenheit)?(?![A-Za-z])")
_MAX_FACTORS = 6
_TAIL = re.compile(
    r"(?:(?<=[\d)}\]!.])|(?<=\\pi)) ?"
    r"((?:\\text ?\{[^{}]*\}|\\degree|\\\$|[%¢€£]|[^\W\d_])"
    r"(?:\\text ?\{[^{}]*\}|\\degree|\\\$|[%¢€£/^*.\- ]|[^\W\d_]|\{-?\d\}|(?<=\^)-?\d)*)$"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement.

    Attributes:
        dimension: Base units with their powers, by name; () for a bare number.
        factor: How many of the base units one of it is.
        omissible: Whether it may be left off: 35 cm is also written 35, and 50% also 50, but
            3 million is not also written 3.
    """

    dimension: tuple[tuple[str, int], ...]
    factor: Fraction
    omissible: bool = True

    def times(self, other: Unit) -> Unit:
        """The product of two units."""
        powers = dict(self.dimension)
        for name, power in other.dimension:
            powers[name] = powers.get(name, 0) + power
        kept = tuple(sorted((name, power) for name, power in powers.items() if power))
        return Unit(kept, self.factor * other.factor, self.omissible and other.omissible)


ONE = Unit((), Fraction(1))


def split_unit(text: str) -> tuple[str, Unit] | None:
    r"""An amount and its unit: "35\text{ cm}" -> ("35", cm), "\$5" -> ("5", dollar).

    Returns:
        None where no unit follows an amount, or precedes it as money does.
    """
    text = text.strip()
    sign = "-" if text.startswith("-") else ""
    unsigned = text[len(sign) :].lstrip()
    unit = ONE
    for prefix in _PREFIXES:
        if unsigned.startswith(prefix):
            unit = _named(prefix)
            text = sign + unsigned[len(prefix) :].strip()
            break
    tail = _tail_start(text)
    if tail is None:
        return None if unit is ONE or not text.strip("+- ") else (text, unit)
    amount = text[:tail].strip()
    after = read_unit(text[tail:])
    if after is None or not amount.strip("+- ("):
        return None
    return amount, unit.times(after)


def read_unit(text: str) -> Unit | None:
    r"""The unit that a text names: "\text{cm}^2", "km/h", "square feet", "red apples"."""
    words = _TEMPERATURE.sub(lambda match: _SCALE_NAMES[match[1]], _unbraced(text))
    words = re.sub(r"(?<![A-Za-z])per(?![A-Za-z])", "/", words)
    parts = words.split("/")
    if len(parts) > 2:
        return None
    units = [_product(part) for part in parts]
    if any(unit is None for unit in units):
        return None
    numerator, *below = [unit for unit in units if unit is not None]
    for unit in below:
        inverse = tuple((name, -power) for name, power in unit.dimension)
        numerator = numerator.times(Unit(inverse, 1 / unit.factor, unit.omissible))
    return numerator


def _tail_start(text: str) -> int | None:
    r"""Where the unit at the end of a text begins: after the last digit, bracket or \pi.

    Letters that stand close by ("2xy") are variables, unless they are a unit of that name; one
    letter alone is a unit only behind a space or in \text.
    """
    match = _TAIL.search(text)
    if match is None:
        return None
    tail = match[1]
    words = re.findall(r"[^\W\d_]+", tail)
    marked = "\\text" in tail or re.search(r"\\degree|\\\$|[%¢€£]", tail) is not None
    apart = text[: match.start(1)].endswith(" ")
    if not marked and not (words and (apart or len(words[0]) > 1)):
        return None
    nouns = [word for word in words if word not in ("text", "degree") and _known(word) is None]
    if not marked and nouns and (not apart or min(map(len, nouns)) < 3):
        return None
    return match.start(1)


def _unbraced(text: str) -> str:
    text = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", text)
    text = re.sub(r"\^\s*\{\s*(-?\d)\s*\}", r"^\1", text)
    return re.sub(r"[.\-*\s]+", lambda m: "." if m.group() == "." else " ", text).strip(". ")


def _product(text: str) -> Unit | None:
    """Units side by side, "square" and "cubic" before or "squared" after them; else a noun."""
    factors = [(name, power) for name, power in _FACTOR.findall(text.replace(".", " "))]
    if not factors or _FACTOR.sub("", text.replace(".", " ")).strip():
        return None
    if len(factors) > _MAX_FACTORS:
        return None
    known = [_known(name) is not None or name.lower() in _POWERS for name, _ in factors]
    if not all(known):
        return _noun(factors)
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


def _noun(factors: list[tuple[str, str]]) -> Unit | None:
    """What is counted: "3 million red apples" counts red apples."""
    if any(power for _, power in factors):
        return None
    scale = ONE
    words = [name for name, _ in factors]
    while words and words[0].lower() in _SCALES:
        scale = scale.times(_named(words.pop(0)))
    if not words:
        return scale
    if any(len(word) < 2 or word.startswith("\\") for word in words):
        return None
    if len(words) > 1 and words[-1] == "old":  # 12 years old
        words.pop()
    if len(words) == 1 and _known(words[0]):
        return scale.times(_named(words[0]))
    return scale.times(Unit(((_singular(" ".join(words)), 1),), Fraction(1)))


def _known(name: str) -> tuple[str, Fraction] | None:
    for spelled in (name, name.lower(), _singular(name)):
        if spelled in _TABLE:
            return _TABLE[spelled]
    return ("", Fraction(1)) if name.lower() in _SPEEDS else None


def _named(name: str) -> Unit:
    speed = _SPEEDS.get(name.lower())
    if speed is not None:
        distance, time = speed.split("/")
        over = _named(time)
        return _named(distance).times(_to_the(over, -1))
    base, factor = _known(name) or (_singular(name), Fraction(1))
    if base == "1":
        # "3 million" is not also written 3, but "50%" is also written 50.
        return Unit((), factor, omissible=factor < 1)
    return Unit(((base, 1),), factor)


def _to_the(unit: Unit, power: int) -> Unit:
    dimension = tuple((name, each * power) for name, each in unit.dimension)
    return Unit(dimension, unit.factor**power, unit.omissible)


def _singular(word: str) -> str:
    word = word.casefold()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word
