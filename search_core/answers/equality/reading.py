r"""Reads an answer as what it says: a number, a quantity, a group of values, words, a formula.

Needs no algebra and takes time that the length of the text bounds, whatever is in it.
"""

from __future__ import annotations

import re
from fractions import Fraction

from search_core.answers.equality import splitting
from search_core.answers.equality.arithmetic import Number, read_number
from search_core.answers.equality.bases import read_based
from search_core.answers.equality.readings import (
    Assigned,
    Dots,
    Expression,
    Quantity,
    Reading,
    ValueGroup,
    Words,
)
from search_core.answers.equality.spelling import plain
from search_core.answers.equality.units import ONE, split_unit

MAX_DEPTH = 12
"""Groups within groups; what is nested deeper is left to algebra."""

_LONGEST_DECIMAL = 200
_ELLIPSIS = "\\ldots"
_SEQUENCE = re.compile(r"[,:;]")
_SEMICOLON = re.compile(r";")
_COLON = re.compile(r":")
_UNION = re.compile(r"\\cup(?![A-Za-z])|(?<=[)\]}])\s*U\s*(?=[(\[\\{])")
_EQUALS = re.compile(r"=")
_APPROXIMATELY = re.compile(r"\\approx(?![A-Za-z])")
_IN = re.compile(r"\\in(?![A-Za-z])")
_PLUS_MINUS = re.compile(r"\\pm(?![A-Za-z])")
_ROW, _CELL = re.compile(r"\\\\"), re.compile(r"&")
_MATRIX = re.compile(
    r"\\begin\s*\{([pb]?matrix|array)\}(?:\{[lcr| ]*\})?(.*)\\end\s*\{\1\}", re.DOTALL
)
_RELATION = re.compile(r"[<>]|\\(?:le|ge|ne)(?![A-Za-z])")
_CHOICE = re.compile(r"(?:(?:option|choice|answer)\s+)?\(?([A-Za-z])\)?[.:)]?", re.IGNORECASE)
_TEXT = re.compile(r"\\text\s*\{([^{}]*)\}")
_LETTERS = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_LONG_WORD = re.compile(r"(?<![\\\w])[^\W\d_]{3,}(?!\w)")
_OPERATOR = re.compile(r"[\\^*/+=<>|_]|(?<=\S)-(?=\S)")
# What is named: x, x_1, f(x), |AB|, (p,q), A:B, \frac{NO}{BO}, \angle ABC.
_NAME = re.compile(
    r"[A-Za-z](?:_\{?\w+\}?|')?(?:\([\w,\s]*\))?|[A-Z]{1,6}'?|\|[A-Z]{1,3}\||\\[a-z]+(?:_\{?\w+\}?)?"
    r"|\(\s*\w+(?:\s*,\s*\w+)+\s*\)|\\frac\s*\{[A-Za-z]+\}\s*\{[A-Za-z]+\}"
    r"|\\(?:angle|triangle|overline|text)\s*\{?\s*[A-Za-z ]+\}?"
)
_REPEATING = re.compile(r"(-?)(\d*)\.(\d*)\\(?:overline|bar|dot)\s*\{\s*(\d+)\s*\}")
_GOING_ON = re.compile(r"(-?)(\d*)\.(\d*?)(\d{1,6})\4\4+\d*\\ldots")


def read(answer: str) -> Reading:
    """What an answer says.

    Args:
        answer: As extracted, a thousand characters or so.
    """
    return _read(plain(answer), 0)


def _read(text: str, depth: int) -> Reading:
    text = splitting.ungrouped(text.strip())
    if depth > MAX_DEPTH:
        return Expression(_tight(text))
    reading = (
        read_number(text)
        or _repeating(text)
        or read_based(text)
        or _going_on(text, depth)
        or _counted(text)
        or _several(text, depth)
        or _words(text)
        or _named(text, depth)
        or _bracketed(text, depth)
        or _ratio(text)
        or _quantity(text, depth)
        or _sentence(text)
    )
    return reading or Expression(_tight(text))


def _repeating(text: str) -> Number | None:
    r"""0.1\overline{6} and 0.1666… are 1/6, exactly."""
    if len(text) > _LONGEST_DECIMAL:
        return None
    match = _REPEATING.fullmatch(text) or _GOING_ON.fullmatch(text)
    if match is None:
        return None
    sign, whole, head, block = match.groups()
    value = Fraction(int(whole + head or "0"))
    value += Fraction(int(block), 10 ** len(block) - 1)
    value /= 10 ** len(head)
    return Number(-value if sign else value)


def _going_on(text: str, depth: int) -> Reading | None:
    """A sequence with dots: what it shows is all that is known of it."""
    if _ELLIPSIS not in text:
        return None
    brackets, inside = splitting.bracketed(text) or ("", text)
    parts = [part for part in splitting.split(inside, _SEQUENCE) if part]
    if len(parts) < 2:
        return None
    items = tuple(Dots() if part == _ELLIPSIS else _read(part, depth + 1) for part in parts)
    return ValueGroup("ordered", items, _tight(text), brackets)


def _counted(text: str) -> Quantity | None:
    """A number of something: $1,200 is no list."""
    parts = split_unit(text)
    number = read_number(parts[0]) if parts else None
    return Quantity(number, parts[1]) if parts and number and parts[1] != ONE else None


