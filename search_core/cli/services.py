"""What commands need from outside; tests hand in fakes through typer's context object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import typer

from search_core.models import EMBEDDED_SOLVER, EMBEDDED_VERIFIER, ModelPair


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which models to load. None: the embedded one."""

    solver: str | None = None
    verifier: str | None = None
    device: str = "auto"


def open_models(choice: ModelChoice) -> ModelPair:
    """The models of this choice; nothing is loaded yet."""
    return ModelPair(
        choice.solver or str(EMBEDDED_SOLVER),
        choice.verifier or str(EMBEDDED_VERIFIER),
        device=choice.device,
        embedded=choice.solver is None,
    )


@dataclass(frozen=True, slots=True)
class Services:
    """What commands need from outside."""

    open_models: Callable[[ModelChoice], ModelPair] = open_models


def services(context: typer.Context) -> Services:
    """The services that this invocation was given, or the real ones."""
    return context.obj if isinstance(context.obj, Services) else Services()
