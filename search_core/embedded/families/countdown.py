"""Countdown: combine given numbers into a target, such as "Use 3, 7, 8 and 25 to make 24."

A state is the sorted tuple of numbers that are left. A move takes two of them away and
puts the result of + - * / back. Not every number has to be used.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

from search_core.embedded.families.arithmetic import Equation, compute, is_easy

SMALLEST_NUMBER, LARGEST_NUMBER = 1, 25
SMALLEST_TARGET, LARGEST_TARGET = 5, 100

NumbersLeft = tuple[int, ...]


def problem_text(numbers: Sequence[int], target: int) -> str:
    first = ", ".join(map(str, numbers[:-1]))
    return f"Use {first} and {numbers[-1]} to make {target}."


def canonical_key(numbers: Sequence[int]) -> str:
    return "countdown:" + ",".join(map(str, sorted(numbers)))


def sample(level: int, rng: random.Random) -> tuple[list[int], int]:
    """Random numbers and a target that a random play with all of them reaches."""
    while True:
        numbers = [rng.randint(SMALLEST_NUMBER, LARGEST_NUMBER) for _ in range(level)]
        state: NumbersLeft = tuple(sorted(numbers))
        while len(state) > 1:
            choices = moves(state)
            if not choices:
                break
            _, state = rng.choice(choices)
        target = state[0]
        in_range = SMALLEST_TARGET <= target <= LARGEST_TARGET
        if len(state) == 1 and in_range and target not in numbers:
            return numbers, target


def moves(state: NumbersLeft, only_easy: bool = True) -> list[tuple[Equation, NumbersLeft]]:
    """Every move, larger number first; of easy ones those that are pointless are left out.

    Args:
        state: Sorted.
        only_easy: Keeps to the arithmetic that generated problems need, without times 1 and
            the like. Those are no use before the target is made, and some after: from 48 and
            24, "48 - 24 = 24" makes the last result 24 again.
    """
    found = []
    for low, high in sorted(set(combinations(state, 2))):
        rest = list(state)
        rest.remove(low)
        rest.remove(high)
        for symbol in "+-*/":
            if only_easy and not is_easy(high, symbol, low):
                continue
            result = compute(high, symbol, low)
            if result is None or (only_easy and symbol == "-" and result == low):
                continue
            found.append((Equation(high, symbol, low, result), tuple(sorted([*rest, result]))))
    return found


def step_text(equation: Equation, state: NumbersLeft) -> str:
    """One step: "3 + 8 = 11, left 7 11 25"."""
    return f"{equation}, left {' '.join(map(str, state))}"


def find_play(
    state: NumbersLeft, target: int, rng: random.Random, only_easy: bool = True
) -> list[tuple[Equation, NumbersLeft]] | None:
    """Moves from `state` until a result equals the target, in random order of search.

    Exhaustive, so None means that such moves cannot reach the target.
    """
    return _find_play(state, target, rng, only_easy, set())


def _find_play(
    state: NumbersLeft, target: int, rng: random.Random, only_easy: bool, dead: set[NumbersLeft]
) -> list[tuple[Equation, NumbersLeft]] | None:
    choices = moves(state, only_easy)
    rng.shuffle(choices)
    for move in choices:
        if move[0].result == target:
            return [move]
    for move in choices:
        after = move[1]
        if len(after) < 2 or after in dead:
            continue
        rest = _find_play(after, target, rng, only_easy, dead)
        if rest is not None:
            return [move, *rest]
        dead.add(after)
    return None


def find_any_play(
    state: NumbersLeft, target: int, rng: random.Random
) -> list[tuple[Equation, NumbersLeft]] | None:
    """A play of easy arithmetic where there is one, else any play, else None."""
    return find_play(state, target, rng) or find_play(state, target, rng, only_easy=False)


def can_reach(state: NumbersLeft, target: int) -> bool:
    """Whether any moves at all lead from `state` to the target."""
    return find_any_play(state, target, random.Random(0)) is not None


def is_reachable(state: NumbersLeft, target: int) -> bool:
    """Whether sensible moves lead from `state` to the target."""
    return find_play(state, target, random.Random(0)) is not None


def near_miss(
    state: NumbersLeft, target: int, rng: random.Random
) -> Iterator[tuple[Equation, NumbersLeft, bool]]:
    """An honest failed attempt: yields moves, and whether each one was the mistake.

    Plays well for a while, then makes one move after which the target is out of reach, and
    ends as close to the target as one more look ahead can see. Yields nothing where no
    such mistake turns up.
    """
    good = find_play(state, target, rng) or []
    turn = rng.randrange(len(good)) if good else 0
    for equation, after in good[:turn]:
        yield equation, after, False
        state = after
    mistakes = moves(state)
    rng.shuffle(mistakes)
    for equation, after in mistakes[:8]:
        if equation.result != target and not is_reachable(after, target):
            yield equation, after, True
            yield from _finish(after, target, rng)
            return


def _finish(
    state: NumbersLeft, target: int, rng: random.Random
) -> Iterator[tuple[Equation, NumbersLeft, bool]]:
    while len(state) > 1:
        choices = moves(state)
        if not choices:
            return
        if len(state) > 2:
            equation, state = rng.choice(choices)
        else:
            equation, state = min(choices, key=lambda move: abs(move[0].result - target))
        yield equation, state, False
