"""The kinds of rows that are written, and what each is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from search_core.labelled.report import WritingReport
from search_core.labelled.solution import LabelledSolution
from search_core.labelled.writing import completion_rows, prm800k_rows, trl_rows
from search_core.labelled.writing.benchmark_rows import plain_rows, processbench_rows
from search_core.labelled.writing.spans import spans_of_tree
from search_core.labelled.writing.values import NodeValues
from search_core.log.events import event_to_dict
from search_core.log.traces import Trace

Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of rows.

    Attributes:
        name: What it is asked for by.
        what: What it is, in a few words.
        of_solutions: Rows of solutions, one after the other; None: made of trees alone.
        of_tree: Rows of one tree with the values of its nodes; None: made of solutions alone.
        per_tree: Whether each tree is a file, or several, of its own, in a folder.
        labelled: Whether rows of a tree say its labels.
    """

    name: str
    what: str
    of_solutions: Callable[[Iterable[LabelledSolution], WritingReport], Rows] | None = None
    of_tree: Callable[[Trace, NodeValues, WritingReport], Rows] | None = None
    per_tree: bool = False
    labelled: bool = False


def _events(trace: Trace, _: NodeValues, __: WritingReport) -> Rows:
    return map(event_to_dict, trace.events)


def _completions(trace: Trace, _: NodeValues, report: WritingReport) -> Rows:
    return completion_rows.of_tree(trace, report)


def _spans(trace: Trace, _: NodeValues, report: WritingReport) -> Rows:
    return spans_of_tree(trace, report)


_ALL = (
    Target("plain", "plain rows, with all that is known of each solution", plain_rows),
    Target("processbench", "rows of ProcessBench", processbench_rows),
    Target(
        "prm800k",
        "rows of PRM800K, siblings as a step's completions",
        prm800k_rows.of_solutions,
        prm800k_rows.of_tree,
        labelled=True,
    ),
    Target(
        "trl",
        "rows for TRL's PRMTrainer",
        trl_rows.of_solutions,
        trl_rows.of_tree,
        labelled=True,
    ),
    Target(
        "search_and_learn",
        "search-and-learn's columns, a problem a row",
        completion_rows.of_solutions,
        _completions,
    ),
    Target("openinference", "spans for tracing tools", of_tree=_spans),
    Target("sessions", "sessions for the Hub's viewer, a file a path", per_tree=True),
    Target("trace", "traces, which the page opens, a file a tree", of_tree=_events, per_tree=True),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in _ALL}
"""Every kind of rows by its name."""
