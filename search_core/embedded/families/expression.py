"""Arithmetic expressions of 2 to 9 operations, such as "What is (7 + 8) * 3 - 4?".

An expression is a list of tokens: numbers, + - * / and brackets. Solving it rewrites one
operation at a time, brackets first, then * and /, then + and -, from left to right.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from search_core.embedded.families.arithmetic import Equation, compute, is_easy

PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
_OPERATION_WEIGHTS = {"+": 3, "-": 3, "*": 3, "/": 2}


@dataclass(frozen=True, slots=True)
class _Operation:
    left: _Node
    symbol: str
    right: _Node
    value: int


_Node = int | _Operation


def problem_text(tokens: Sequence[str]) -> str:
    return f"What is {render(tokens)}?"


def canonical_key(tokens: Sequence[str]) -> str:
    return "expression:" + render(tokens)


def render(tokens: Sequence[str]) -> str:
    """Tokens as text: single spaces around operations, none inside brackets."""
    return " ".join(tokens).replace("( ", "(").replace(" )", ")")


def sample(level: int, rng: random.Random, *, two_digits: bool = False) -> list[str]:
    """A random expression of exactly `level` operations with easy intermediate values.

    Args:
        two_digits: Mostly numbers of two digits, where more of the steps have a carry to
            forget: for the verifiers, which must know better than a solver.
    """
    while True:
        tree = _sample_tree(level, rng, two_digits)
        if tree is not None:
            return _tokens(tree)


def _sample_number(rng: random.Random, two_digits: bool) -> int:
    if two_digits:
        return rng.randint(2, 12) if rng.random() < 0.1 else rng.randint(10, 99)
    return rng.randint(2, 12) if rng.random() < 0.6 else rng.randint(2, 60)


def _sample_tree(operations: int, rng: random.Random, two_digits: bool) -> _Node | None:
    if operations == 0:
        return _sample_number(rng, two_digits)
    left_operations = rng.randint(0, operations - 1)
    left = _sample_tree(left_operations, rng, two_digits)
    right = _sample_tree(operations - 1 - left_operations, rng, two_digits)
    if left is None or right is None:
        return None
    symbol = rng.choices(list(_OPERATION_WEIGHTS), list(_OPERATION_WEIGHTS.values()))[0]
    if symbol == "/" and isinstance(right, int):
        # Exact divisions are rare by chance: choose among the divisors.
        divisors = [d for d in range(2, 10) if _value(left) % d == 0]
        right = rng.choice(divisors) if divisors else right
    if symbol in "-/" and _value(left) < _value(right):
        left, right = right, left
    if not is_easy(_value(left), symbol, _value(right)):
        return None
    value = compute(_value(left), symbol, _value(right))
    return None if value is None else _Operation(left, symbol, right, value)


def _value(node: _Node) -> int:
    return node if isinstance(node, int) else node.value


def _tokens(node: _Node, floor: int = 0) -> list[str]:
    """Tokens of a tree, bracketed where its precedence is below `floor`."""
    if isinstance(node, int):
        return [str(node)]
    precedence = PRECEDENCE[node.symbol]
    inside = [
        *_tokens(node.left, precedence),
        node.symbol,
        *_tokens(node.right, precedence + 1),
    ]
    return ["(", *inside, ")"] if precedence < floor else inside


def next_operation(tokens: Sequence[str]) -> int:
    """Index of the operation to do next, by the order taught in school."""
    close = tokens.index(")") if ")" in tokens else len(tokens)
    opening = [i for i in range(close) if tokens[i] == "("]
    start = opening[-1] + 1 if opening else 0
    inside = [i for i in range(start, close) if tokens[i] in PRECEDENCE]
    return max(inside, key=lambda i: (PRECEDENCE[tokens[i]], -i))


def rewrite(tokens: Sequence[str], at: int, result: int) -> list[str]:
    """Puts `result` in the place of the operation at index `at` and its two numbers."""
    before, after = list(tokens[: at - 1]), list(tokens[at + 2 :])
    while before and after and before[-1] == "(" and after[0] == ")":
        before, after = before[:-1], after[1:]
    return [*before, str(result), *after]


def step_text(equation: Equation, remaining: Sequence[str]) -> str:
    """One step: "7 + 8 = 15, now 15 * 3 - 4"; the last leaves nothing to restate."""
    if len(remaining) == 1:
        return str(equation)
    return f"{equation}, now {render(remaining)}"


def solve(tokens: Sequence[str]) -> list[str]:
    """The steps of a worked solution, without the closing "The answer is …".

    Raises:
        ValueError: An operation on the way has no whole, nonnegative result.
    """
    remaining, steps = list(tokens), []
    while len(remaining) > 1:
        at = next_operation(remaining)
        left, symbol, right = int(remaining[at - 1]), remaining[at], int(remaining[at + 1])
        result = compute(left, symbol, right)
        if result is None:
            raise ValueError(f"{left} {symbol} {right} has no whole result of at least zero.")
        remaining = rewrite(remaining, at, result)
        steps.append(step_text(Equation(left, symbol, right, result), remaining))
    return steps
