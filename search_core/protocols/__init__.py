"""What a model is to a search: the two protocols that solvers and verifiers are written against.

`Solver` continues a path by one step, `Verifier` scores the steps of a path; each says who it is
by a `SolverInfo` or a `VerifierInfo`. A `Watch` is the line between one run and the model that
computes for it. Nothing here knows how a model computes, where, or what a run does with a reply.
Begin with `solver.py`; `search_core/testing.py` has whole models of ten lines.
"""

from __future__ import annotations

from search_core.protocols.errors import FAULT, PlainError, UsageError, public_message
from search_core.protocols.identity import ModelInfo, SolverInfo, VerifierInfo
from search_core.protocols.solver import (
    FILTERS,
    KeepsPaths,
    SampleRequest,
    Sampling,
    Solver,
    StepIds,
    StepSample,
    TakesPrompt,
    TokenIds,
)
from search_core.protocols.verifier import ScoreRequest, StepScores, Verifier
from search_core.protocols.warned import WarnsOnce
from search_core.protocols.watch import Cancelled, RunCancelled, Watch, fail, finish, wait, watch_of

__all__ = [
    "FAULT",
    "FILTERS",
    "Cancelled",
    "KeepsPaths",
    "ModelInfo",
    "PlainError",
    "RunCancelled",
    "SampleRequest",
    "Sampling",
    "ScoreRequest",
    "Solver",
    "SolverInfo",
    "StepIds",
    "StepSample",
    "StepScores",
    "TakesPrompt",
    "TokenIds",
    "UsageError",
    "Verifier",
    "VerifierInfo",
    "WarnsOnce",
    "Watch",
    "fail",
    "finish",
    "public_message",
    "wait",
    "watch_of",
]
