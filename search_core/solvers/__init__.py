"""Solvers: what samples the next steps of a solution. Importing this imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search_core.protocols.solver import (
    Cancelled,
    ModelInfo,
    RunCancelled,
    SampleRequest,
    Sampling,
    Solver,
    StepSample,
)

if TYPE_CHECKING:
    from search_core.solvers.transformers_solver import TransformersSolver

__all__ = [
    "Cancelled",
    "ModelInfo",
    "RunCancelled",
    "SampleRequest",
    "Sampling",
    "Solver",
    "StepSample",
    "TransformersSolver",
]


def __getattr__(name: str) -> type[TransformersSolver]:
    """Imports what stands on the engine when it is asked for: the engine imports our base."""
    if name == "TransformersSolver":
        from search_core.solvers.transformers_solver import TransformersSolver

        return TransformersSolver
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
