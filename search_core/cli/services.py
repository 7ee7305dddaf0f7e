"""What commands need from outside; tests hand in fakes through typer's context object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from search_core.models import (
    FIRST,
    SOLVERS,
    VERIFIERS,
    ModelPair,
    asked_for,
    checkpoints,
    is_shipped_solver,
    open_pair,
    prompt_with,
    read_examples,
    solver_folder,
)
from search_core.steps import step_style


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which models to load: embedded name, name in a catalogue, folder, Hub name or URL.

    Attributes:
        solver, verifier: None: the small embedded one.
        pair: Both, by a pair's name in a catalogue; the two before are None then.
        models: The catalogue's file; None: the one that is shipped.
        verifier_format: How the verifier's score is read; "auto": told by the checkpoint.
        system_prompt: What the solver is told before each problem; None: the usual one.
        dtype, verifier_dtype: As for `ModelPair`.
        examples: File of worked examples that the solver is shown; None: none.
        steps: How the solver writes steps, by name; None: as usual.
    """

    solver: str | None = None
    verifier: str | None = None
    device: str = "auto"
    pair: str | None = None
    models: Path | None = None
    verifier_format: str = "auto"
    system_prompt: str | None = None
    dtype: str = "auto"
    verifier_dtype: str = "auto"
    examples: Path | None = None
    steps: str | None = None

    @property
    def told_of_solver(self) -> dict[str, str]:
        """What is said of the solver, by the names of `ModelPair`; only what was said.

        Raises:
            ValueError: The examples cannot be read.
        """
        told = {} if self.system_prompt is None else {"system_prompt": self.system_prompt}
        if self.steps is not None:
            told["steps"] = step_style(self.steps).name
        if self.examples is not None:
            asked = asked_for(self.steps)
            usual = asked if self.system_prompt is None else self.system_prompt
            told["system_prompt"] = prompt_with(usual, read_examples(self.examples))
        return told | _said(dtype=self.dtype)

    @property
    def told_of_verifier(self) -> dict[str, str]:
        """The same of the verifier."""
        return _said(verifier_format=self.verifier_format, verifier_dtype=self.verifier_dtype)

    def beside(self, solver: str) -> ModelChoice:
        """Another solver; what was said of this one says nothing of that one."""
        return replace(
            self,
            solver=solver,
            pair=None,
            system_prompt=None,
            dtype="auto",
            examples=None,
            steps=None,
        )


def _said(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value != "auto"}


def open_models(choice: ModelChoice) -> ModelPair:
    """The models of this choice; nothing is loaded yet.

    Raises:
        CatalogueError: The catalogue cannot be read, or has no such pair.
        ValueError: Something is said of a model that the catalogue says, or an embedded model is.
    """
    solver, verifier = choice.solver or FIRST, choice.verifier or FIRST
    told = choice.told_of_solver | choice.told_of_verifier
    if choice.pair is None and choice.models is None and not told and _embedded(solver, verifier):
        return open_pair(solver, verifier, device=choice.device)
    from search_core.models import SHIPPED, read_catalogue

    catalogue = read_catalogue(choice.models or SHIPPED)
    if choice.pair is not None:
        _refuse(choice, told, f"pair {choice.pair}")
        return catalogue.pair(choice.pair, choice.device)
    if solver in catalogue.solvers:
        _refuse(choice, choice.told_of_solver, f"solver {solver}")
    if verifier in catalogue.verifiers:
        _refuse(choice, choice.told_of_verifier, f"verifier {verifier}")
    asked = told.get("system_prompt") or told.get("steps")
    if asked and is_shipped_solver(solver_folder(solver)):
        raise ValueError(
            "The embedded solvers were trained without a system prompt and without examples, and "
            "end steps at blank lines. Leave --system-prompt, --examples and --steps out, or "
            "choose another --solver."
        )
    return catalogue.open(solver, verifier, device=choice.device, **told)


def _refuse(choice: ModelChoice, told: Mapping[str, str], what: str) -> None:
    """What the models file says of a model counts, and nothing is dropped without a word."""
    if told:
        names = ["examples"] if "system_prompt" in told and choice.system_prompt is None else []
        names += [name for name in told if not (names and name == "system_prompt")]
        given = ", ".join("--" + name.replace("_", "-") for name in names)
        raise ValueError(
            f"The models file says how {what} is used; {given} was given too. Leave it out, or "
            "name the model itself with --solver or --verifier."
        )


def _embedded(solver: str, verifier: str) -> bool:
    return solver in SOLVERS and (verifier in VERIFIERS or verifier in checkpoints())


@dataclass(frozen=True, slots=True)
class Services:
    """What commands need from outside."""

    open_models: Callable[[ModelChoice], ModelPair] = open_models


def services(context: typer.Context) -> Services:
    """The services that this invocation was given, or the real ones."""
    return context.obj if isinstance(context.obj, Services) else Services()
