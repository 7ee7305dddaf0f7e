"""What is wired to the page's events does not answer itself."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from components.page import build_page
from search_core.models import embedded_pair
from search_core.serving import RunRegistry


def test_an_event_has_at_most_one_handler_that_is_told_again(tmp_path: Path) -> None:
    """Two of them chase each other for ever: see `FOLLOWING` in `components.handlers.attaching`."""
    registry = RunRegistry(tmp_path)
    config = build_page(embedded_pair(), registry).get_config_file()
    registry.close()
    told_again: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for handler in config["dependencies"]:
        if handler["trigger_mode"] == "always_last" and handler["backend_fn"]:
            for target, event in handler["targets"]:
                told_again[target, event].append(handler["id"])
    named = {one["id"]: one["props"].get("elem_id") for one in config["components"]}
    assert ("strategy", "change") in {(named.get(at), event) for at, event in told_again}
    assert {named.get(at): ids for (at, _), ids in told_again.items() if len(ids) > 1} == {}
