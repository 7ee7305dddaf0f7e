"""When a path counts as a solution: when it ended, and, in published code, in other cases too."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.strategies.base import NodeView
from search_core.strategies.options import ScoredOptions, option

LAST_ROUND_STEPS = 40
"""Most steps of a last round that runs to the end; the published limit is 2,048 tokens."""


def answerless_option() -> bool:
    """The option of everything whose published code lets a solution without an answer win."""
    return option(
        False,
        "Solutions without an answer vote",
        "Take no answer for an answer that can win like any other, as published code does.",
        advanced=True,
    )


@dataclass(frozen=True)
class EndingOptions(ScoredOptions):
    """Options of strategies that write whole solutions."""

    length_ends: bool = option(
        False,
        "Length limit ends a solution",
        "Take a step that was cut off for a finished solution, as published code does.",
        advanced=True,
    )
    answerless_vote: bool = answerless_option()

    def ended(self, node: NodeView) -> bool:
        """Whether the path to this node is a solution."""
        return node.ended == "end" or (self.length_ends and node.ended == "length")


@dataclass(frozen=True)
class StepwiseEndingOptions(EndingOptions):
    """Options of strategies that write step by step."""

    empty_ends: bool = option(
        False,
        "Empty step ends a solution",
        "Take a step without any text for the end of a solution, as published code does.",
        advanced=True,
    )

    def ended(self, node: NodeView) -> bool:
        return super().ended(node) or (self.empty_ends and not node.text)
