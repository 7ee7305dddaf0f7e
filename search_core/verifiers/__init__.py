"""Verifiers: what scores the steps of a path. Importing this imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search_core.protocols.verifier import ScoreRequest, StepScores, Verifier
from search_core.verifiers.log_probability import LogProbabilityVerifier
from search_core.verifiers.oracle import OracleVerifier
from search_core.verifiers.random_scores import RandomVerifier

if TYPE_CHECKING:
    from search_core.verifiers.transformers_verifier import TransformersVerifier

__all__ = [
    "LogProbabilityVerifier",
    "OracleVerifier",
    "RandomVerifier",
    "ScoreRequest",
    "StepScores",
    "TransformersVerifier",
    "Verifier",
]


def __getattr__(name: str) -> type[TransformersVerifier]:
    """Imports what stands on the engine when it is asked for: the engine imports our base."""
    if name == "TransformersVerifier":
        from search_core.verifiers.transformers_verifier import TransformersVerifier

        return TransformersVerifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
