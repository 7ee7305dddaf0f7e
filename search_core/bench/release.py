"""Passes on what a wrapped model is told beside its calls."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.protocols import KeepsPaths, StepIds


def release(
    model: object,
    run: str,
    problem: str,
    paths: Sequence[tuple[str, ...]] | None,
    step_ids: Sequence[StepIds] = (),
) -> None:
    """To a model that keeps paths; another one has nothing to let go."""
    if isinstance(model, KeepsPaths):
        model.release(run, problem, paths, step_ids)
