"""Units known by name, each an exact multiple of a base unit, and words that stand beside them."""

from __future__ import annotations

from fractions import Fraction

_F = Fraction
_INCH = _F(254, 10_000)
_POUND = _F(45_359_237, 100_000_000)

TABLE: dict[str, tuple[str, Fraction]] = {}
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
    ("¥ yen jpy", "yen", _F(1)),
    ("₹ rupee inr", "rupee", _F(1)),
    ("₩ won krw", "won", _F(1)),
    ("cny yuan", "yuan", _F(1)),
    ("chf franc", "franc", _F(1)),
    ("j joule", "joule", _F(1)),
    ("kj kilojoule", "joule", _F(1000)),
    ("w watt", "watt", _F(1)),
    ("kw kilowatt", "watt", _F(1000)),
    ("n newton", "newton", _F(1)),
    ("hz hertz", "hertz", _F(1)),
    # 1000 or 1024 of the one before: nobody knows which, so they are not converted.
    ("kb kilobyte", "kilobyte", _F(1)),
    ("mb megabyte", "megabyte", _F(1)),
    ("gb gigabyte", "gigabyte", _F(1)),
    ("tb terabyte", "terabyte", _F(1)),
    ("v volt", "volt", _F(1)),
    ("am", "am", _F(1)),
    ("pm", "pm", _F(1)),
    ("dozen", "1", _F(12)),
    ("% percent pct percentage", "1", _F(1, 100)),
    ("hundred", "1", _F(100)),
    ("thousand", "1", _F(1000)),
    ("million", "1", _F(10**6)),
    ("billion", "1", _F(10**9)),
    ("trillion", "1", _F(10**12)),
]:
    for _name in _names.split():
        TABLE[_name] = (_base, _factor)
SPEEDS = {"mph": "mile/hour", "kph": "km/hour", "kmh": "km/hour", "kmph": "km/hour"}
SCALES = ("hundred", "thousand", "million", "billion", "trillion", "dozen")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SMALL = _words("of in at on by for as the my a an")
"""Words that tie a description together; before an "a" they make it no "per"."""
SAY_NOTHING = SMALL | _words(
    "total all altogether overall each every left remaining old long tall away worth"
)
CHANGE_THE_AMOUNT = _words(
    "below least most or and than minus is to over plus half halves thirds fourths fifths sixths "
    "sevenths eighths ninths tenths hundredths thousandths one two three four five six seven "
    "eight nine ten"
)
"""What is said with these is no amount and its unit: 5 degrees below zero are not 5 degrees,
and 2 thirds are not 2."""
