"""Wrong solutions of Countdown problems."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from search_core.embedded.corruptions.common import Spoiled, slip
from search_core.embedded.families.arithmetic import SYMBOLS, Equation, compute
from search_core.embedded.families.canonical import parse_countdown
from search_core.embedded.families.countdown import NumbersLeft, find_play, moves, step_text
from search_core.embedded.generation import answer_text, failed_attempt
from search_core.problem import Problem


class _CountdownPlay:
    """A solution as it is written, from the numbers that the last step listed."""

    def __init__(self, problem: Problem, rng: random.Random) -> None:
        numbers, self.target = parse_countdown(problem.text)
        self.state: NumbersLeft = tuple(sorted(numbers))
        self.rng = rng
        self.good = find_play(self.state, self.target, rng) or []
        self.steps: list[str] = []
        self.last = 0

    def write(self, equation: Equation, state: NumbersLeft) -> None:
        self.steps.append(step_text(equation, state))
        self.state, self.last = state, equation.result

    def proceed(self, steps: int) -> None:
        for equation, state in self.good[:steps]:
            self.write(equation, state)

    def finish(self, at: int) -> Spoiled:
        """Plays on from wherever it stands; reaches the target where that is possible."""
        rest = None
        if self.last != self.target and len(self.state) > 1:
            rest = find_play(self.state, self.target, self.rng)
        for equation, state in rest or []:
            self.write(equation, state)
        while self.last != self.target and (choices := moves(self.state)):
            self.write(*self.rng.choice(choices))
        return Spoiled([*self.steps, answer_text(self.last)], at)


def _before(
    problem: Problem, rng: random.Random
) -> tuple[_CountdownPlay, int, Equation, NumbersLeft]:
    """A play just before a random move of a good play, the move's index, and the move."""
    play = _CountdownPlay(problem, rng)
    at = rng.randrange(len(play.good))
    play.proceed(at)
    return play, at, *play.good[at]


def _replaced(state: NumbersLeft, old: int, new: int) -> NumbersLeft:
    numbers = list(state)
    numbers[numbers.index(old)] = new
    return tuple(sorted(numbers))


def _wrong_result(problem: Problem, rng: random.Random) -> Spoiled:
    play, at, equation, state = _before(problem, rng)
    wrong = slip(equation.result, rng)
    play.write(equation._replace(result=wrong), _replaced(state, equation.result, wrong))
    return play.finish(at)


def _faked_target(problem: Problem, rng: random.Random) -> Spoiled | None:
    """The last equation is bent so that it seems to reach the target."""
    play = _CountdownPlay(problem, rng)
    attempt = failed_attempt(problem, rng)
    if attempt is None:
        return None
    *steps, last, _ = attempt.steps
    written, _, left = last.partition(", left ")
    result = int(written.rpartition(" ")[2])
    state = tuple(int(number) for number in left.split())
    bent = written.rpartition(" ")[0] + f" {play.target}, left "
    bent += " ".join(map(str, _replaced(state, result, play.target)))
    return Spoiled([*steps, bent, answer_text(play.target)], len(steps))


def _foreign_number(problem: Problem, rng: random.Random) -> Spoiled | None:
    """Uses a number that is not there."""
    play, at, equation, state = _before(problem, rng)
    right = slip(equation.right, rng)
    result = compute(equation.left, equation.symbol, right)
    if result is None:
        return None
    wrong = Equation(equation.left, equation.symbol, right, result)
    play.write(wrong, _replaced(state, equation.result, result))
    return play.finish(at)


def _number_used_twice(problem: Problem, rng: random.Random) -> Spoiled | None:
    """Uses a number that an earlier step has used up."""
    play, at, equation, _ = _before(problem, rng)
    if at == 0:
        return None
    earlier = play.good[at - 1][0]
    used = rng.choice((earlier.left, earlier.right))
    high, low = max(used, equation.left), min(used, equation.left)
    symbol = rng.choice(SYMBOLS)
    result = compute(high, symbol, low)
    if result is None:
        return None
    rest = list(play.state)
    rest.remove(equation.left)
    play.write(Equation(high, symbol, low, result), tuple(sorted([*rest, result])))
    return play.finish(at)


def _wrong_list(problem: Problem, rng: random.Random) -> Spoiled | None:
    """The equation is true, but a number in the list is copied wrongly, lost or kept."""
    play, at, equation, state = _before(problem, rng)
    numbers = list(state)
    choice = rng.randrange(3)
    if choice == 0 and len(numbers) > 1:
        numbers.pop(rng.randrange(len(numbers)))
    elif choice == 1:
        numbers.append(rng.choice((equation.left, equation.right)))
    else:
        place = rng.randrange(len(numbers))
        numbers[place] = slip(numbers[place], rng)
    play.write(equation, tuple(sorted(numbers)))
    return play.finish(at)


def _skipped_step(problem: Problem, rng: random.Random) -> Spoiled | None:
    play, at, _, state = _before(problem, rng)
    if at == len(play.good) - 1:
        return None
    play.state = state
    return play.finish(at)


def _repeated_step(problem: Problem, rng: random.Random) -> Spoiled:
    play, at, equation, state = _before(problem, rng)
    play.write(equation, state)
    play.steps.append(play.steps[-1])
    return play.finish(at + 1)


def _early_answer(problem: Problem, rng: random.Random) -> Spoiled | None:
    play, at, _, _ = _before(problem, rng)
    if at == 0:
        return None
    answer = play.target if rng.random() < 0.7 else play.last
    return Spoiled([*play.steps, answer_text(answer)], at)


def _wrong_answer(problem: Problem, rng: random.Random) -> Spoiled:
    """Tells another answer than the last value; a failed attempt may claim the target."""
    play = _CountdownPlay(problem, rng)
    attempt = failed_attempt(problem, rng)
    if attempt is not None and rng.random() < 0.5:
        steps = attempt.steps[:-1]
        return Spoiled([*steps, answer_text(play.target)], len(steps))
    play.proceed(len(play.good))
    return Spoiled([*play.steps, answer_text(slip(play.target, rng))], len(play.steps))


def _missed_target(problem: Problem, rng: random.Random) -> Spoiled | None:
    """An honest failed attempt: every step true, the target not reached."""
    attempt = failed_attempt(problem, rng)
    return None if attempt is None else Spoiled(attempt.steps, len(attempt.steps) - 1)


SPOILERS: Mapping[str, Callable[[Problem, random.Random], Spoiled | None]] = {
    "wrong result": _wrong_result,
    "faked target": _faked_target,
    "foreign number": _foreign_number,
    "number used twice": _number_used_twice,
    "wrong list": _wrong_list,
    "skipped step": _skipped_step,
    "repeated step": _repeated_step,
    "early answer": _early_answer,
    "wrong answer": _wrong_answer,
    "missed target": _missed_target,
}
