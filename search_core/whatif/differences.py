"""Where two runs over the same replies decided otherwise."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from search_core.log.events import (
    Allocated,
    Completed,
    Decided,
    Event,
    Merged,
    Spent,
)
from search_core.log.nodes import NodeState
from search_core.log.tree import Tree
from search_core.records import quickly_made

_OPEN: frozenset[NodeState] = frozenset({"frontier", "candidate"})


@quickly_made
@dataclass(frozen=True, slots=True)
class Difference:
    """One step that both runs have, and about which they decided otherwise.

    Attributes:
        id: The step.
        round: In which the other run decides about it.
        was, would_be: What became of it, and what would have.
        margin_was, margin: Its aggregate minus the cut-off, then and now; None: nothing was ranked.
        copies_was, copies: How often the search went on from it, where the method says so.
        sure: Whether it holds whatever else would have been written: False after a point at which
            steps were missing.
    """

    id: str
    round: int
    was: NodeState
    would_be: NodeState
    margin_was: float | None = None
    margin: float | None = None
    copies_was: int | None = None
    copies: int | None = None
    sure: bool = True


def differences(before: Tree, after: Tree, events: Iterable[Event], known: int) -> list[Difference]:
    """What was decided otherwise, in the order in which it would have been decided.

    A step that only one of the runs has is none of these: it follows from what became of the steps
    before it, or from the budget.

    Args:
        before: The run as it was.
        after: The run as it would have been.
        events: Of its log all that decides (`RunLog.deciding`).
        known: How many events of its log came before any step was missing.
    """
    return list(_differences(before, after, events, known))


class _SameSteps:
    """Which steps both trees have: in the same place, with the same words up to it.

    Each is looked at once, as it is the same where its parent is.
    """

    def __init__(self, before: Tree, after: Tree) -> None:
        self._before, self._after = before.nodes, after.nodes
        self._known: dict[str | None, bool] = {None: True}

    def __call__(self, node_id: str | None) -> bool:
        known = self._known.get(node_id)
        if known is None and node_id is not None:
            one, other = self._before.get(node_id), self._after.get(node_id)
            known = self._known[node_id] = (
                one is not None
                and other is not None
                and (one.role, one.text) == (other.role, other.text)
                and self(one.parent)
            )
        return bool(known)


def _differences(
    before: Tree, after: Tree, events: Iterable[Event], known: int
) -> Iterator[Difference]:
    same_step = _SameSteps(before, after)
    otherwise = {
        node_id: (was, now)
        for node_id, now in after.nodes.items()
        if (was := before.nodes.get(node_id)) is not None
        and (was.state != now.state or was.copies != now.copies)
        and was.state not in _OPEN
        and now.state not in _OPEN
        and same_step(node_id)
    }
    settled = _settled(events, otherwise)
    for node_id, (seq, round_) in sorted(settled.items(), key=lambda item: item[1]):
        was, now = otherwise[node_id]
        yield Difference(
            id=node_id,
            round=round_,
            was=was.state,
            would_be=now.state,
            margin_was=was.margin,
            margin=now.margin,
            copies_was=was.copies,
            copies=now.copies,
            sure=seq < known,
        )


def _settled(events: Iterable[Event], wanted: Container[str]) -> dict[str, tuple[int, int]]:
    """Of each of these nodes the event that settled it, and its round."""
    found: dict[str, tuple[int, int]] = {}
    round_ = 0
    for event in events:
        if isinstance(event, Decided):
            if event.rule != "run_ended":
                for verdict in (*event.kept, *event.pruned):
                    if verdict.id in wanted:
                        found[verdict.id] = event.seq, round_
        elif isinstance(event, Spent):
            round_ = event.round
        elif isinstance(event, (Completed, Merged)):
            if event.id in wanted:
                found[event.id] = event.seq, round_
        elif isinstance(event, Allocated):
            for share in event.shares:
                if share.id in wanted:
                    found[share.id] = event.seq, round_
    return found
