"""Event logs of runs over a fake world, as dictionaries."""

from __future__ import annotations

from typing import Any

from search_core import Problem, search
from search_core.log.events import event_to_dict
from tests.fakes import World

Events = list[dict[str, Any]]


def fake_log(name: str, strategy: str = "beam_search", **options: Any) -> Events:
    """A run over a fake world."""
    world = World(seed=3, words=9, ends=0.2, cut_off=0.02)
    result = search(
        Problem("What is 3 * 8 - 4?", answer="4"),
        strategy,
        solver=world.solver(),
        verifier=world.verifier(),
        **{"n": 16, **options},
    )
    return renamed([event_to_dict(event) for event in result.events], name)


def renamed(events: Events, name: str) -> Events:
    return [{**events[0], "run": name}, *events[1:]]


def fake_greedy() -> Events:
    world = World(seed=3)
    result = search(Problem("1 + 1?"), "greedy", solver=world.solver(), verifier=world.verifier())
    return [event_to_dict(event) for event in result.events]
