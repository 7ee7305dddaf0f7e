"""Where the command line writes, and how numbers and strangers' text look there."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer
from rich.console import Console

from search_core.picture.doubts import UNDECIDED_MARK, UNDECIDED_MEANING
from search_core.picture.text import printable

_FILE_WIDTH = 120
"""Columns where no terminal says how wide it is."""
_UNITS = ("", "k", "M", "G", "T", "P", "E")


def messages() -> Console:
    """Standard error: progress, notices and failures."""
    return Console(stderr=True)


def results() -> Console:
    """Standard output: what was asked for."""
    return Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)


def print_json(values: Any) -> None:
    """Write values as JSON to standard output, and nothing else."""
    typer.echo(json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False))


def plain(text: str) -> str:
    """Text that cannot steer a terminal: hidden characters become U+FFFD, tabs spaces."""
    return printable(text.replace("\t", " "), keep="\n")


def short_number(value: float) -> str:
    """Three digits and a unit: 950, 1.20k, 34.5M."""
    number, unit = _scaled(value)
    return number + unit


def flops(value: float, *, tokens: float) -> str:
    """FLOPs of a model; 0 although it read or wrote tokens means that nobody knows."""
    if not value and tokens:
        return "unknown FLOPs"
    number, unit = _scaled(value)
    return f"{number} {unit}FLOPs"


def _scaled(value: float) -> tuple[str, str]:
    size = 0
    while abs(value) >= 999.5 and size < len(_UNITS) - 1:
        value /= 1000
        size += 1
    whole = size == 0 and float(value).is_integer()
    digits = 0 if whole else max(0, 3 - len(f"{abs(value):.0f}"))
    return f"{value:.{digits}f}", _UNITS[size]


def verdict(right: bool | None, *, undecided: bool = False) -> str:
    """Right, wrong, undecided, or nothing where nobody knows; said by a sign and a word."""
    if undecided:
        return f"{UNDECIDED_MARK} {UNDECIDED_MEANING}"
    return {True: "✓ right", False: "✗ wrong", None: ""}[right]
