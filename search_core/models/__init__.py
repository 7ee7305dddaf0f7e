"""Which models search: a solver and what scores its steps, found by name and loaded when needed.

A `ModelPair` is what everything above works with. It comes from the embedded models
(`embedded_pair`), from a folder, a Hub id or a server's address (`open_pair`), from a catalogue
(`read_catalogue`, `offer`), or from objects that are there already (`ModelPair.of`). Nothing here
knows how a model computes (`search_core.solvers`, `verifiers`, `remote`) or what a run does with
it. Begin with `pair.py`. Importing this imports no torch and no HTTP library.
"""

from __future__ import annotations

from search_core.models.alternatives import Alternative, alternatives
from search_core.models.catalogue import (
    EMBEDDED,
    SHIPPED,
    Catalogue,
    CatalogueError,
    Offered,
    offer,
    read_catalogue,
)
from search_core.models.checkpoints import VerifierCheckpoint, checkpoints
from search_core.models.embedded import (
    EMBEDDED_SOLVER,
    EMBEDDED_VERIFIER,
    embedded_pair,
    open_pair,
    usual_solver,
)
from search_core.models.entries import prompt_with
from search_core.models.examples import read_examples
from search_core.models.lazy import LazyModel, lazy_solver, lazy_verifier
from search_core.models.loading import loading_line
from search_core.models.memory import NOT_LOADED, HoldsMemory, memory_line, readable_bytes
from search_core.models.pair import (
    ABOUT_SOURCES,
    SCORE_SOURCES,
    STEP_PROMPT,
    ModelPair,
    asked_for,
    default_sampling,
)
from search_core.models.prompts import SolverPrompt
from search_core.models.shipped import (
    FIRST,
    SOLVERS,
    VERIFIERS,
    ShippedModel,
    is_shipped_solver,
    solver_folder,
    verifier_folder,
)

__all__ = [
    "ABOUT_SOURCES",
    "EMBEDDED",
    "EMBEDDED_SOLVER",
    "EMBEDDED_VERIFIER",
    "FIRST",
    "NOT_LOADED",
    "SCORE_SOURCES",
    "SHIPPED",
    "SOLVERS",
    "STEP_PROMPT",
    "VERIFIERS",
    "Alternative",
    "Catalogue",
    "CatalogueError",
    "HoldsMemory",
    "LazyModel",
    "ModelPair",
    "Offered",
    "ShippedModel",
    "SolverPrompt",
    "VerifierCheckpoint",
    "alternatives",
    "asked_for",
    "checkpoints",
    "default_sampling",
    "embedded_pair",
    "is_shipped_solver",
    "lazy_solver",
    "lazy_verifier",
    "loading_line",
    "memory_line",
    "offer",
    "open_pair",
    "prompt_with",
    "read_catalogue",
    "read_examples",
    "readable_bytes",
    "solver_folder",
    "usual_solver",
    "verifier_folder",
]
