"""What a question to a run of 2,000 steps takes: `python -m search_core.bench.what_if`.

No model is asked, so what is measured is the program alone: the plan driven again, its log
written, and the two trees held against each other. Opening is done once for a run, before its
first question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any

from search_core.bench.made_up_searches import made_up_search
from search_core.bench.measurement import Measurement
from search_core.run.recorded import recorded_run
from search_core.whatif import Change, what_if

AIM = 200.0
"""Milliseconds of processor time: how busy the machine is with others is not the question."""
_REPEATS = 5
_ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("best_of_n", {"n": 200}),
    ("beam_search", {"n": 170, "beam_width": 4}),
    ("dvts", {"n": 200, "beam_width": 4}),
    ("mcts", {"n": 170, "branching": 4}),
)
_CHANGES: dict[str, Callable[[int], Change]] = {
    "aggregate": lambda asked: Change({"aggregate": "min"}),
    # As a slider asks: each time another strength, so that no answer was worked out before.
    "noise": lambda asked: Change(noise=0.1 + 0.01 * asked),
}


def what_if_measurements() -> list[Measurement]:
    """Milliseconds of each question, for four strategies."""
    figures = []
    for name, options in _ASKED:
        found = made_up_search(name, options, ends=0.05)
        steps = len(found.tree.nodes) - 1
        group = f"what if, {name}, {steps:,} steps, {len(found.events):,} events"
        recorded = recorded_run(found.events, found.tree)
        opening = _milliseconds(lambda: recorded_run(found.events, found.tree))  # noqa: B023
        figures.append(Measurement("opening", "ms", opening, group=group))
        for title, change in _CHANGES.items():
            asked = count()
            values = _milliseconds(lambda: what_if(recorded, change(next(asked))))  # noqa: B023
            figures.append(Measurement(title, "ms", values, AIM, group=group))
    return figures


def _milliseconds(work: Callable[[], object]) -> list[float]:
    values = []
    for _ in range(_REPEATS):
        started = time.process_time()
        work()
        values.append(1000 * (time.process_time() - started))
    return values


if __name__ == "__main__":
    for figure in what_if_measurements():
        low, high = min(figure.values), max(figure.values)
        print(f"{figure.group}: {figure.name} {figure.median:.0f} ms ({low:.0f} to {high:.0f})")
