"""What the strategies that grow whole trees share: how a step branches into distinct next ones."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.strategies.base import NodeView
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
