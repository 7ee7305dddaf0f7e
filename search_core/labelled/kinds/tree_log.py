"""llm-reasoners' TreeLog: a picture of the whole tree after each iteration of its search.

{"logs": [{"nodes": {id: {"id", "data": {...}, "selected_edge"}}, "edges": {id: {"id", "source",
"target", "data": {"Q", "reward", "action", ...}}}}]}. A node that appears was sampled; a reward in
[0, 1] is its score; a Q that changes was backed up. Ids are numbers, which JSON's keys cannot be.
A node's text is its edge's action, or else its own data.
Source: github.com/maitrix-org/llm-reasoners, reasoners/visualization.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from search_core.labelled import cells
from search_core.labelled.growing import GrownTree
from search_core.labelled.kinds.kind import FileKind, Reading, group_of
from search_core.labelled.solution import LabelledSolution
from search_core.log.events import ROOT
from search_core.log.traces import Trace
from search_core.problem import Problem
from search_core.problem_files.lines import ProblemFileError
from search_core.problem_files.row import Row
from search_core.problem_files.rows import MOST_LIST_BYTES, rows_of

REWARD = "llm-reasoners' reward"
STRATEGY = "tree_log"
UNKNOWN_PROBLEM = "(The problem was not given.)"
NO_VISITS = "The file does not count visits: the numbers say how often a node's Q changed."
_MOST_NODES = 20_000


def _rows(path: Path) -> Iterator[Row]:
    """The file's trees, a row each; the snapshots of one that was taken apart are put together."""
    size = path.stat().st_size
    if size > MOST_LIST_BYTES:
        raise ProblemFileError(
            f"it has {size:,} bytes; at most {MOST_LIST_BYTES:,} of one tree are read"
        )
    snapshots = []
    for row in rows_of(path):
        if row.mistake or not _is_snapshot(row.values):
            yield row
        else:
            snapshots.append(row.values)
    if snapshots:
        yield Row("the log", {"logs": snapshots})


def _is_snapshot(values: cells.Values) -> bool:
    return isinstance(values.get("nodes"), dict) and isinstance(values.get("edges"), dict)


def _recognised(values: cells.Values) -> bool:
    logs = values.get("logs")
    return _is_snapshot(values) or (
        isinstance(logs, list) and bool(logs) and isinstance(logs[0], dict) and "nodes" in logs[0]
    )


def _trees(row: Row, reading: Reading) -> Iterator[Trace]:
    snapshots = cells.listed(row.values, "logs")
    if not snapshots:
        raise ValueError("has no snapshots in 'logs'")
    yield _Replay(snapshots[0], f"{reading.report.name}, {row.where}").of(snapshots)


def _solutions(row: Row, reading: Reading) -> Iterator[LabelledSolution]:
    for trace in _trees(row, reading):
        tree = trace.tree
        for node in tree.steps():
            if not node.children:
                path = tree.path(node.id)
                scores = tuple(step.score for step in path)
                yield LabelledSolution(
                    id=node.id,
                    problem=tree.root.text,
                    steps=tuple(step.text for step in path),
                    scores={} if all(score is None for score in scores) else {REWARD: scores},
                    answer=node.answer,
                    group=group_of(tree.root.text),
                )


