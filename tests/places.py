"""All places of the app that are pages of their own, as one small application."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.compare import compare_routes, pin_recorded_race
from components.controls import ModelOffer
from components.guide import guide_routes
from components.learn import learn_routes
from components.verify import verify_routes
from search_core.models import embedded_pair
from search_core.serving import RunRegistry


def places_client(runs: Path) -> TestClient:
    """Asks them.

    Args:
        runs: A folder for runs.
    """
    registry = RunRegistry(runs)
    offer = ModelOffer.of(embedded_pair())
    compare = compare_routes(offer, registry, pin_recorded_race(registry))
    places = [*guide_routes(), *learn_routes(), *verify_routes(), *compare]
    return TestClient(Starlette(routes=places))
