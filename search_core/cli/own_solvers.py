"""Strategies for which there is a solver of their own run with that one, beside the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from search_core.evaluation.arms import Arm
from search_core.models import FIRST, ModelPair, usual_solver

Pairs = Mapping[str, ModelPair]
"""By the solver's embedded name."""


def own_pairs(
    arms: Sequence[Arm], measured: ModelPair, solver: str | None, opened: Callable[[str], ModelPair]
) -> Pairs:
    """The pairs of the solvers that were made for one of these strategies; none is loaded.

    Args:
        measured: The pair that is measured; one that is not embedded stays alone.
        solver: What the measured solver is called; None: the first one.
        opened: Gives the pair of a solver's embedded name.
    """
    if not measured.embedded:
        return {}
    usual = {usual_solver(arm.strategy) for arm in arms} - {FIRST, solver}
    return {name: opened(name) for name in sorted(usual)}


def with_own_solvers(arms: Sequence[Arm], pairs: Pairs) -> list[Arm]:
    """The arms, those with a solver of their own on the problems that it reads."""
    return [
        replace(arm, own_solver=name, families=tuple(pairs[name].card.get("families", ())))
        if (name := usual_solver(arm.strategy)) in pairs
        else arm
        for arm in arms
    ]
