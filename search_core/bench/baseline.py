"""The engine against the baseline, on random models made here."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search_core.bench.decoding import PlainDecoder
from search_core.bench.measurement import Measurement
from search_core.bench.side_by_side import BEAM_WIDTH, baseline_measurements, compare
from search_core.protocols import Sampling
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier

if TYPE_CHECKING:
    from search_core.bench.random_models import LlamaShape

PROMPT_TOKENS = 200


def compare_with_baseline(
    shape: LlamaShape, *, beams: Sequence[int], steps: int, runs: int, device: str = "auto"
) -> list[Measurement]:
    """Ratios for each number of beams.

    Args:
        beams: Each a multiple of the beam width.
        steps: Depth of each search.
        runs: Searches for each number of beams, each of another problem.
    """
    from search_core.bench.baseline_models import BaselineSolver, BaselineVerifier
    from search_core.bench.random_models import random_problem, save_pair

    sampling = Sampling(temperature=1.0, top_p=1.0, max_step_tokens=shape.longest + 20)
    per_path = steps * (shape.shortest + shape.longest) // 2
    with tempfile.TemporaryDirectory() as folder:
        paths = save_pair(shape, Path(folder))
        solver = load_solver(paths[0], device=device)
        verifier = load_verifier(paths[1], device=device)
        solvers = solver, BaselineSolver(paths[0], solver.info)
        verifiers = verifier, BaselineVerifier(paths[1], verifier.info)
        found = []
        for n in beams:
            done = []
            # One small search first: what happens only once does not count.
            for seed in range(-1, runs):
                warm, size = seed < 0, max(beams)
                problem = random_problem(shape, PROMPT_TOKENS, seed + 1)
                new_tokens = shape.shortest if warm else per_path
                plain = PlainDecoder(
                    str(paths[0]), solver.info, problem, sampling, rows=n, new_tokens=new_tokens
                )
                run = compare(
                    problem,
                    solvers,
                    verifiers,
                    sampling,
                    n=min(size, BEAM_WIDTH) if warm else n,
                    steps=1 if warm else steps,
                    seed=seed + 1,
                    plain=plain.timing,
                    plain_tokens=n * new_tokens,
                )
                done += [] if warm else [run]
            title = f"engine against the usual way: {shape.name}, N={n}, {steps} steps"
            found += baseline_measurements(done, title)
    return found
