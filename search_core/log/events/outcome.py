"""Events of a run's end: the votes, right and wrong, and how it came out."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

from search_core.log.events.event import Event
from search_core.log.fields import AnswerText, Line, NodeId, Real, Status, VoteMethod
from search_core.log.nodes import NodeTable


class Tally(NamedTuple):
    """One answer's votes; `[group, answer, votes, solutions]` in JSON."""

    group: int
    answer: AnswerText
    votes: Real
    solutions: int


class Voted(Event):
    """All candidates judged by one method."""

    remembered: ClassVar[bool] = True

    kind: Literal["voted"] = "voted"
    method: VoteMethod
    tally: tuple[Tally, ...]
    """Best first; ties in order of first appearance."""
    chosen: NodeId | None = None
    """The solution chosen: of the winning answer, the best-scoring one (majority: the first)."""

    def apply_to(self, tree: NodeTable) -> None:
        tree.check_chosen(self.chosen)


class Graded(Event):
    """Solutions held against the reference; written after all decisions, seen by none."""

    kind: Literal["graded"] = "graded"
    right: tuple[NodeId, ...] = ()
    wrong: tuple[NodeId, ...] = ()
    undecided: tuple[NodeId, ...] = ()
    """Solutions whose answer could not be compared with the reference."""

    def apply_to(self, tree: NodeTable) -> None:
        for right, ids in ((True, self.right), (False, self.wrong)):
            for node_id in ids:
                tree.node(node_id).right = right
        for node_id in self.undecided:
            tree.node(node_id).right_undecided = True


class Finished(Event):
    """The last event of every run."""

    remembered: ClassVar[bool] = True

    kind: Literal["finished"] = "finished"
    status: Status
    message: Line = ""
    method: VoteMethod | None = None
    """The vote that chose."""
    chosen: NodeId | None = None
    answer: AnswerText | None = None

    def apply_to(self, tree: NodeTable) -> None:
        tree.check_chosen(self.chosen)