def _several(text: str, depth: int) -> Reading | None:
    for parts in (splitting.split(text, _SEMICOLON), splitting.list_items(text)):
        if len(parts) > 1 and all(parts):
            items = tuple(_read(part, depth + 1) for part in parts)
            return _added_up(items) or ValueGroup("list", items, _tight(text))
    parts = splitting.split(text, _UNION)
    if len(parts) > 1 and all(parts):
        return ValueGroup("union", tuple(_read(part, depth + 1) for part in parts), _tight(text))
    parts = splitting.split(text, _PLUS_MINUS)
    if len(parts) == 2 and parts[1]:
        both = tuple(_read(f"{parts[0]}{sign}{parts[1]}", depth + 1) for sign in "+-")
        if not isinstance(both[0], Assigned):
            return ValueGroup("list", both, _tight(text))
    return None


def _added_up(items: tuple[Reading, ...]) -> Quantity | None:
    """2 hours and 30 minutes are one quantity."""
    quantities = [item for item in items if isinstance(item, Quantity)]
    if len(quantities) != len(items) or not quantities[0].unit.dimension:
        return None
    first = quantities[0].unit
    total, above = Fraction(0), None
    for quantity in quantities:
        amount, unit = quantity.amount, quantity.unit
        if not isinstance(amount, Number) or unit.dimension != first.dimension:
            return None
        if above is not None and unit.factor >= above:
            return None
        total, above = total + amount.value * unit.factor, unit.factor
    return Quantity(Number(total / first.factor), first)


def _named(text: str, depth: int) -> Reading | None:
    r"""x = 5, x \in [1,2], x \approx 5: of a chain, what it ends with before an approximation."""
    if _RELATION.search(text):
        return None
    for relation in (_IN, _EQUALS, _APPROXIMATELY):
        parts = splitting.split(text, relation)
        if len(parts) < 2:
            continue
        name, value = parts[0], parts[-1]
        if relation is _APPROXIMATELY:
            if _is_name(name):
                return Assigned(_squeezed(name), _read(value, depth + 1), _tight(text))
            return _read(name, depth + 1) if name else _read(value, depth + 1)
        if not name:
            return _read(value, depth + 1)
        if not _is_name(name) or not value:
            return None
        return Assigned(_squeezed(name), _read(value, depth + 1), _tight(text))
    return None


def _is_name(text: str) -> bool:
    return all(_NAME.fullmatch(part) for part in splitting.split(text, _COLON))


def _bracketed(text: str, depth: int) -> Reading | None:
    matrix = _MATRIX.fullmatch(text)
    if matrix:
        rows = [row for row in splitting.split(matrix[2], _ROW) if row]
        cells = [
            tuple(_read(cell, depth + 2) for cell in splitting.split(row, _CELL)) for row in rows
        ]
        return ValueGroup(
            "matrix", tuple(ValueGroup("ordered", row, "") for row in cells), _tight(text)
        )
    enclosed = splitting.bracketed(text)
    if enclosed is None:
        return None
    brackets, inside = enclosed
    parts = splitting.split(inside, re.compile("[,;]"))
    if brackets == "{}" and re.search(r"(?<!\\)[|:]|\\mid", inside):
        return None  # { x : x > 1 }
    if not inside:
        return ValueGroup("set", (), _tight(text)) if brackets == "{}" else None
    parts = splitting.split(inside, _SEMICOLON) if ";" in inside else splitting.list_items(inside)
    items = tuple(_read(part, depth + 1) for part in parts)
    if brackets == "{}":
        return ValueGroup("set", items, _tight(text))
    if len(items) == 1:
        return items[0] if brackets in ("()", "[]") else None
    return ValueGroup("ordered", items, _tight(text), "()" if brackets == "<>" else brackets)


def _ratio(text: str) -> ValueGroup | None:
    parts = splitting.split(text, _COLON)
    if len(parts) < 2:
        return None
    numbers = [read_number(part) for part in parts]
    items = tuple(number for number in numbers if number is not None)
    return ValueGroup("ratio", items, _tight(text)) if len(items) == len(parts) else None


def _quantity(text: str, depth: int) -> Reading | None:
    if _RELATION.search(text) or "=" in text:
        return None
    parts = split_unit(text)
    if parts is None or parts[1] == ONE:
        return None
    several = re.match(r"(.*?[A-Za-z}])\s+(\d.*)", parts[0])
    if several:  # 5 feet 6 inches
        last = several[2] + text[len(parts[0]) :]
        return _added_up((_read(several[1], depth + 1), _read(last, depth + 1)))
    amount = _read(parts[0], depth + 1)
    if isinstance(amount, Words | Dots | Assigned):
        return None
    return Quantity(amount, parts[1])


def _words(text: str) -> Words | None:
    choice = _CHOICE.fullmatch(text)
    if choice:
        return Words(choice[1].casefold())
    spoken = _TEXT.sub(r" \1 ", text).strip()
    if _LETTERS.fullmatch(_squeezed(spoken, " ")):
        return Words(_squeezed(spoken, " ").casefold())
    if re.match(r"[^\W\d_]", spoken) and _LONG_WORD.search(spoken):
        return _sentence(text)
    return None


def _sentence(text: str) -> Words | None:
    """Words with numbers among them: they say more than the numbers do."""
    spoken = _TEXT.sub(r" \1 ", text).strip()
    if _OPERATOR.search(spoken) or not _LONG_WORD.search(spoken):
        return None
    return Words(_squeezed(re.sub(r"[.,;:!?\"]", " ", spoken), " ").strip().casefold())


def _squeezed(text: str, space: str = "") -> str:
    return re.sub(r"\s+", space, text)


def _tight(text: str) -> str:
    """Without the spaces that say nothing: those between letters or digits are kept."""
    return re.sub(r"(?<!\w) | (?!\w)", "", text)
