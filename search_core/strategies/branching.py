"""What the strategies that grow whole trees share: how a step branches into distinct next ones."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.strategies.base import Nodes, NodeView
from search_core.strategies.options import option

DuplicatePairs = tuple[tuple[NodeView, NodeView], ...]


def branching_option(default: int) -> int:
    """The option of how many next steps are written under a step."""
    return option(
        default,
        "Branching",
        "How many next steps are written under a step when the tree grows there.",
        minimum=1,
        maximum=64,
    )


def families(children: Nodes, each: int) -> list[Nodes]:
    """The next steps of each parent, `each` of them and whatever a person has had written beside,
    where every parent was asked for `each` in a row."""
    found: dict[int, Nodes] = {}
    for child in children:
        found[child.place // each] = (*found.get(child.place // each, ()), child)
    return list(found.values())


def distinct_siblings(siblings: Sequence[NodeView]) -> tuple[list[NodeView], DuplicatePairs]:
    """The siblings that differ, and (duplicate, original) pairs of the others.

    Two that say the same, but only one of which ends the solution there, are two steps.
    """
    first: dict[tuple[str, str], NodeView] = {}
    pairs = []
    for node in siblings:
        original = first.setdefault((node.text, node.ended), node)
        if original is not node:
            pairs.append((node, original))
    return list(first.values()), tuple(pairs)