class _Replay:
    """One tree's snapshots, told one after the other as what changed between them."""

    def __init__(self, first: Any, run: str) -> None:
        self._root = _root_of(first)
        nodes = _objects(first, "nodes")
        text = _data_text(nodes[self._root].get("data")) or UNKNOWN_PROBLEM
        self._tree = GrownTree(
            Problem(text), run=run, solver="llm-reasoners' solver", verifier=REWARD,
            strategy=STRATEGY,
        )  # fmt: skip
        self._ids = {self._root: ROOT}
        self._values: dict[str, float] = {}
        self._changes: dict[str, int] = {}
        self._changed: dict[str, float] = {}
        self._scores: dict[str, float | None] = {}
        self._selected: list[str] = []

    def of(self, snapshots: list[Any]) -> Trace:
        for number, snapshot in enumerate(snapshots, start=1):
            try:
                self._tell(snapshot)
            except ValueError as error:
                raise ValueError(f"{error} (snapshot {number})") from error
        if self._changes:
            self._tree.warn(NO_VISITS)
        end = self._selected[-1:]
        if self._selected[:-1]:
            self._tree.decide(
                "highest_q", "The edges with the highest Q lead here.", kept=self._selected[:-1]
            )
        return self._tree.finish(end)

    def _tell(self, snapshot: Any) -> None:
        nodes, edges = _objects(snapshot, "nodes"), _objects(snapshot, "edges")
        if len(nodes) > _MOST_NODES:
            raise ValueError(f"has {len(nodes):,} nodes; at most {_MOST_NODES:,} are read")
        leading = {}  # by the node that an edge leads to
        below: dict[str, list[str]] = {}
        for edge in edges.values():
            source, target = str(edge.get("source")), str(edge.get("target"))
            if source not in nodes or target not in nodes or target in leading:
                raise ValueError(f"has an edge from {source:.20} to {target:.20}: it is no tree")
            leading[target] = edge
            below.setdefault(source, []).append(target)
        self._changed, self._scores = {}, {}
        waiting, seen = [self._root], set()
        while waiting:
            at = waiting.pop()
            if at not in nodes or at in seen:
                raise ValueError("is no tree that begins where the first snapshot began")
            seen.add(at)
            for child in below.get(at, []):
                self._node(at, child, nodes[child], leading[child])
            waiting += reversed(below.get(at, []))
        if seen != set(nodes):
            raise ValueError("has nodes that no edge leads to: it is no tree")
        self._tree.score(self._scores)
        for key, value in self._changed.items():
            self._tree.back_up(self._ids[key], self._changes[key], value)
        self._selected = self._selection(nodes, edges)

    def _node(self, parent: str, key: str, node: cells.Values, edge: cells.Values) -> None:
        data = edge.get("data")
        data = data if isinstance(data, Mapping) else {}
        if key not in self._ids:
            action = data.get("action")
            text = action if isinstance(action, str) and action else _data_text(node.get("data"))
            (text,) = cells.checked_steps([text], "nodes")
            found = self._ids[key] = self._tree.step(self._ids[parent], text)
            reward = _number(data.get("reward"))
            self._scores[found] = reward if reward is not None and 0 <= reward <= 1 else None
        value = _number(data.get("Q"))
        if value is not None and value != self._values.get(key):
            self._values[key] = self._changed[key] = value
            self._changes[key] = self._changes.get(key, 0) + 1

    def _selection(self, nodes: Mapping[str, cells.Values], edges: cells.Values) -> list[str]:
        """The nodes along the selected edges, from the root down."""
        found: list[str] = []
        at = self._root
        while len(found) < len(nodes):
            edge = edges.get(str(nodes[at].get("selected_edge")))
            if edge is None or str(edge.get("source")) != at:
                break
            at = str(edge.get("target"))
            found.append(self._ids[at])
        return found


def _objects(snapshot: Any, name: str) -> dict[str, Any]:
    """Nodes or edges by their ids."""
    found = cells.inner(cells.inner({"logs": snapshot}, "logs"), name)
    return {str(key): cells.inner({name: value}, name) for key, value in found.items()}


def _root_of(snapshot: Any) -> str:
    """The one node that no edge leads to."""
    nodes = _objects(snapshot, "nodes")
    targets = {str(edge.get("target")) for edge in _objects(snapshot, "edges").values()}
    roots = [key for key in nodes if key not in targets]
    if len(roots) != 1:
        raise ValueError(f"has {len(roots)} nodes that no edge leads to; expected one, the root")
    return roots[0]


def _data_text(data: Any) -> str:
    """What a node holds, as text: a text alone, or each field on a line of its own."""
    if isinstance(data, str):
        return data
    if not isinstance(data, Mapping):
        return "" if data is None else str(data)
    fields = {str(name): value for name, value in data.items() if value not in (None, "")}
    if len(fields) == 1:
        return str(next(iter(fields.values())))
    return "\n".join(f"{name}: {value}" for name, value in fields.items())


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


TREE_LOG = FileKind(
    name="tree_log",
    title="llm-reasoners TreeLog",
    columns=frozenset({"logs", "nodes", "edges"}),
    recognised=_recognised,
    solutions=_solutions,
    trees=_trees,
    rows=_rows,
)
