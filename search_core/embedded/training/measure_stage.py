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
    summarise_solver,
)
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop, timed


def budgets(attempts: int) -> tuple[int, ...]:
    """The N at which votes are measured: 1, 4, 16, 64 as far as the attempts go."""
    return (*(n for n in (1, 4, 16, 64) if n < attempts), attempts)


def measure_models(shop: Workshop) -> None:
    """Measures on the test split, keeps the figures, and writes every model's card."""
    folders = [shop.solver_folder(size.name) for size in shop.settings.sizes]
    folders += [shop.verifier_folder(name) for name in verifier_shapes(shop)]
    revisions = [revision_of(folder) for folder in folders]
    if not shop.has_noted("measured") or shop.noted("measured")["revisions"] != revisions:
        shop.note("measured", {"revisions": revisions} | _measured(shop))
    write_cards(shop)


def verifier_shapes(shop: Workshop) -> dict[str, DecoderShape]:
    """Every verifier that the recipe makes, with its shape."""
    small, large = shop.settings.sizes
    return {
        "small": small.verifier_shape,
        "large": large.verifier_shape,
        "outcome": small.verifier_shape,
        "early": small.shape,
    }


def _measured(shop: Workshop) -> dict[str, Any]:
    settings = shop.settings
    shapes = verifier_shapes(shop)
    verifiers = {name: (shop.verifier_folder(name), shape) for name, shape in shapes.items()}
    # The verifiers judge the small solver's attempts; the large solver answers alone.
    judged = {"small": verifiers, "large": {}}
    orders = [
        (
            size.name,
            MeasureOrder(
                solver_folder=shop.solver_folder(size.name),
                solver_shape=size.shape,
                verifiers=judged[size.name],
                sampling=shop.sampling,
                family=family.name,
                level=level,
                problems=settings.measured_problems,
                attempts=settings.measured_attempts,
                seed=settings.measured_seed,
            ),
        )
        for size in settings.sizes
        for family in FAMILIES.values()
        for level in family.levels
    ]
    with timed() as taken, Report("Measurements (levels)", len(orders)) as report:
        just_orders = [order for _, order in orders]
        results = map_in_processes(measure, just_orders, shop.workers, report.update)
    measured: dict[str, dict[str, list[Measured]]] = {
        size.name: {family: [] for family in FAMILIES} for size in settings.sizes
    }
    for (name, order), result in zip(orders, results, strict=True):
        measured[name][order.family] += result
    seed = settings.measured_seed
    return {
        "solvers": {
            name: {f: summarise_solver(items, seed) for f, items in families.items()}
            for name, families in measured.items()
        },
        "verifiers": {
            name: {
                family: summarise(
                    items,
                    name,
                    shop.noted(f"calibration-{name}").get("first_error_threshold", 0.5),
                    budgets(settings.measured_attempts),
                    seed,
                )
                for family, items in measured["small"].items()
            }
            for name in shapes
        },
        "lengths": {name: mean_lengths(families) for name, families in measured.items()},
    } | taken
