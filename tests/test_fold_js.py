"""The page folds a log to the tree that Python folds it to, at its end and on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from search_core import read_trace
from search_core.log.events import event_from_dict, event_to_dict
from search_core.log.tree import Tree
from tests.browser.method_logs import METHODS
from tests.fake_logs import Events, fake_greedy, fake_log
from tests.node import told

TRACES = sorted((Path(__file__).resolve().parents[1] / "assets/traces").glob("*.jsonl"))
FOLDED = "toJSON(Tree.fromEvents(it))"


def folded(events: Events) -> Any:
    tree = Tree.from_events([event_from_dict(event) for event in events])
    return json.loads(json.dumps(tree.to_dict()))


def test_logs_of_every_kind_fold_alike_wherever_one_looks() -> None:
    logs = {
        **METHODS,
        "beam": fake_log("beam"),
        "dvts": fake_log("dvts", "dvts"),
        "best": fake_log("best", "best_of_n"),
        "greedy": fake_greedy(),
        **{path.stem: [event_to_dict(e) for e in read_trace(path).events] for path in TRACES},
    }
    parts = [
        (name, events[:cursor])
        for name, events in logs.items()
        for cursor in sorted({len(events), len(events) // 2, 1, len(events) // 3})
    ]
    names = {"Tree": "log/tree.js", "toJSON": "log/tree.js"}
    theirs = told(names, FOLDED, [events for _, events in parts])
    for (name, events), tree in zip(parts, theirs, strict=True):
        assert tree == folded(events), (name, len(events))
