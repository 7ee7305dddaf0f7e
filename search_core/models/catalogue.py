"""A catalogue of models (`assets/models.yaml` or an operator's own), and what is offered of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError

from search_core.models.embedded import embedded_pair
from search_core.models.entries import (
    CatalogueEntry,
    Dtype,
    PairEntry,
    Sizes,
    SolverEntry,
    VerifierEntry,
    WorkedExample,
)
from search_core.models.lazy import LazyModel
from search_core.models.pair import ModelPair, asked_for
from search_core.models.shipped import (
    FIRST,
    SOLVERS,
    VERIFIERS,
    is_shipped_solver,
    solver_folder,
    verifier_folder,
)
from search_core.models.yaml_files import read_yaml
from search_core.protocols import Solver, Verifier
from search_core.steps import BLANK_LINES

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "models.yaml"
EMBEDDED = "embedded"
"""The pair that is offered unless an operator says otherwise."""
PRECISION = "@"
"""Between a pair's name and the precision in which it is wanted."""
_MOST_CHARACTERS = 1_000_000


class CatalogueError(ValueError):
    """A catalogue cannot be read, or has no entry of a name; the message says what it knows."""


class Catalogue(CatalogueEntry):
    """Models and pairs by name.

    Attributes:
        path: Where it was read from; folders of models are relative to it.
    """

    path: Path = Field(SHIPPED, exclude=True, strict=False)
    solvers: dict[str, SolverEntry] = Field(default_factory=dict)
    verifiers: dict[str, VerifierEntry] = Field(default_factory=dict)
    pairs: dict[str, PairEntry] = Field(default_factory=dict)

    def pair(self, name: str, device: str = "auto") -> ModelPair:
        """The models of a pair; nothing is loaded yet.

        Args:
            name: With a precision after an @, in place of what the entries say: "smollm2@bfloat16".

        Raises:
            CatalogueError: There is no pair of this name, it names what is not there, or there is
                no such precision, or none to choose.
        """
        entry, precision = self.named(name)
        pair = self.open(entry.solver, entry.verifier, device=device, precision=precision)
        usual = device == "auto" and not precision and _both_first(pair)
        return embedded_pair() if usual else pair

    def named(self, name: str) -> tuple[PairEntry, str]:
        """A pair's entry, and the precision that is asked for with it; "": what its entries say.

        Raises: As `pair`.
        """
        alone, at, precision = name.partition(PRECISION)
        entry: PairEntry = _entry(self.pairs, alone, "pair", self.path)
        if not at:
            return entry, ""
        known = [one for one in get_args(Dtype) if one != "auto"]
        if precision not in known:
            raise CatalogueError(
                f"{name}: unknown precision {precision!r:.40}; known: {', '.join(known)}."
            )
        if self.solvers[entry.solver].remote and self.verifiers[entry.verifier].remote:
            raise CatalogueError(f"{name}: the precision is the server's own. Leave it out.")
        return entry, precision

    def command(self, name: str) -> str:
        """What fetches the models of a pair before it is run; "" where there is nothing to fetch.

        Raises:
            CatalogueError: There is no pair of this name.
        """
        pair, _ = self.named(name)
        both = self.solvers[pair.solver].command, self.verifiers[pair.verifier].command
        return " && ".join(dict.fromkeys(command for command in both if command))

    def open(self, solver: str, verifier: str, *, precision: str = "", **more: Any) -> ModelPair:
        """A solver and a verifier by name of an entry, else by folder, Hub id or URL.

        Args:
            precision: Of both, whatever the entries say; "": what they say.
            more: What `ModelPair` takes beside the two. It counts where no entry says it.
        """
        writes, scores = self.solvers.get(solver), self.verifiers.get(verifier)
        path = self._where(writes.model) if writes else solver_folder(solver)
        judge = self._where(scores.model) if scores else verifier_folder(verifier)
        told: dict[str, Any] = {"system_prompt": asked_for(more.get("steps")), **more}
        if writes:
            told |= {"dtype": writes.dtype, "system_prompt": writes.prompt}
            told["steps"] = writes.steps or BLANK_LINES.name
        if scores:
            told |= {"verifier_dtype": scores.dtype, "verifier_format": scores.format}
        if precision:
            told |= {"dtype": precision, "verifier_dtype": precision}
        return ModelPair(path, judge, embedded=is_shipped_solver(path), **told)

    def _where(self, model: str) -> str:
        if not model.startswith((".", "~", "/")):
            return model
        return str((self.path.parent / Path(model).expanduser()).resolve())


