"""The kinds of events: the page's fold and ours know the same ones, and a new one is one class."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest

from search_core.log.events import (
    EVENT_KINDS,
    BackedUp,
    Event,
    Sampled,
    Scored,
    event_from_dict,
    event_to_dict,
)
from search_core.log.nodes import NodeTable
from search_core.log.tree import Tree
from tests.test_tree import header, sampled

SCRIPTS = Path(__file__).parent.parent / "assets" / "js"
_CASE = re.compile(r"^  (\w+)\(tree(?:, event)?\) \{$", re.MULTILINE)
_COMPARED = re.compile(
    r"\b(?:event|last)\??\.kind === \"(\w+)\"|events\[[^\]]+\]\??\.kind === \"(\w+)\""
)
_LISTED = re.compile(r"^const (?:ENDING|SETTLING) = new Set\(\[([^\]]*)\]\)", re.MULTILINE)


def handled_by_the_page() -> list[str]:
    """The cases of the fold in JavaScript."""
    source = (SCRIPTS / "log" / "tree.js").read_text(encoding="utf-8")
    block = source.split("const HANDLERS = {\n", 1)[1].split("\n};\n", 1)[0]
    return _CASE.findall(block)


def test_both_folds_know_the_same_kinds() -> None:
    assert sorted(handled_by_the_page()) == sorted(EVENT_KINDS)


def test_what_the_page_asks_for_by_name_is_a_kind() -> None:
    named: set[str] = set()
    for path in SCRIPTS.rglob("*.js"):
        source = path.read_text(encoding="utf-8")
        named |= {name for found in _COMPARED.findall(source) for name in found if name}
        named |= {name for found in _LISTED.findall(source) for name in re.findall(r"\w+", found)}
    assert {"sampled", "voted", "decided", "warned"} <= named  # the search finds something
    assert named <= set(EVENT_KINDS)


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_every_kind_is_named_after_its_class(kind: str) -> None:
    assert re.sub(r"(?<!^)([A-Z])", r"_\1", EVENT_KINDS[kind].__name__).lower() == kind


def test_what_is_said_by_place_is_in_the_order_of_the_fields() -> None:
    # A value of its own for each field that a node keeps, under the name that it has there.
    step = {"text": "t", "tokens": 1, "logprob": -2.0, "ended": "end", "prefilled": 3, "reused": 4}
    step |= {"repeats": "step", "thought": "open", "forced": "f", "by": "b", "again": True}
    score = {"score": 0.125, "aggregate": 0.25, "ahead": "0.0", "reason": "w"}
    tree = Tree.from_events([header()])
    Sampled(seq=1, t=0.0, id="0", flops=5.0, **step).apply_to(tree)
    Scored(seq=2, t=0.0, id="0", tokens=6, flops=7.0, **score).apply_to(tree)
    BackedUp(seq=3, t=0.0, id="0", visits=8, value=0.75).apply_to(tree)
    node = tree.nodes["0"]
    kept = step | score | {"solver_flops": 5.0, "verifier_tokens": 6, "verifier_flops": 7.0}
    kept |= {"visits": 8, "value": 0.75}
    assert {name: getattr(node, name) for name in kept} == kept
    for kind in (Sampled, Scored, BackedUp):
        assert [field for field in kind.model_fields if field in kind.said] == list(kind.said)
    event = BackedUp(seq=3, t=0.5, id="0.1", visits=2, value=0.25)
    assert event.values() == ("0.1", 2, 0.25)


def test_a_new_kind_is_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EVENT_KINDS, "starred", Event)  # so that it is forgotten afterwards

    class Starred(Event):
        remembered = True
        kind: Literal["starred"] = "starred"
        id: str

        def apply_to(self, tree: NodeTable) -> None:
            tree.node(self.id).reason = "starred"

    values = {"seq": 2, "t": 1.0, "kind": "starred", "id": "0"}
    event = event_from_dict(values)
    assert event_to_dict(event) == values
    tree = Tree.from_events([header(), sampled("0")(1), event])
    assert tree.nodes["0"].reason == "starred"
    assert tree.all_of(Starred) == [event]
