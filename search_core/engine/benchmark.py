"""How quick the engine is here: `python -m search_core.engine.benchmark SOLVER VERIFIER`.

The work of a beam search: rounds in which 16 rows that share 4 prompts get one step, and
every path is scored. Prints one JSON object; seconds are medians of repeats.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from search_core.engine.loading import load_solver, load_verifier
from search_core.solvers.base import SampleRequest, Sampling
from search_core.verifiers.base import ScoreRequest

PROBLEM = "3 + 4 * 5 - 2 + 8 * 3"
STEP = "4 * 5 = 20, now 3 + 20 - 2 + 8 * 3"
ROWS, PARENTS, ROUNDS, REPEATS = 16, 4, 6, 5


def _go_on() -> bool:
    return False


def _seconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return round(statistics.median(times), 4)


def main(arguments: Sequence[str]) -> None:
    """Measures the models in the two folders given."""
    if len(arguments) != 2:
        raise SystemExit("Usage: python -m search_core.engine.benchmark SOLVER VERIFIER")
    started = time.perf_counter()
    solver = load_solver(arguments[0])
    loading = time.perf_counter() - started
    verifier = load_verifier(arguments[1])
    # Four parents that differ in their last step, as after a round of a beam.
    paths = [
        [(STEP,) * depth + (f"{STEP} {parent}",) * (depth > 0) for parent in range(PARENTS)]
        for depth in range(ROUNDS)
    ]
    samples = [
        [SampleRequest(PROBLEM, parents[row % PARENTS], 1000 * depth + row) for row in range(ROWS)]
        for depth, parents in enumerate(paths)
    ]
    scores = [
        [
            ScoreRequest(PROBLEM, (*one.steps, f"{STEP} {row}"), len(one.steps), False, ())
            for row, one in enumerate(batch)
        ]
        for batch in samples
    ]
    sampling = Sampling(0.8, 0.98, 25)
    steps = [one for batch in samples for one in solver.sample(batch, sampling, _go_on)]
    sampled = sum(one.tokens for one in steps)
    sampling_seconds = _seconds(
        lambda: [solver.sample(batch, sampling, _go_on) for batch in samples]
    )
    scoring_seconds = _seconds(lambda: [verifier.score(batch, _go_on) for batch in scores])
    read = sum(one.tokens for batch in scores for one in verifier.score(batch, _go_on))
    report = {
        "parameters": solver.info.parameters,
        "load_seconds": round(loading, 2),
        "rows": ROWS,
        "rounds": ROUNDS,
        "sample_seconds": sampling_seconds,
        "sampled_tokens": sampled,
        "sampled_per_second": round(sampled / sampling_seconds),
        "prefilled_tokens": sum(one.prefilled for one in steps),
        "reused_tokens": sum(one.reused for one in steps),
        "score_seconds": scoring_seconds,
        "scored_tokens": read,
        "scored_per_second": round(read / scoring_seconds),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
