"""The tree: a fold over the event log.

`assets/js/log/tree.js` is the same fold in the browser; a test holds them against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from search_core.log.events import (
    Allocated,
    Decided,
    Event,
    Finished,
    Noted,
    Started,
    Voted,
    Warned,
    event_to_dict,
)
from search_core.log.fields import ROOT
from search_core.log.nodes import FINAL_STATES, LogError, Node, NodeState, NodeTable

__all__ = ["FINAL_STATES", "LogError", "Node", "NodeState", "Tree"]

# A path that stopped without an answer: marked as such, and excluded from votes.
UNFINISHED_RULES = frozenset({"out_of_steps", "too_long", "given_up", "run_ended"})


@dataclass(slots=True, repr=False)
class Tree(NodeTable):
    """Everything that the events so far add up to."""

    @classmethod
    def from_events(cls, events: Iterable[Event]) -> Tree:
        """Fold a whole log.

        Raises:
            LogError: The events contradict each other.
        """
        tree = cls()
        for event in events:
            tree.apply(event)
        return tree

    def __repr__(self) -> str:
        strategy = self.started.strategy if self.started else "not started"
        answer = self.finished.answer if self.finished else None
        steps = max(0, len(self.nodes) - 1)
        return f"<{type(self).__name__}: {strategy}, {steps} steps, answer {answer!r}>"

    def apply(self, event: Event) -> None:
        """Take one more event into account.

        Raises:
            LogError: It does not follow from the events before it.
        """
        if event.seq != self.seq + 1:
            raise LogError(f"Event {event.seq} follows event {self.seq}: the log has a hole.")
        if (event.seq == 0) != isinstance(event, Started):
            raise LogError("A log starts with exactly one 'started' event.")
        if Finished in self.remembered:
            raise LogError(f"Event {event.seq} comes after the run finished.")
        self.follow(event)

    def follow(self, event: Event) -> None:
        """The same of an event whose place in the log is known to be the next."""
        self.seq = event.seq
        event.apply_to(self)
        if event.remembered:
            kind = type(event)
            if kind not in self.remembered:
                self.remembered[kind] = []
            self.remembered[kind].append(event)

    # What was said ---------------------------------------------------------------------------

    @property
    def started(self) -> Started | None:
        """The header."""
        return next(iter(self.all_of(Started)), None)

    @property
    def finished(self) -> Finished | None:
        """The last event; None while the run goes on."""
        return next(iter(self.all_of(Finished)), None)

    @property
    def decisions(self) -> list[Decided]:
        return self.all_of(Decided)

    @property
    def allocations(self) -> list[Allocated]:
        return self.all_of(Allocated)

    @property
    def votes(self) -> dict[str, Voted]:
        """By method, in the order in which they were held."""
        return {vote.method: vote for vote in self.all_of(Voted)}

    @property
    def notes(self) -> list[Noted]:
        return self.all_of(Noted)

    @property
    def warnings(self) -> list[Warned]:
        return self.all_of(Warned)

    # Nodes -----------------------------------------------------------------------------------

    @property
    def root(self) -> Node:
        return self.nodes[ROOT]

    @property
    def rounds(self) -> int:
        """Number of the last round with a decision (0: none)."""
        return max((decision.round for decision in self.decisions), default=0)

    def path(self, node_id: str) -> list[Node]:
        """Nodes from the first step to `node_id`; empty for the root."""
        path: list[Node] = []
        node = self.node(node_id)
        while node.parent is not None:
            path.append(node)
            node = self.nodes[node.parent]
        return path[::-1]

    def steps(self) -> Iterator[Node]:
        """All nodes but the root, in the order in which they were sampled."""
        return (node for node in self.nodes.values() if node.parent is not None)

    def unfinished(self, node: Node) -> bool:
        """Whether a path stopped at this node without an answer."""
        return node.decision is not None and self.decisions[node.decision].rule in UNFINISHED_RULES

    def ranked_with(self, decision: Decided) -> int:
        """How many nodes were ranked together by a decision, those among them about which a person
        decided otherwise, which have decisions of their own."""
        place = decision.round, decision.subtree, decision.cutoff
        found = [
            other
            for other in self.decisions
            if other is decision
            or (
                (other.round, other.subtree, other.cutoff) == place
                and (_by_hand(other) or _by_hand(decision))
            )
        ]
        return sum(len(other.kept) + len(other.pruned) for other in found)

    # As a whole ------------------------------------------------------------------------------

    def copy(self) -> Tree:
        """An independent copy, for keyframes and what-if. Events never change and are shared."""
        return replace(
            self,
            nodes={
                key: replace(node, children=list(node.children)) for key, node in self.nodes.items()
            },
            undecided=set(self.undecided),
            remembered={kind: list(events) for kind, events in self.remembered.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values of the whole tree, nodes in the order of sampling.

        The browser's fold gives the same.
        """
        return {
            "seq": self.seq,
            "nodes": [asdict(node) for node in self.nodes.values()],
            "undecided": sorted(self.undecided),
            "rounds": self.rounds,
            "votes": {method: event_to_dict(vote) for method, vote in self.votes.items()},
            "status": self.finished.status if self.finished else None,
            "chosen": self.finished.chosen if self.finished else None,
            "cost": asdict(self.cost),
        }


def _by_hand(decision: Decided) -> bool:
    return decision.rule.endswith("_by_hand")
