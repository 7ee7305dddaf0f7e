"""Problems and worked solutions, made from seeds."""

from __future__ import annotations

import random
from typing import NamedTuple

from search_core.embedded.families import FAMILIES, countdown, expression, word
from search_core.embedded.families.canonical import parse_countdown, parse_expression
from search_core.embedded.families.word_story import read_story
from search_core.embedded.splits import SPLITS, split_of
from search_core.problem import Problem

_TRIES_PER_PROBLEM = 2_000


class Demonstration(NamedTuple):
    """A solution to learn from.

    Attributes:
        steps: The steps, the closing "The answer is …" included.
        imitate: For each step, whether the solver should learn to write it. False for the
            bad choice of an honest failed attempt: what follows it is learned, it is not.
    """

    steps: list[str]
    imitate: list[bool]


def answer_text(answer: int) -> str:
    return f"The answer is {answer}."


def sample_problem(
    family: str, level: int, rng: random.Random, *, two_digits: bool = False, made_up: bool = False
) -> Problem:
    """One random problem, of any split.

    Args:
        level: Any that the models are trained on.
        two_digits: With larger numbers, where the family makes a difference.
        made_up: With some made-up names, as in training. Problems that are offered have none:
            a small solver misspells them and reaches the right number all the same.
    """
    if family == "expression":
        tokens = expression.sample(level, rng, two_digits=two_digits)
        answer = expression.solve(tokens)[-1].rpartition(" ")[2]
        return Problem(expression.problem_text(tokens), answer, family, level)
    if family == "countdown":
        numbers, target = countdown.sample(level, rng)
        return Problem(countdown.problem_text(numbers, target), str(target), family, level)
    story = word.sample(level, rng, made_up=made_up)
    return Problem(story.text, str(story.answer), family, level)


def generate(family: str, level: int, count: int, seed: int, split: str = "test") -> list[Problem]:
    """Different problems of one split; the same arguments give the same problems.

    Args:
        family: A key of `FAMILIES`.
        level: One of the family's levels.
        count: How many, at least 0.
        seed: Any whole number.
        split: "train", "verifier" or "test"; no canonical key is in two of them.

    Raises:
        ValueError: An argument is out of range, or the split has too few problems.
    """
    _check(family, level, count, split)
    rng = random.Random(f"{family}/{level}/{seed}/{split}")
    found: dict[str, Problem] = {}
    for _ in range(_TRIES_PER_PROBLEM * count):
        if len(found) == count:
            break
        problem = sample_problem(family, level, rng)
        if split_of(problem) == split:
            found.setdefault(problem.text, problem)
    if len(found) < count:
        raise ValueError(
            f"Found {len(found)} different {family} problems of level {level} in the "
            f"{split} split; {count} were asked for. Ask for fewer."
        )
    return list(found.values())


def _check(family: str, level: int, count: int, split: str) -> None:
    if family not in FAMILIES:
        raise ValueError(f"Got family {family!r}; expected one of {', '.join(FAMILIES)}.")
    levels = FAMILIES[family].levels
    if level not in levels:
        raise ValueError(
            f"Got level {level} of {family}; expected {levels.start} to {levels.stop - 1}."
        )
    if count < 0:
        raise ValueError(f"Got a count of {count}; expected 0 or more.")
    if split not in SPLITS:
        raise ValueError(f"Got split {split!r}; expected one of {', '.join(SPLITS)}.")


def gold_solution(problem: Problem, rng: random.Random) -> list[str]:
    """Steps of a correct solution, the closing "The answer is …" included.

    Args:
        problem: In the canonical wording of its family (see `read_problem`).
        rng: Chooses among solutions where there are several (Countdown).

    Raises:
        ValueError: The wording is not canonical, or the target cannot be reached.
    """
    if problem.family == "expression":
        steps = expression.solve(parse_expression(problem.text))
        return [*steps, answer_text(int(steps[-1].rpartition(" ")[2]))]
    if problem.family == "word":
        story = read_story(problem.text)
        return [*word.solve(story), answer_text(story.answer)]
    numbers, target = parse_countdown(problem.text)
    play = countdown.find_any_play(tuple(sorted(numbers)), target, rng)
    if play is None:
        raise ValueError(f"No play reaches the target: {problem.text}")
    return [*(countdown.step_text(*move) for move in play), answer_text(target)]


def failed_attempt(problem: Problem, rng: random.Random) -> Demonstration | None:
    """An honest failed attempt at a Countdown problem: it ends with the value reached.

    Demonstrations of these keep the solver from faking its last equation.
    """
    numbers, target = parse_countdown(problem.text)
    moves = list(countdown.near_miss(tuple(sorted(numbers)), target, rng))
    if not moves:
        return None
    steps = [countdown.step_text(equation, state) for equation, state, _ in moves]
    steps.append(answer_text(moves[-1][0].result))
    return Demonstration(steps, [*(not is_mistake for _, _, is_mistake in moves), True])


def demonstration(problem: Problem, rng: random.Random, failed_share: float = 0.1) -> Demonstration:
    """A solution to learn from; for Countdown a share of them are honest failed attempts."""
    if problem.family == "countdown" and rng.random() < failed_share:
        attempt = failed_attempt(problem, rng)
        if attempt is not None:
            return attempt
    steps = gold_solution(problem, rng)
    return Demonstration(steps, [True] * len(steps))
