"""A race of four lanes against its four runs one after the other: processor time.

`python -m search_core.bench.race`. The runs one after the other share their replies as the race
does, so what sharing saves is in both; beside it stands what they take when nothing is shared.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from search_core.bench.measurement import Measurement, cells
from search_core.evaluation.problems import draw_problems
from search_core.models import ModelPair, embedded_pair
from search_core.problem import Problem
from search_core.race.lanes import Lane, sharing_pairs
from search_core.race.racing import race, run_lane, unheard
from search_core.run.aside import never
from search_core.run.recipe import Recipe
from search_core.strategies import get_strategy

AIM = 1.15
"""Times the processor time of the runs one after the other, with the same replies shared."""
N = 16
STRATEGIES = ("best_of_n", "beam_search", "dvts", "mcts")


def race_measurements(pair: ModelPair, problems: Sequence[Problem]) -> list[Measurement]:
    """Ratios of processor time; for each problem all ways are measured right after each other."""
    with_sharing, without, seconds, saved = [], [], [], []
    for place, problem in enumerate([problems[0], *problems]):
        lanes = _lanes(pair, problem, seed=place)
        together = _seconds(lambda: race(lanes))  # noqa: B023
        shared = _seconds(lambda: _one_after_the_other(lanes, sharing=True))  # noqa: B023
        alone = _seconds(lambda: _one_after_the_other(lanes, sharing=False))  # noqa: B023
        if place == 0:  # once before the clock counts
            continue
        with_sharing.append(together / shared)
        without.append(together / alone)
        saved.append(1 - shared / alone)
        seconds.append(together)
    group = f"a race of {len(STRATEGIES)} lanes at N={N}, embedded models"
    after = "race / its runs one after the other"
    return [
        Measurement("race", "s of processor", seconds, group=group),
        Measurement(f"{after}, sharing", "times", with_sharing, AIM, group=group),
        Measurement(f"{after}, alone", "times", without, group=group),
        Measurement("saved by sharing, one after the other", "share", saved, group=group),
    ]


def _lanes(pair: ModelPair, problem: Problem, seed: int) -> list[Lane]:
    lanes = []
    for name in STRATEGIES:
        strategy = get_strategy(name)
        options = strategy.options.from_values({"n": N})
        lanes.append(Lane(Recipe(problem, strategy, options, pair.sampling, seed), pair))
    return lanes


def _one_after_the_other(lanes: Sequence[Lane], *, sharing: bool) -> None:
    pairs = [lane.pair for lane in lanes]
    used = sharing_pairs(pairs).pairs if sharing else pairs
    for place, (lane, pair) in enumerate(zip(lanes, used, strict=True)):
        run_lane(lane, pair, place, unheard, never)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main(count: int) -> None:
    """Print the figures of so many problems of each family."""
    from search_core.embedded import FAMILIES

    problems = draw_problems(list(FAMILIES), None, count, 3, "test")
    for figure in race_measurements(embedded_pair(), problems):
        print("  ".join(cells(figure.to_dict())))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
