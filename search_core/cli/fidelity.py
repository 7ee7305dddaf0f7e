"""`fidelity`: do our searches do what was recorded of other code in the same worlds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from search_core.cli import flags
from search_core.cli.errors import RUN_FAILED, bad_arguments
from search_core.cli.output import plain, print_json, results
from search_core.fidelity import Case, SearchRecord, WorldError, differences, read_cases, replay
from search_core.log.files import write_whole

_SHOWN = 3


def fidelity(
    cases: Annotated[
        Path,
        typer.Argument(help="Recorded cases, one JSON object a line.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write what our searches did here, one JSON object a line."),
    ] = None,
    json_: flags.Json = False,
) -> None:
    """Run recorded cases as published and compare. Any difference ends with exit code 1."""
    found: list[list[str]] = []
    records = []
    with bad_arguments():
        names = []
        for number, case in enumerate(read_cases(cases), start=1):
            record, where = _held_against(case)
            names.append(case.name or f"case {number}")
            found.append(where)
            records.append(record.to_dict() if record else None)
        if out:
            write_whole(out, "".join(json.dumps(record) + "\n" for record in records))
    agree = sum(not where for where in found)
    if json_:
        pairs = [{"name": n, "differences": w} for n, w in zip(names, found, strict=True)]
        print_json({"agree": agree, "cases": pairs})
    else:
        for name, where in zip(names, found, strict=True):
            for line in where[:_SHOWN]:
                results().print(plain(f"{name}: {line}"), markup=False, highlight=False)
        results().print(f"{agree} of {len(found)} agree.", markup=False, highlight=False)
    if agree < len(found):
        raise typer.Exit(RUN_FAILED)


def _held_against(case: Case) -> tuple[SearchRecord | None, list[str]]:
    try:
        record = replay(case)
    except WorldError as error:
        return None, [str(error)]
    return record, differences(record, case.expected)
