"""The models that the repository ships: what each one is called, what it is, where it lies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from search_core.flops import ModelShape, shape_of_config
from search_core.model_card import over_optimises, parameters_of, read_card

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "models"


@dataclass(frozen=True, slots=True)
class ShippedModel:
    """One embedded model.

    Attributes:
        name: What a command line and a link call it.
        title: What the page calls it.
        what: What it is, in one plain sentence.
        folder: Where it lies.
        over_optimised: Said of it too, once its own measured figures bear it out.
    """

    name: str
    title: str
    what: str
    folder: Path
    over_optimised: str = ""

    @property
    def card(self) -> Mapping[str, Any]:
        """What was measured of it (its folder's espalier.json)."""
        return read_card(self.folder)

    @property
    def shape(self) -> ModelShape | None:
        """Its sizes, by its config.json; None if they cannot be told."""
        config = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        labels = {"num_labels": len(config.get("id2label", {})) or 2}  # as transformers counts
        return shape_of_config(SimpleNamespace(**labels | config))

    @property
    def label(self) -> str:
        """Its title and its size: "Small 1.1M"."""
        parameters = parameters_of(self.card)
        size = f" {parameters / 1e6:.1f}M" if parameters else ""
        warning = ": over-optimises" if self._falls else ""
        return f"{self.title}{size}{warning}"

    @property
    def about(self) -> str:
        """What it is, in a sentence or two that its figures bear out."""
        return f"{self.what} {self.over_optimised}" if self._falls else self.what

    @property
    def _falls(self) -> bool:
        return bool(self.over_optimised) and over_optimises(self.card)


def _by_name(*models: ShippedModel) -> Mapping[str, ShippedModel]:
    return {model.name: model for model in models}


SOLVERS = _by_name(
    ShippedModel(
        "small",
        "Small",
        "Quick, and often wrong when it answers once: what a search has to make up for.",
        ASSETS / "solver-small",
    ),
    ShippedModel(
        "large",
        "Large",
        "The same recipe with more parameters: every step costs more.",
        ASSETS / "solver-large",
    ),
    ShippedModel(
        "revision",
        "Revision",
        "The small one, tuned to read its earlier attempts: it goes with self-revision. As "
        "measured, its later attempts are right less often than its first.",
        ASSETS / "solver-revision",
    ),
    ShippedModel(
        "stream",
        "Stream",
        "Searches in writing, dead ends included: for the strategy Single stream, on Countdown "
        "problems only.",
        ASSETS / "solver-stream",
    ),
)
VERIFIERS = _by_name(
    ShippedModel(
        "small",
        "Small",
        "A process verifier: it scores every step.",
        ASSETS / "verifier-small",
    ),
    ShippedModel(
        "large",
        "Large",
        "A process verifier with more parameters: every score costs more.",
        ASSETS / "verifier-large",
    ),
    ShippedModel(
        "outcome",
        "Outcome",
        "An outcome verifier: it judges finished solutions only, so it goes with best-of-N.",
        ASSETS / "verifier-outcome",
    ),
    ShippedModel(
        "early",
        "Early",
        "A process verifier from an early stage of training.",
        ASSETS / "verifier-early",
        "It is kept to show over-optimisation: the more solutions it chooses among, the more "
        "often it is fooled.",
    ),
)
FIRST = "small"
"""The name of the solver, and of the verifier, that search unless others are chosen."""


def solver_folder(name_or_path: str) -> str:
    """The folder of an embedded solver's name; another name or path as it stands.

    A folder of your own that is called like an embedded one is "./small".
    """
    return _folder(SOLVERS, name_or_path)


def verifier_folder(name_or_path: str) -> str:
    """The folder of an embedded verifier's name. As `solver_folder`."""
    return _folder(VERIFIERS, name_or_path)


def is_shipped_solver(path: str) -> bool:
    """Whether this is the folder of an embedded solver."""
    return Path(path).resolve() in {model.folder for model in SOLVERS.values()}


def _folder(models: Mapping[str, ShippedModel], name_or_path: str) -> str:
    known = models.get(name_or_path)
    return name_or_path if known is None else str(known.folder)
