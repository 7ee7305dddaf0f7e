"""The first event of every run: what is being run, by whom."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from search_core.log.events.event import Event, FrozenRecord
from search_core.log.fields import ROOT, Count, Judged, Line, Name, StepsBy, Text, Value
from search_core.log.nodes import Node, NodeTable

FORMAT = "espalier-trace"
VERSION = 1
"""Of what is written now. Whoever changes the meaning of a field raises it by one, and writes
beside the event how the version before is read (`migrations`)."""


class ProblemRecord(FrozenRecord):
    """The problem of a run. See `search_core.problem.Problem`."""

    text: Text
    answer: Line | None = None
    family: Name | None = None
    level: int | None = None


class ModelRecord(FrozenRecord):
    """Identity of a solver or a verifier.

    `revision` is a commit or a content hash, `parameters` a count (None: unknown).
    """

    name: Name
    revision: Name = ""
    parameters: Count | None = None
    dtype: Name = ""
    device: Name = ""
    prompt: Text = ""
    """System prompt before the problem."""
    scores: Judged = "steps"
    """What a verifier judges; the JSON says it only where it is not the usual."""
    steps: StepsBy = "continued"
    """How a solver wrote steps after others; said as above."""
    step_style: Name = ""
    """How a solver writes steps, by name; said of those alone that end them elsewhere than at
    blank lines."""

    @model_serializer(mode="wrap")
    def _without_the_usual(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = dump(self)
        for name, usual in (("scores", "steps"), ("steps", "continued"), ("step_style", "")):
            if values.get(name) == usual:
                del values[name]
        return values


class Started(Event):
    """The header: what is being run, with everything needed to run it again."""

    written_whole: ClassVar[bool] = True
    remembered: ClassVar[bool] = True

    kind: Literal["started"] = "started"
    format: Literal["espalier-trace"] = "espalier-trace"
    version: int = VERSION
    run: Name
    problem: ProblemRecord
    solver: ModelRecord
    verifier: ModelRecord
    strategy: Name
    options: dict[Name, Value]
    sampling: dict[Name, Value]
    seed: int
    limits: dict[Name, Value]
    created: Name = ""
    """ISO 8601 time in UTC, or empty."""

    def apply_to(self, tree: NodeTable) -> None:
        tree.nodes[ROOT] = Node(ROOT, None, self.problem.text, 0, state="kept")
