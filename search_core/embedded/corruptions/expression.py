"""Wrong solutions of expressions."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from search_core.embedded.corruptions.common import Spoiled, slip
from search_core.embedded.families.arithmetic import SYMBOLS, Equation, compute
from search_core.embedded.families.canonical import parse_expression
from search_core.embedded.families.expression import (
    PRECEDENCE,
    next_operation,
    rewrite,
    step_text,
)
from search_core.embedded.generation import answer_text
from search_core.problem import Problem


class _ExpressionPlay:
    """A solution as it is written, from the expression that the last step restated."""

    def __init__(self, problem: Problem) -> None:
        self.tokens = parse_expression(problem.text)
        self.steps: list[str] = []

    def equation(self, at: int) -> Equation:
        left, symbol, right = int(self.tokens[at - 1]), self.tokens[at], int(self.tokens[at + 1])
        result = compute(left, symbol, right)
        # A solver that went wrong meets sums without a whole result, and writes something.
        return Equation(left, symbol, right, abs(left - right) if result is None else result)

    def write(self, equation: Equation, tokens: list[str]) -> None:
        self.steps.append(step_text(equation, tokens))
        self.tokens = tokens

    def proceed(self, steps: int | None = None) -> None:
        """Writes the given number of ordinary steps, or all that are left."""
        while len(self.tokens) > 1 and steps != 0:
            at = next_operation(self.tokens)
            equation = self.equation(at)
            self.write(equation, rewrite(self.tokens, at, equation.result))
            steps = None if steps is None else steps - 1

    def finish(self, at: int) -> Spoiled:
        self.proceed()
        return Spoiled([*self.steps, answer_text(int(self.tokens[0]))], at)


def _start(problem: Problem, rng: random.Random, spare: int = 0) -> _ExpressionPlay | None:
    """A play just before a random step; at least `spare` operations follow that step."""
    play = _ExpressionPlay(problem)
    operations = sum(token in PRECEDENCE for token in play.tokens)
    if operations <= spare:
        return None
    play.proceed(rng.randrange(operations - spare))
    return play


def _wrong_result(problem: Problem, rng: random.Random) -> Spoiled | None:
    play = _start(problem, rng)
    if play is None:
        return None
    at = next_operation(play.tokens)
    equation = play.equation(at)
    equation = equation._replace(result=slip(equation.result, rng))
    spoiled = len(play.steps)
    play.write(equation, rewrite(play.tokens, at, equation.result))
    return play.finish(spoiled)


def _wrong_operand(problem: Problem, rng: random.Random) -> Spoiled | None:
    play = _start(problem, rng)
    if play is None:
        return None
    at = next_operation(play.tokens)
    place = at + rng.choice((-1, 1))
    play.tokens[place] = str(slip(int(play.tokens[place]), rng))
    return play.finish(len(play.steps))


def _wrong_operation(problem: Problem, rng: random.Random) -> Spoiled | None:
    play = _start(problem, rng)
    if play is None:
        return None
    at = next_operation(play.tokens)
    play.tokens[at] = rng.choice([symbol for symbol in SYMBOLS if symbol != play.tokens[at]])
    spoiled = len(play.steps)
    equation = play.equation(at)
    play.write(equation, rewrite(play.tokens, at, equation.result))
    return play.finish(spoiled)


def _wrong_order(problem: Problem, rng: random.Random) -> Spoiled | None:
    """Does an operation before its turn: 2 + 3 * 4 becomes 5 * 4."""
    play = _start(problem, rng, spare=1)
    if play is None:
        return None
    due = next_operation(play.tokens)
    ready = [
        at
        for at in range(1, len(play.tokens) - 1)
        if at != due
        and play.tokens[at] in PRECEDENCE
        and play.tokens[at - 1].isdigit()
        and play.tokens[at + 1].isdigit()
    ]
    if not ready:
        return None
    at, spoiled = rng.choice(ready), len(play.steps)
    equation = play.equation(at)
    play.write(equation, rewrite(play.tokens, at, equation.result))
    return play.finish(spoiled)


def _wrong_restatement(problem: Problem, rng: random.Random) -> Spoiled | None:
    """The equation is true, but the rest is copied wrongly."""
    play = _start(problem, rng, spare=1)
    if play is None:
        return None
    at = next_operation(play.tokens)
    equation = play.equation(at)
    tokens = rewrite(play.tokens, at, equation.result)
    place = rng.randrange(len(tokens))
    if tokens[place] in PRECEDENCE:
        tokens[place] = rng.choice([s for s in SYMBOLS if s != tokens[place]])
    elif tokens[place].isdigit():
        tokens[place] = str(slip(int(tokens[place]), rng))
    else:
        tokens = [token for token in tokens if token not in "()"]
    spoiled = len(play.steps)
    play.write(equation, tokens)
    return play.finish(spoiled)


def _dropped_part(problem: Problem, rng: random.Random) -> Spoiled | None:
    """The equation is true, but an operation and its number vanish from the rest."""
    play = _start(problem, rng, spare=1)
    if play is None:
        return None
    at = next_operation(play.tokens)
    equation = play.equation(at)
    tokens = rewrite(play.tokens, at, equation.result)
    places = [
        place
        for place in range(1, len(tokens) - 1)
        if tokens[place] in PRECEDENCE and tokens[place + 1].isdigit()
    ]
    if not places or "(" in tokens:
        return None
    place, spoiled = rng.choice(places), len(play.steps)
    play.write(equation, tokens[:place] + tokens[place + 2 :])
    return play.finish(spoiled)


def _skipped_step(problem: Problem, rng: random.Random) -> Spoiled | None:
    play = _start(problem, rng, spare=1)
    if play is None:
        return None
    spoiled = len(play.steps)
    play.proceed(1)
    play.steps.pop()
    return play.finish(spoiled)


def _repeated_step(problem: Problem, rng: random.Random) -> Spoiled | None:
    play = _start(problem, rng)
    if play is None:
        return None
    play.proceed(1)
    play.steps.append(play.steps[-1])
    return play.finish(len(play.steps) - 1)


def _early_answer(problem: Problem, rng: random.Random) -> Spoiled | None:
    play = _start(problem, rng, spare=1)
    if play is None:
        return None
    play.proceed(1)
    numbers = [token for token in play.tokens if token.isdigit()]
    equation = play.steps[-1].partition(", now ")[0]
    answer = rng.choice([*numbers, equation.rpartition(" ")[2]])
    return Spoiled([*play.steps, answer_text(int(answer))], len(play.steps))


def _wrong_answer(problem: Problem, rng: random.Random) -> Spoiled | None:
    play = _ExpressionPlay(problem)
    play.proceed()
    answer = slip(int(play.tokens[0]), rng)
    return Spoiled([*play.steps, answer_text(answer)], len(play.steps))


SPOILERS: Mapping[str, Callable[[Problem, random.Random], Spoiled | None]] = {
    "wrong result": _wrong_result,
    "wrong operand": _wrong_operand,
    "wrong operation": _wrong_operation,
    "wrong order": _wrong_order,
    "wrong restatement": _wrong_restatement,
    "dropped part": _dropped_part,
    "skipped step": _skipped_step,
    "repeated step": _repeated_step,
    "early answer": _early_answer,
    "wrong answer": _wrong_answer,
}
