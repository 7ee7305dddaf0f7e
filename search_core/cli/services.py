"""What commands need from outside; tests hand in fakes through typer's context object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer

from search_core.models import FIRST, SOLVERS, VERIFIERS, ModelPair, open_pair


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which models to load: embedded name, name in a catalogue, folder, Hub name or URL.

    Attributes:
        solver, verifier: None: the small embedded one.
        pair: Both, by a pair's name in a catalogue; the two before are None then.
        models: The catalogue's file; None: the one that is shipped.
        verifier_format: How the verifier's score is read; "auto": told by the checkpoint.
    """

    solver: str | None = None
    verifier: str | None = None
    device: str = "auto"
    pair: str | None = None
    models: Path | None = None
    verifier_format: str = "auto"


def open_models(choice: ModelChoice) -> ModelPair:
    """The models of this choice; nothing is loaded yet.

    Raises:
        CatalogueError: The catalogue cannot be read, or has no such pair.
    """
    solver, verifier = choice.solver or FIRST, choice.verifier or FIRST
    if choice.pair is None and choice.models is None and _embedded(solver, verifier):
        return open_pair(solver, verifier, device=choice.device)
    from search_core.models import SHIPPED, read_catalogue

    catalogue = read_catalogue(choice.models or SHIPPED)
    if choice.pair is not None:
        return catalogue.pair(choice.pair, choice.device)
    return catalogue.open(
        solver, verifier, device=choice.device, verifier_format=choice.verifier_format
    )


def _embedded(solver: str, verifier: str) -> bool:
    return solver in SOLVERS and verifier in VERIFIERS


@dataclass(frozen=True, slots=True)
class Services:
    """What commands need from outside."""

    open_models: Callable[[ModelChoice], ModelPair] = open_models


def services(context: typer.Context) -> Services:
    """The services that this invocation was given, or the real ones."""
    return context.obj if isinstance(context.obj, Services) else Services()
