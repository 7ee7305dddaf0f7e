"""Makes the many ways to write a symbol, a digit or a space the same."""

from __future__ import annotations

import re
import unicodedata

_UNITS_WRITTEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS_WRITTEN = "twenty thirty forty fifty sixty seventy eighty ninety"

LONGEST_TEXT = 1_200
_SYMBOLS = str.maketrans(
    {
        "×": "*", "✕": "*", "✖": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "∗": "*",
        "÷": "/", "∕": "/", "⁄": "/", "➗": "/", "−": "-", "–": "-", "—": "-", "‐": "-",
        "‑": "-", "‒": "-", "﹣": "-", "➖": "-", "＋": "+", "➕": "+", "[": "(", "{": "(",
        "]": ")", "}": ")", "’": "'", "‘": "'", "“": '"', "”": '"', "→": "->", "⇒": "->",
        "➜": "->", "＝": "=", "？": "?",
    }
)  # fmt: skip
_TIMES_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9)]) ?[xX] ?(?=[0-9(])")
_THOUSANDS = re.compile(r"(?<![0-9,])([0-9]{1,3})((?:,[0-9]{3})+)(?![0-9,])")

NUMBER_WORDS = {word: number for number, word in enumerate(_UNITS_WRITTEN.split())} | {
    word: 10 * tens for tens, word in enumerate(_TENS_WRITTEN.split(), 2)
}
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_SPELLED = re.compile(
    rf"\b(?:({_TENS})[- ]({_UNITS})|({'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))}))\b",
    re.IGNORECASE,
)


def normalise(text: str) -> str:
    """The text with plain ASCII symbols, plain digits and single spaces."""
    folded = unicodedata.normalize("NFKC", text.translate(_SYMBOLS)).translate(_SYMBOLS)
    plain = "".join(_plain_digit(character) for character in folded)
    single = " ".join(plain.split())
    return _TIMES_BETWEEN_NUMBERS.sub(" * ", single)


def _plain_digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))


def join_thousands(text: str) -> str:
    """ "1,000" as "1000"."""
    return _THOUSANDS.sub(lambda match: match[1] + match[2].replace(",", ""), text)


def spell_out(text: str) -> str:
    """Number words as digits: "twenty-five" becomes "25"."""
    return _SPELLED.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    tens, unit, alone = match.groups()
    if alone:
        return str(NUMBER_WORDS[alone.lower()])
    return str(NUMBER_WORDS[tens.lower()] + NUMBER_WORDS[unit.lower()])
