"""The last stage: measures both models and writes their cards."""

from __future__ import annotations

from typing import Any

from search_core.embedded.families import FAMILIES
from search_core.embedded.training.card import write_cards
from search_core.embedded.training.export import revision_of
from search_core.embedded.training.measure import (
    Measured,
    MeasureOrder,
    mean_lengths,
    measure,
    summarise,
)
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop, timed


def budgets(attempts: int) -> tuple[int, ...]:
    """The N at which votes are measured: 1, 4, 16, 64 as far as the attempts go."""
    return (*(n for n in (1, 4, 16, 64) if n < attempts), attempts)


def measure_models(shop: Workshop) -> None:
    """Measures on the test split, keeps the figures, and writes both model cards."""
    revisions = [revision_of(shop.solver_folder), revision_of(shop.verifier_folder)]
    if not shop.has_noted("measured") or shop.noted("measured")["revisions"] != revisions:
        shop.note("measured", {"revisions": revisions} | _measured(shop))
    write_cards(shop)


def _measured(shop: Workshop) -> dict[str, Any]:
    settings = shop.settings
    orders = [
        MeasureOrder(
            solver_folder=shop.solver_folder,
            verifier_folder=shop.verifier_folder,
            solver_shape=settings.shape,
            verifier_shape=settings.verifier_shape,
            sampling=settings.sampling,
            family=family.name,
            level=level,
            problems=settings.measured_problems,
            attempts=settings.measured_attempts,
            seed=settings.measured_seed,
        )
        for family in FAMILIES.values()
        for level in family.levels
    ]
    with timed() as taken, Report("Measurements (levels)", len(orders)) as report:
        results = map_in_processes(measure, orders, shop.workers, report.update)
    measured: dict[str, list[Measured]] = {family: [] for family in FAMILIES}
    for order, result in zip(orders, results, strict=True):
        measured[order.family] += result
    figures: dict[str, Any] = {
        family: summarise(items, budgets(settings.measured_attempts), settings.measured_seed)
        for family, items in measured.items()
    }
    return {"figures": figures, "lengths": mean_lengths(measured)} | taken
