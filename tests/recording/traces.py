"""Records the shipped runs anew, with today's engine: `python -m tests.recording.traces`.

Each file of `assets/traces` says in its header what it is a run of: problem, models, strategy with
its options, sampling and seed. The same is run again and written over it, so that its costs and
times are those of the engine that is shipped. Its tree should stay as it was; where it did not, it
says so, and the new one is to be looked at before it is committed.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from components.explorer.recordings import FOLDER
from search_core.log.events import Sampled, Scored, Started
from search_core.log.traces import Trace, read_trace, write_trace
from search_core.models import SOLVERS, VERIFIERS, ModelPair, offer, open_pair, read_catalogue
from search_core.problem import Problem
from search_core.protocols import Sampling
from search_core.run.limits import Limits
from search_core.search import search
from search_core.strategies import STRATEGIES

_SCORES_AGREE = 1e-5
"""What rounding may make of a score: an engine reads the same tokens in other batches."""

_PUBLISHED = ("smollm2",)
"""Pairs of the catalogue whose weights an installed package can carry."""

_TRIES = 5
"""The quickest is kept: the first loads the models, and a machine may be busy."""


def record_again(header: Started) -> Trace:
    """Run what a header describes, with models that are warm.

    Args:
        header: Of a run of models that are shipped, or of a published one that is installed.

    Raises:
        ValueError: It names another model.
    """
    solvers = {one.folder.name: name for name, one in SOLVERS.items()}
    verifiers = {one.folder.name: name for name, one in VERIFIERS.items()}
    if header.solver.name not in solvers:
        pair = _published(header)
        return _run(header, pair, by_verifier=header.verifier.name == pair.names[1])
    by_verifier = header.verifier.name in verifiers
    pair = open_pair(
        solvers[header.solver.name], verifiers[header.verifier.name] if by_verifier else "small"
    )
    runs = [_run(header, pair, by_verifier=by_verifier) for _ in range(_TRIES)]
    return min(runs, key=lambda trace: trace.events[-1].t)


def _published(header: Started) -> ModelPair:
    """The pair with this solver, by what is installed (as for tests/published)."""
    for offered in offer(read_catalogue(), _PUBLISHED, "cpu"):
        if offered.pair.names[0] == header.solver.name:
            return offered.pair
    raise ValueError(
        f"{header.solver.name} is neither shipped nor installed; see tests/published/run.sh."
    )


def _run(header: Started, pair: ModelPair, *, by_verifier: bool) -> Trace:
    result = search(
        Problem(**header.problem.model_dump()),
        header.strategy,
        solver=pair.solver,
        verifier=pair.score_source("verifier" if by_verifier else header.verifier.name),
        seed=header.seed,
        sampling=Sampling(**header.sampling),
        limits=Limits(**header.limits),
        **_known_options(header),
    )
    return Trace(tuple(result.events))


def same_search(one: Trace, other: Trace) -> bool:
    """Whether two runs wrote the same steps with the same scores and chose the same."""
    steps = [{e.id: e for e in trace.events if isinstance(e, Sampled)} for trace in (one, other)]
    scores = [
        {e.id: e.score for e in trace.events if isinstance(e, Scored)} for trace in (one, other)
    ]
    states = [{node.id: node.state for node in trace.tree.steps()} for trace in (one, other)]
    ends = [trace.tree.finished for trace in (one, other)]
    chosen = [(end.chosen, end.answer) if end else None for end in ends]
    return (
        {key: step.text for key, step in steps[0].items()}
        == {key: step.text for key, step in steps[1].items()}
        and scores[0].keys() == scores[1].keys()
        and all(abs(score - scores[1][key]) < _SCORES_AGREE for key, score in scores[0].items())
        and states[0] == states[1]
        and chosen[0] == chosen[1]
    )


def _known_options(header: Started) -> dict[str, object]:
    """A recording may be older than an option; one that is gone is told."""
    known = {field.name for field in dataclasses.fields(STRATEGIES[header.strategy].options)}
    for name in header.options.keys() - known:
        print(f"  {header.strategy} has no option {name!r} any more")
    return {name: value for name, value in header.options.items() if name in known}


def main() -> None:
    """Record everything, or what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="files without their .jsonl; none: all")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the new files")
    chosen = parser.parse_args()
    for path in sorted(FOLDER.glob("*.jsonl")):
        if chosen.names and path.stem not in chosen.names:
            continue
        before = read_trace(path)
        after = record_again(before.started)
        write_trace(after.events, chosen.out / path.name)
        costs = [trace.tree.cost.solver_flops / 1e9 for trace in (before, after)]
        kept = "the same tree" if same_search(before, after) else "ANOTHER TREE"
        print(f"{path.stem}: {kept}; solver {costs[0]:.3g} -> {costs[1]:.3g} GFLOPs")


if __name__ == "__main__":
    main()
