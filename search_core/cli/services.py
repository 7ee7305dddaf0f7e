"""What commands need from outside; tests hand in fakes through typer's context object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import typer

from search_core.models import FIRST, ModelPair, open_pair


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which models to load: embedded name, folder or Hub name. None: the small embedded one."""

    solver: str | None = None
    verifier: str | None = None
    device: str = "auto"


def open_models(choice: ModelChoice) -> ModelPair:
    """The models of this choice; nothing is loaded yet."""
    return open_pair(choice.solver or FIRST, choice.verifier or FIRST, device=choice.device)


@dataclass(frozen=True, slots=True)
class Services:
    """What commands need from outside."""

    open_models: Callable[[ModelChoice], ModelPair] = open_models


def services(context: typer.Context) -> Services:
    """The services that this invocation was given, or the real ones."""
    return context.obj if isinstance(context.obj, Services) else Services()
