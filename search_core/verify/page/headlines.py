"""The figures that one looks at first, of every card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from search_core.verify.page.figures import NOTHING, ci


def headline_rows(cards: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """The figures that one looks at first: a label, and a cell for each card."""
    rows: list[tuple[str, Callable[[Mapping[str, Any]], str]]] = [
        ("AUROC within a problem, solutions", lambda c: ci(_within(c, "solutions"))),
        ("AUROC pooled (misleads)", lambda c: ci(c["ranking"]["solutions"]["pooled"])),
        ("AUROC within a problem, steps", lambda c: ci(_within(c, "steps"))),
        ("First-error F1, pooled, %", lambda c: _f1(c["benchmarks"]["processbench"])),
        ("ECE of steps", lambda c: ci((c["reliability"]["steps"] or {}).get("ece"))),
        ("ECE of solutions", lambda c: ci((c["reliability"]["solutions"] or {}).get("ece"))),
        ("Cut steps that were wrong", lambda c: ci(_cut(c))),
        ("Best-of-N at the peak", lambda c: _peak(c["best_of_n"])),
    ]
    return [[label, *(cell(card) for card in cards.values())] for label, cell in rows]


def _within(card: Mapping[str, Any], what: str) -> Any:
    found = card["ranking"][what]["within_problem"]
    return found and found["auroc"]


def _cut(card: Mapping[str, Any]) -> Any:
    return card["cuts"] and card["cuts"]["by_threshold"]["precision"]


def _f1(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return NOTHING
    f1 = found["pooled"]["f1"]
    return "undefined" if f1 is None else f"{f1:.1f}"


def _peak(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return NOTHING
    return f"{found['peak']['value']:.3f} at N={found['peak']['n']} of {found['largest_n']}"
