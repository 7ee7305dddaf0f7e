"""`models`: which pairs, solvers and verifiers a catalogue names, and what each takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.cli import flags
from search_core.cli.errors import bad_arguments
from search_core.cli.output import plain, print_json, results, short_number
from search_core.models import SHIPPED, Catalogue, read_catalogue
from search_core.models.entries import ModelEntry


def models(
    file: Annotated[
        Path,
        typer.Option("--models", help="The catalogue to list.", show_default="assets/models.yaml"),
    ] = SHIPPED,
    json_: flags.Json = False,
) -> None:
    """List the models that can be named: pairs, solvers and verifiers of a catalogue.

    Memory is that of the weights; cost is FLOPs for one token, as far as the sizes are known.
    """
    with bad_arguments():
        catalogue = read_catalogue(file)
    if json_:
        print_json(_values(catalogue))
        return
    _show(results(), catalogue)


def _values(catalogue: Catalogue) -> dict[str, Any]:
    kinds: dict[str, dict[str, ModelEntry]] = {
        "solvers": dict(catalogue.solvers),
        "verifiers": dict(catalogue.verifiers),
    }
    listed = {
        kind: {
            name: entry.model_dump()
            | {
                "source": entry.source,
                "command": entry.command,
                "memory": entry.expected_memory(),
                "flops_per_token": entry.expected_flops(),
                "kept_per_token": entry.sizes.kept_per_token if entry.sizes else None,
            }
            for name, entry in entries.items()
        }
        for kind, entries in kinds.items()
    }
    pairs = {
        name: pair.model_dump() | {"command": catalogue.command(name)}
        for name, pair in catalogue.pairs.items()
    }
    return {"pairs": pairs} | listed


def _show(console: Console, catalogue: Catalogue) -> None:
    pairs = _table("pair (--pair)", "solver", "verifier", "weights", "what it is")
    for name, pair in catalogue.pairs.items():
        both = catalogue.solvers[pair.solver], catalogue.verifiers[pair.verifier]
        # One checkpoint in two roles is in memory once.
        once = {(entry.model, entry.dtype): entry for entry in both}
        sizes = [entry.expected_memory() for entry in once.values()]
        known = [size for size in sizes if size is not None]
        total = _bytes(sum(known)) if len(known) == len(sizes) else "elsewhere"
        pairs.add_row(*_cells(name, pair.solver, pair.verifier, total, pair.about))
    console.print(pairs)
    console.print("\nTo fetch the models of a pair before it is run:")
    for name in catalogue.pairs:
        if command := catalogue.command(name):
            console.print(Text(plain(f"  {command}")), soft_wrap=True)
    columns = "model", "source", "dtype", "weights", "FLOPs a token", "licence"
    solvers = _table("solver (--solver)", *columns)
    for name, solver in catalogue.solvers.items():
        solvers.add_row(*_cells(name, *_cells_of(solver)))
    verifiers = _table("verifier (--verifier)", *columns, "format")
    for name, verifier in catalogue.verifiers.items():
        verifiers.add_row(*_cells(name, *_cells_of(verifier), verifier.format))
    console.print()
    console.print(solvers)
    console.print()
    console.print(verifiers)


def _cells_of(entry: ModelEntry) -> tuple[str, ...]:
    memory, flops = entry.expected_memory(), entry.expected_flops()
    return (
        entry.model,
        entry.source,
        entry.dtype,
        "" if memory is None else _bytes(memory),
        "" if flops is None else short_number(flops),
        entry.licence + (" (gated)" if entry.gated else ""),
    )


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _cells(*texts: str) -> list[Text]:
    return [Text(plain(text)) for text in texts]


def _bytes(count: int) -> str:
    return f"{short_number(count)}B"
