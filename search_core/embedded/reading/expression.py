"""Reads arithmetic expressions that a person typed."""

from __future__ import annotations

import re

from search_core.embedded.families import FAMILIES
from search_core.embedded.families.arithmetic import compute
from search_core.embedded.families.expression import PRECEDENCE, problem_text
from search_core.embedded.reading.errors import ProblemOutOfRangeError
from search_core.embedded.reading.normalise import join_thousands, spell_out
from search_core.problem import Problem

LARGEST_NUMBER, LARGEST_RESULT = 99, 999
_LEAD = re.compile(
    r"(?:(?:please|can you|could you|hey|hi|so|ok)[ ,]+)*"
    r"(?:what is|what's|whats|what does|calculate|compute|evaluate|work out|solve|simplify|"
    r"how much is|how much are|find|determine|tell me|give me)?"
    r"(?: the)?(?: value of| result of| answer to| answer of)?[ :]*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?: equal| equals| make| please| is what| to what)*[ =?.!]*$", re.IGNORECASE)
_WORDS = (
    ("multiplied by", "*"),
    ("divided by", "/"),
    ("plus", "+"),
    ("minus", "-"),
    ("times", "*"),
    ("over", "/"),
)
_ALLOWED = re.compile(r"[0-9.,+\-*/() ]+")
_TOKEN = re.compile(r"[0-9]+|[-+*/()]")
_IMPLICIT_TIMES = re.compile(r"(?<=[0-9)])(?=\()|(?<=\))(?=[0-9])")


class _Tree:
    """A node of an expression: a number, or an operation on two nodes."""

    __slots__ = ("left", "right", "symbol", "value")

    def __init__(
        self, value: int, symbol: str = "", left: _Tree | None = None, right: _Tree | None = None
    ) -> None:
        self.value, self.symbol, self.left, self.right = value, symbol, left, right


def read_expression(text: str) -> Problem | None:
    """The canonical problem, or None where the text is no expression.

    Args:
        text: Normalised.

    Raises:
        ProblemOutOfRangeError: It is one, but not of the size that the models know.
    """
    body = _body(text)
    if not _ALLOWED.fullmatch(body) or not any(symbol in body for symbol in PRECEDENCE):
        return None
    body = join_thousands(body)
    if "." in body or "," in body:
        if re.search(r"[0-9][.,][0-9]", body):
            raise ProblemOutOfRangeError("Only whole numbers are known, and this has a fraction.")
        return None
    tokens = _TOKEN.findall(_IMPLICIT_TIMES.sub("*", body.replace(" (", "(").replace(") ", ")")))
    if re.search(r"[0-9] +[0-9]", body):
        return None
    _check_size(tokens)
    tree = _parse(tokens)
    if tree is None:
        return None
    level = sum(token in PRECEDENCE for token in tokens)
    return Problem(problem_text(_render(tree)), str(tree.value), "expression", level)


def _body(text: str) -> str:
    lead = _LEAD.match(text)
    body = text[lead.end() :] if lead else text
    body = body.rstrip(" =?.!")
    tail = _TAIL.search(body)
    body = spell_out(body[: tail.start()] if tail else body).lower()
    for word, symbol in _WORDS:
        body = re.sub(rf"\b{word}\b", symbol, body)
    return body.strip()


def _check_size(tokens: list[str]) -> None:
    operations = sum(token in PRECEDENCE for token in tokens)
    levels = FAMILIES["expression"].readable
    if operations not in levels:
        raise ProblemOutOfRangeError(
            f"This expression has {operations} operation{'s' if operations != 1 else ''}; the "
            f"embedded models know expressions of {levels.start} to {levels.stop - 1}."
        )
    for token in tokens:
        if token.isdigit() and (len(token) > 6 or int(token) > LARGEST_NUMBER):
            raise ProblemOutOfRangeError(
                f"The number {token[:12]} is too large; the embedded models know numbers up to "
                f"{LARGEST_NUMBER}."
            )


def _parse(tokens: list[str]) -> _Tree | None:
    """The shunting-yard algorithm: one pass, no recursion. None where brackets do not match."""
    values: list[_Tree] = []
    waiting: list[str] = []
    expects_number = True
    for token in tokens:
        if token.isdigit():
            if not expects_number:
                return None
            values.append(_Tree(int(token)))
            expects_number = False
        elif token == "(":
            if not expects_number:
                return None
            waiting.append(token)
        elif expects_number:
            if token == "-":
                raise ProblemOutOfRangeError("Numbers below zero are not known.")
            return None
        elif token == ")":
            while waiting and waiting[-1] != "(":
                _combine(values, waiting.pop())
            if not waiting:
                return None
            waiting.pop()
        else:
            while waiting and PRECEDENCE.get(waiting[-1], 0) >= PRECEDENCE[token]:
                _combine(values, waiting.pop())
            waiting.append(token)
            expects_number = True
    if expects_number or "(" in waiting:
        return None
    while waiting:
        _combine(values, waiting.pop())
    return values[0]


def _combine(values: list[_Tree], symbol: str) -> None:
    right, left = values.pop(), values.pop()
    value = compute(left.value, symbol, right.value)
    written = f"{left.value} {symbol} {right.value}"
    if symbol == "/" and right.value == 0:
        raise ProblemOutOfRangeError(f"This divides by zero: {written}.")
    if value is None:
        why = "goes below zero" if symbol == "-" else "does not divide evenly"
        raise ProblemOutOfRangeError(f"{written} {why}; only whole numbers of 0 or more are known.")
    if value > LARGEST_RESULT:
        raise ProblemOutOfRangeError(
            f"{written} = {value} is too large; results up to {LARGEST_RESULT} are known."
        )
    values.append(_Tree(value, symbol, left, right))


def _render(tree: _Tree, floor: int = 0) -> list[str]:
    """Tokens with only the brackets that are needed. At most 6 operations deep."""
    if tree.left is None or tree.right is None:
        return [str(tree.value)]
    precedence = PRECEDENCE[tree.symbol]
    left, right = _render(tree.left, precedence), _render(tree.right, precedence + 1)
    inside = [*left, tree.symbol, *right]
    return ["(", *inside, ")"] if precedence < floor else inside
