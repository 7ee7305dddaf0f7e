r"""Exact values of what is written with digits alone: 71/6, 11 5/6, 5.5e3, \frac{1}{2^{99}}.

Everything is a `Fraction`, so that 2^-99 and 2^-98 differ. Numbers too long to be written out
are left alone (None): `10^{10^9}` is never expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

MAX_BITS = 12_000
"""Bits of the longest numerator or denominator that is worked out; 3,600 decimal digits."""

MAX_DEPTH = 40
_SHOWN = 6
"""Digits that a decimal must show to stand for a value with more of them; as in Math-Verify."""
_AT_LEAST = 4
_NOISE = 14

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[1-9]\d{0,2}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d*)?|\.\d+)"
    r"(?P<exponent>[eE][+-]?\d{1,6}(?![\d.]))?"
    r"|(?P<frac>\\frac)|(?P<sign>[-+*/^(){}\[\]!]))"
)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:,\d{3})*)?\.?\d*(?:[eE][+-]?\d+|\s*\*\s*10\s*\^.*)?")


class NotArithmetic(Exception):
    """The text is no arithmetic, or too long to be worked out."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is written out.

    Attributes:
        value: Exactly what is written.
        last_place: What one unit in the last written place is worth, for a decimal
            (0.35 -> 1/100); None for what is written exactly, as an integer or fraction.
    """

    value: Fraction
    last_place: Fraction | None = None


def equal_numbers(first: Number, second: Number) -> bool:
    """Exactly, save that a decimal may stand for a value with more digits: 0.333333 is 1/3."""
    if first.value == second.value:
        return True
    if first.last_place is None and second.last_place is not None:
        first, second = second, first
    if first.last_place is None or second.last_place is not None:
        return False
    return stands_for(first, second.value)


def stands_for(decimal: Number, value: Fraction) -> bool:
    """Whether a decimal is what one writes down of a value: rounded or cut at its last place.

    It must show six digits, or six places of which four count; and a value that would have
    fitted into its places must be that value.
    """
    place = decimal.last_place
    if place is None or (value / place).denominator == 1:
        return decimal.value == value
    shown = abs(decimal.value) / place
    enough = shown >= 10 ** (_SHOWN - 1) or (
        place <= Fraction(1, 10**_SHOWN) and shown >= 10 ** (_AT_LEAST - 1)
    )
    off = abs(decimal.value - value)
    cut = off < place and abs(decimal.value) < abs(value)
    rounded = 2 * off <= place
    # The last digits of a binary float are noise.
    return enough and (rounded or cut or (shown >= 10**_NOISE and off <= 8 * place))


def read_number(text: str) -> Number | None:
    """The number that a text writes out, or None if it is anything else."""
    try:
        reader = _ArithmeticReader(_tokens(text))
        value = reader.sum()
        if not reader.at_end():
            return None
    except NotArithmetic:
        return None
    return Number(value, _last_place(text))


def _last_place(text: str) -> Fraction | None:
    decimals = re.findall(r"\.(\d+)", text)
    if len(decimals) != 1 or not _PLAIN.fullmatch(text.strip()):
        return None
    exponent = re.search(r"(?:[eE]|10\s*\^\s*\{?)\s*([+-]?\d{1,6})", text)
    return _power(Fraction(10), (int(exponent[1]) if exponent else 0) - len(decimals[0]))


def _tokens(text: str) -> list[tuple[str, Fraction | None]]:
    tokens: list[tuple[str, Fraction | None]] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotArithmetic(text)
        if match["number"] is not None:
            digits = match["number"].replace(",", "")
            if "," in match["number"] and any(kind in "([" for kind, _ in tokens):
                raise NotArithmetic("a tuple")  # (1,200) has two values
            value = Fraction("0" + digits if digits.startswith(".") else digits)
            if match["exponent"]:
                value *= _power(Fraction(10), int(match["exponent"][1:]))
            # Two numbers side by side are no product, but "11 5/6" is a mixed number.
            if tokens and tokens[-1][0] == "number":
                tokens.append(("beside", None))
            tokens.append(("number", value))
        else:
            tokens.append((match["frac"] or match["sign"], None))
        position = match.end()
    return tokens


class _ArithmeticReader:
    """Recursive descent over tokens, `MAX_DEPTH` deep at most."""

    def __init__(self, tokens: list[tuple[str, Fraction | None]]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def at_end(self) -> bool:
        return self._position == len(self._tokens)

    def sum(self) -> Fraction:
        self._deeper()
        value = self._product()
        while (sign := self._next_of("+", "-")) is not None:
            term = self._product()
            value = _bounded(value + term if sign == "+" else value - term)
        self._depth -= 1
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while True:
            sign = self._next_of("*", "/")
            if sign is None:
                if self._kind() in ("(", "\\frac"):  # 2(3), and 2\frac{1}{2} read before
                    factor, sign = self._power_of(self._atom()), "*"
                else:
                    return value
            else:
                factor = self._signed()
            if sign == "/" and factor == 0:
                raise NotArithmetic("division by zero")
            value = _bounded(value * factor if sign == "*" else value / factor)

    def _signed(self) -> Fraction:
        negative = False
        while (sign := self._next_of("+", "-")) is not None:
            negative ^= sign == "-"
        value = self._power_of(self._atom())
        return -value if negative else value

    def _power_of(self, base: Fraction) -> Fraction:
        if self._next_of("!") is not None:
            base = _factorial(base)
        if self._next_of("^") is None:
            return base
        self._deeper()
        exponent = self._signed()
        self._depth -= 1
        if exponent.denominator != 1:
            raise NotArithmetic("a root")
        return _power(base, exponent.numerator)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotArithmetic("nested too deeply")

    def _atom(self) -> Fraction:
        before = self._tokens[self._position - 1][0] if self._position else ""
        kind, value = self._take()
        if value is not None:
            whole = value.denominator == 1 and before not in ("/", "^")
            return value + self._beside() if whole else value
        if kind == "\\frac":
            numerator, denominator = self._group("{"), self._group("{")
            if denominator == 0:
                raise NotArithmetic("division by zero")
            return _bounded(numerator / denominator)
        if kind in ("(", "{", "["):
            self._position -= 1
            return self._group(kind)
        raise NotArithmetic(kind)

    def _beside(self) -> Fraction:
        r"""The fraction of a mixed number: "5/6" of "11 5/6", \frac{5}{6} of 11\frac{5}{6}."""
        if self._kind() == "\\frac":
            part = self._atom()
        elif self._kind() == "beside":
            self._take()
            numerator = self._take()[1]
            if self._next_of("/") is None or self._kind() != "number":
                raise NotArithmetic("numbers side by side")
            denominator = self._take()[1]
            if numerator is None or not denominator:
                raise NotArithmetic("no fraction")
            part = numerator / denominator
        else:
            return Fraction(0)
        if not 0 <= part < 1 or self._kind() == "^":
            raise NotArithmetic("no mixed number")
        return part

    def _group(self, opening: str) -> Fraction:
        closing = {"(": ")", "{": "}", "[": "]"}[opening]
        if self._next_of(opening) is None:
            raise NotArithmetic(f"no {opening}")
        value = self.sum()
        if self._next_of(closing) is None:
            raise NotArithmetic(f"no {closing}")
        return value

    def _kind(self) -> str:
        return "" if self.at_end() else self._tokens[self._position][0]

    def _next_of(self, *kinds: str) -> str | None:
        kind = self._kind()
        if kind not in kinds or not kind:
            return None
        self._position += 1
        return kind

    def _take(self) -> tuple[str, Fraction | None]:
        if self.at_end():
            raise NotArithmetic("the end")
        self._position += 1
        return self._tokens[self._position - 1]


def _power(base: Fraction, exponent: int) -> Fraction:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base not in (0, 1, -1) and size * abs(exponent) > MAX_BITS:
        raise NotArithmetic("too long a power")
    if base == 0 and exponent <= 0:
        raise NotArithmetic("a power of zero")
    return base**exponent if base not in (1, -1) else base ** (exponent % 2 + 2)


def _factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or not 0 <= value <= 1_000:
        raise NotArithmetic("too long a factorial")
    product = 1
    for factor in range(2, value.numerator + 1):
        product *= factor
    return _bounded(Fraction(product))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise NotArithmetic("too long a number")
    return value
