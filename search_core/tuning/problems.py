"""Problems to tune on, in the words that people use, each with a worked solution and a checker.

Three kinds are the embedded families, asked in several wordings. The fourth, "shop", are stories
about things of daily life from the library reasoning-gym (Apache-2.0, optional), whose templates
follow problems of the GSM8K *test* set: whoever is tuned on them is not to be measured on that.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from search_core.answers import Undecided
from search_core.embedded.families.canonical import parse_countdown, parse_expression
from search_core.embedded.families.expression import render
from search_core.embedded.generation import gold_solution, sample_problem
from search_core.embedded.splits import split_of
from search_core.problem import Problem
from search_core.run.grading import grade_solution
from search_core.tuning.stories import STORIES, draw_stories

EMBEDDED = ("expression", "word", "countdown")
KINDS = (*EMBEDDED, STORIES)

_WORDINGS: Mapping[str, Sequence[str]] = {
    "expression": (
        "What is {}?",
        "Work out {}.",
        "Calculate {}.",
        "What do you get for {}?",
        "Please compute {} step by step.",
        "How much is {}?",
    ),
    "countdown": (
        "Use {} to make {}.",
        "Make {1} from the numbers {0}. You may use each number at most once.",
        "With +, -, * and /, how can you reach {1} from {0}?",
        "Reach {1} with the numbers {0}, each used at most once.",
    ),
    "word": ("{}", "{} Show your steps.", "Please help me with this. {}"),
}
_TRIES_PER_PROBLEM = 2_000


@dataclass(frozen=True, slots=True)
class TuningProblem:
    """A problem with a worked solution.

    Attributes:
        kind: One of `KINDS`.
        asked: What the solver reads.
        checked: The same problem as its checker reads it.
        steps: Of a right solution, "The answer is …" last.
    """

    kind: str
    asked: str
    checked: Problem
    steps: tuple[str, ...]

    def is_right(self, steps: Sequence[str]) -> bool:
        """Whether a finished solution is right, by the family's exact checker or by its answer."""
        try:
            return bool(grade_solution(self.checked, steps))
        except Undecided:
            return False

    def says_the_answer(self, steps: Sequence[str]) -> bool:
        """Whether a text says the right answer in any form: what can be asked of a model that was
        not taught the family's form. In Countdown, where the answer is given away, it cannot."""
        if self.kind == "countdown":
            return False
        try:
            return bool(grade_solution(replace(self.checked, family=None), steps))
        except Undecided:
            return False


def draw(
    kind: str,
    levels: Sequence[int],
    count: int,
    seed: int,
    split: str,
    largest: int | None = None,
) -> list[TuningProblem]:
    """Different problems of one kind; the same arguments give the same.

    Args:
        levels: Of the family, in turn; stories have none.
        split: "train", "verifier" or "test": no problem is in two, whatever the seeds.
        largest: No expression or Countdown problem gives a larger number; None: any may.

    Raises:
        ValueError: The kind is unknown, or there are too few problems.
        ModuleNotFoundError: It is "shop", and reasoning-gym is not installed.
    """
    if kind == STORIES:
        return [
            TuningProblem(kind, story.text, Problem(story.text, str(story.answer)), story.steps)
            for story in draw_stories(count, seed, split)
        ]
    if kind not in EMBEDDED:
        raise ValueError(f"Got kind {kind!r:.40}; expected one of {', '.join(KINDS)}.")
    rng = random.Random(f"tuning/{kind}/{seed}/{split}")
    found: dict[str, TuningProblem] = {}
    for attempt in range(_TRIES_PER_PROBLEM * count):
        if len(found) == count:
            break
        problem = sample_problem(kind, levels[attempt % len(levels)], rng)
        if largest is not None and kind != "word" and _largest_given(problem) > largest:
            continue
        if split_of(problem) == split and problem.text not in found:
            steps = tuple(gold_solution(problem, rng))
            found[problem.text] = TuningProblem(kind, _worded(problem, rng), problem, steps)
    if len(found) < count:
        raise ValueError(
            f"Found {len(found)} different problems of the kind {kind} in the {split} split; "
            f"{count} were asked for. Ask for fewer, or for more levels."
        )
    return list(found.values())


def _largest_given(problem: Problem) -> int:
    """Countdown's target is not given but wanted."""
    text = problem.text
    if problem.family == "countdown":
        return max(parse_countdown(text)[0])
    return max(map(int, re.findall(r"\d+", text)))


def _worded(problem: Problem, rng: random.Random) -> str:
    wording = rng.choice(_WORDINGS[problem.family or ""])
    if problem.family == "expression":
        return wording.format(render(parse_expression(problem.text)))
    if problem.family == "countdown":
        numbers, target = parse_countdown(problem.text)
        listed = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
        return wording.format(listed, target)
    return wording.format(problem.text)
