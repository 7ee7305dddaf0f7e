"""What a solver learns to write: right solutions, and attempts that honestly fail.

In Countdown the answer is given away. Who has seen right solutions alone writes down the target
whatever the sum comes to ("7 * 9 = 21"): all attempts agree, and none can be told from another by
where it ends. Attempts that end elsewhere, with sums that are true, keep it honest: then a verifier
sees at the end who got there.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from search_core.embedded.generation import failed_attempt, gold_solution
from search_core.tuning.problems import TuningProblem


class WorkedText(NamedTuple):
    """One text to learn.

    Attributes:
        asked: The problem as the solver reads it.
        steps: The last one says an answer.
        imitate: For each step, whether it is to be learned: the choice that spoils an attempt is
            read, and not learned.
    """

    asked: str
    steps: tuple[str, ...]
    imitate: tuple[bool, ...]


def worked_texts(
    problems: Sequence[TuningProblem], failed: float, each: int, seed: int
) -> list[WorkedText]:
    """Different texts for every problem.

    Args:
        failed: Share of failed attempts, 0 to 1; in Countdown alone.
        each: The most texts for a problem. What has but one solution gets one.
    """
    texts: dict[WorkedText, None] = {}
    for place, problem in enumerate(problems):
        rng = random.Random(f"texts/{seed}/{place}")
        right = WorkedText(problem.asked, problem.steps, (True,) * len(problem.steps))
        if problem.kind != "countdown":
            texts[right] = None
            continue
        for number in range(each):
            if rng.random() < failed and (spoiled := failed_attempt(problem.checked, rng)):
                text = WorkedText(problem.asked, tuple(spoiled.steps), tuple(spoiled.imitate))
            else:
                steps = tuple(gold_solution(problem.checked, rng)) if number else problem.steps
                text = WorkedText(problem.asked, steps, (True,) * len(steps))
            texts[text] = None
    return list(texts)
