"""The visitor that measures knows a node when one comes."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from search_core.bench.synthetic import synthetic_log
from search_core.bench.visitor import tells_of_a_node
from search_core.log.events import Event
from search_core.serving import encode_batch


def message(events: Sequence[Event]) -> str:
    """As the page's event stream brings a batch."""
    return json.dumps({"msg": "process_generating", "output": {"data": [encode_batch(events)]}})


@pytest.mark.parametrize("nodes", [1, 2, 16])
def test_a_batch_brings_a_node_however_many_come_with_it(nodes: int) -> None:
    events = synthetic_log(40)
    sampled = [event for event in events if event.kind == "sampled"]
    others = [event for event in events if event.kind != "sampled"]
    assert not tells_of_a_node(message(others))
    assert tells_of_a_node(message([*others[:3], *sampled[:nodes]]))
