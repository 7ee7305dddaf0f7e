"""Traces of version 1 are read for good.

`tests/golden/traces_v1` holds one trace of each strategy, and one with every kind of event, as
version 1 wrote them, each with the tree that it added up to then. These files are never made
anew: if one is not read any more, or as another tree, the reader is wrong and not the file. A
later version may say more of a node than is recorded here, never less and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from search_core.log.events import EVENT_KINDS, VERSION
from search_core.log.traces import read_trace
from search_core.strategies import STRATEGIES

FOLDER = Path(__file__).parent / "golden" / "traces_v1"
TRACES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
EVERY_KIND = "every_kind"


def recorded(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((FOLDER / f"{name}.tree.json").read_text("utf-8"))
    return values


def differing(recorded: Any, found: Any, where: str = "trace") -> list[str]:
    """Where a tree says less or something else than was recorded; more is no difference."""
    if isinstance(recorded, dict) and isinstance(found, dict):
        missing = [f"{where}.{key} is gone" for key in recorded if key not in found]
        both = [key for key in recorded if key in found]
        parts = [differing(recorded[key], found[key], f"{where}.{key}") for key in both]
        return missing + [said for part in parts for said in part]
    if isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        pairs = enumerate(zip(recorded, found, strict=True))
        parts = [differing(old, new, f"{where}[{place}]") for place, (old, new) in pairs]
        return [said for part in parts for said in part]
    return [] if recorded == found else [f"{where} was {recorded!r:.80}, is {found!r:.80}"]


@pytest.mark.parametrize("name", TRACES)
def test_a_trace_of_version_1_adds_up_to_the_tree_of_then(name: str) -> None:
    trace = read_trace(FOLDER / f"{name}.jsonl")
    found = {"tree": trace.tree.to_dict(), "whys": [said.why for said in trace.tree.decisions]}
    assert differing(recorded(name), json.loads(json.dumps(found))) == []
    assert trace.notice == ("" if VERSION == 1 else f"Migrated from trace version 1 to {VERSION}.")


def test_there_is_one_of_each_strategy_and_one_with_every_kind() -> None:
    assert {*STRATEGIES, EVERY_KIND} <= set(TRACES)
    kinds = {event.kind for event in read_trace(FOLDER / f"{EVERY_KIND}.jsonl").events}
    assert kinds <= set(EVENT_KINDS)
    assert len(kinds) == 14


def test_nobody_made_them_anew() -> None:
    sums = json.loads((FOLDER / "sha256.json").read_text("utf-8"))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.iterdir()
        if path.name != "sha256.json"
    }
    assert found == sums


def test_less_or_else_would_be_noticed() -> None:
    old = {"nodes": [{"id": "0", "score": 0.5}], "seq": 3}
    assert differing(old, {"nodes": [{"id": "0", "score": 0.5, "new": 1}], "seq": 3}) == []
    assert differing(old, {"nodes": [{"id": "0"}], "seq": 3}) == ["trace.nodes[0].score is gone"]
    assert differing(old, {"nodes": [], "seq": 4}) != []