def _both_first(pair: ModelPair) -> bool:
    first = SOLVERS[FIRST].folder, VERIFIERS[FIRST].folder
    return (Path(pair.solver_path).resolve(), Path(pair.verifier_path).resolve()) == first


@dataclass(frozen=True)
class Offered:
    """A pair that visitors may choose.

    Attributes:
        name: What a link and the command line call it.
        title, about: What the page calls it and says of it.
        pair: Its models. `embedded_pair()` leaves the choice among all embedded ones.
    """

    name: str
    title: str
    about: str
    pair: ModelPair


def offer(catalogue: Catalogue, names: Sequence[str], device: str = "auto") -> list[Offered]:
    """The pairs of these names, in this order; the first is what the page opens with.

    Args:
        names: As `Catalogue.pair` takes them, so that one pair may be offered in two precisions.

    Raises:
        CatalogueError: A name is unknown, or there is none.
    """
    if not names:
        raise CatalogueError(
            f"No pair is offered; known in {catalogue.path}: {', '.join(catalogue.pairs)}."
        )
    entries = {name: catalogue.named(name) for name in names}
    pairs = {name: catalogue.pair(name, device) for name in entries}
    _share(entries, pairs)
    return [
        Offered(
            name, f"{entry.title} ({precision})" if precision else entry.title, entry.about, pair
        )
        for (name, (entry, precision)), pair in zip(entries.items(), pairs.values(), strict=True)
    ]


def _share(entries: Mapping[str, tuple[PairEntry, str]], pairs: Mapping[str, ModelPair]) -> None:
    """Each model is there once in a precision, in however many pairs."""
    solvers: dict[tuple[str, str], LazyModel[Solver]] = {}
    verifiers: dict[tuple[str, str], LazyModel[Verifier]] = {}
    for name, (entry, precision) in entries.items():
        solver, verifier = pairs[name].parts
        pairs[name].share(
            solvers.setdefault((entry.solver, precision), solver),
            verifiers.setdefault((entry.verifier, precision), verifier),
        )


def read_catalogue(path: str | Path = SHIPPED) -> Catalogue:
    """Read a catalogue. Nothing of it is loaded, and no model needs to be there.

    Raises:
        CatalogueError: It cannot be read; the message names file, entry and key.
    """
    path = Path(path)
    try:
        values = read_yaml(path, _MOST_CHARACTERS)
    except ValueError as error:
        raise CatalogueError(str(error)) from error
    if not isinstance(values, dict):
        raise CatalogueError(
            f"{path} holds {type(values).__name__}; expected solvers, verifiers and pairs."
        )
    try:
        catalogue = Catalogue.model_validate({**values, "path": path})
    except ValidationError as error:
        raise CatalogueError(f"{path}: {_said(error)}") from error
    for name, entry in catalogue.pairs.items():
        _entry(catalogue.solvers, entry.solver, f"solver of pair {name}", path)
        _entry(catalogue.verifiers, entry.verifier, f"verifier of pair {name}", path)
    return catalogue


def _entry(known: Mapping[str, Any], name: str, kind: str, path: Path) -> Any:
    if name not in known:
        raise CatalogueError(
            f"{path}: unknown {kind} {name!r:.60}; known: {', '.join(known) or 'none'}."
        )
    return known[name]


# What may stand in each place, for the sentence that says what is known.
_PLACES: Mapping[str, type[BaseModel]] = MappingProxyType(
    {"solvers": SolverEntry, "verifiers": VerifierEntry, "pairs": PairEntry}
)
_INSIDE: Mapping[str, type[BaseModel]] = MappingProxyType(
    {"sizes": Sizes, "examples": WorkedExample}
)


def _said(error: ValidationError) -> str:
    """The first mistake: entry, key, what was got, and what is known."""
    mistakes = error.errors(include_url=False)
    # A key that is misspelt is missing too; the misspelling says more.
    unknown = [mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"]
    first = (unknown or mistakes)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        got = first["input"]
        shown = f", got {got!r:.60}" if isinstance(got, (str, int, float, list)) else ""
        return f"{where}: {first['msg'].removeprefix('Value error, ').rstrip('.')}{shown}."
    *place, key = first["loc"]
    entry = ".".join(str(part) for part in place) or "the file"
    return f"{entry} has an unknown key {key!r:.60}; known: {', '.join(_keys(place))}."


def _keys(place: Sequence[Any]) -> list[str]:
    kind: type[BaseModel] = Catalogue
    for part in place:
        kind = _PLACES.get(part, _INSIDE.get(part, kind))
    return [name for name in kind.model_fields if name != "path"]
