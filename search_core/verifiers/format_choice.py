"""Which format is meant: by the name that somebody gives it, or by what a checkpoint tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from search_core.protocols import UsageError
from search_core.verifiers.format_row import VerifierFormat
from search_core.verifiers.format_table import FORMATS
from search_core.verifiers.formats.readout_kinds import HeadLabels

AUTO = "auto"
"""Stands for the format that a checkpoint, or an address, tells by itself."""


def list_of_formats() -> str:
    """One line for each format, for messages and help."""
    return "\n".join(map(_line, FORMATS.values()))


def _line(row: VerifierFormat) -> str:
    also = f"; also called {', '.join(row.aliases)}" if row.aliases else ""
    return f"  {row.usage}: {row.about} ({row.models}){also}"


def parsed(text: str) -> tuple[VerifierFormat, str]:
    """A format and the argument after its colon; "" if there is none.

    Raises:
        ValueError: There is no such format, it takes no argument, or it has no such variant.
    """
    name, colon, argument = text.partition(":")
    found = [row for row in FORMATS.values() if name in (row.name, *row.aliases)]
    if not found:
        raise UsageError(f"Verifier format {name!r:.60} is unknown. Known:\n{list_of_formats()}")
    row = found[0]
    if colon and not row.argument:
        raise UsageError(f"Verifier format {name} takes nothing after a colon; got {text!r:.80}.")
    if argument and row.variants and argument not in row.variants:
        known = " or ".join(f"{row.name}:{word}" for word in row.variants)
        raise UsageError(
            f"Verifier format {row.name} has no variant {argument!r:.40}; expected {known}."
        )
    return row, argument


def recognised(
    name: str, config: Mapping[str, Any], weights: Collection[str], card: Mapping[str, Any]
) -> str:
    """The format that a checkpoint is in, with its argument.

    Args:
        name: The checkpoint's: its Hub id, or its folder's name.
        config: Its config.json.
        weights: The names of its weights.
        card: Its espalier.json, where "format" may say it; {} if there is none.

    Raises:
        ValueError: It could be in several, or in none.
    """
    if "format" in card:
        return str(card["format"])
    architectures = [str(architecture) for architecture in config.get("architectures") or []]
    told: tuple[Callable[[VerifierFormat], bool], ...] = (
        lambda row: _has_head(row, weights),
        lambda row: bool(row.published) and re.search(row.published, name) is not None,
        lambda row: (
            bool(row.architecture)
            and any(architecture.endswith(row.architecture) for architecture in architectures)
        ),
    )
    for tells in told:
        for row in FORMATS.values():
            if tells(row):
                return f"{row.name}:{row.usual_variant}" if row.usual_variant else row.name
    got = ", ".join(architectures) or "no architecture in its config"
    raise UsageError(
        f"{name} is {got}, which does not tell how it scores steps. Name its format, with "
        f"--verifier-format or format=:\n{list_of_formats()}"
    )


def _has_head(row: VerifierFormat, weights: Collection[str]) -> bool:
    """Whether these are the names of the format's own head."""
    if not isinstance(row.readout, HeadLabels):
        return False
    return {f"{layer}.weight" for layer in row.readout.layers} <= set(weights)
