"""What the page tells the browser: events that do not answer themselves, and no whole app."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import pytest

from components.page import build_page
from search_core.models import embedded_pair
from search_core.serving import RunRegistry


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Any:
    registry = RunRegistry(tmp_path_factory.mktemp("runs"))
    config = build_page(embedded_pair(), registry).get_config_file()
    registry.close()
    return config


def test_an_event_has_at_most_one_handler_that_is_told_again(config: Any) -> None:
    """Two of them chase each other for ever: see `FOLLOWING` in `components.handlers.attaching`."""
    told_again: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for handler in config["dependencies"]:
        if handler["trigger_mode"] == "always_last" and handler["backend_fn"]:
            for target, event in handler["targets"]:
                told_again[target, event].append(handler["id"])
    named = {one["id"]: one["props"].get("elem_id") for one in config["components"]}
    assert ("strategy", "change") in {(named.get(at), event) for at, event in told_again}
    assert {named.get(at): ids for (at, _), ids in told_again.items() if len(ids) > 1} == {}


def beyond_data(value: Any, where: str) -> Iterator[str]:
    """Where in it are things that have more hanging on them than is written there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from beyond_data(inner, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from beyond_data(inner, f"{where}.{index}")
    elif not isinstance(value, str | int | float | FunctionType | None):
        yield f"{where}: {type(value).__name__}"


def test_what_a_page_is_sent_reaches_no_further_than_itself(config: Any) -> None:
    """Gradio copies it for each page that opens, with all that hangs on it; of a function nothing.

    A component in there brings the page that it is part of, its handlers, and the runs they know.
    """
    assert list(beyond_data(config, "config")) == []
