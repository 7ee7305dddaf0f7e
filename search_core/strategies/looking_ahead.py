"""Looking ahead: a candidate is judged by where it leads, k steps on at temperature 0."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from search_core.strategies.base import Nodes, Request, Sample, split_duplicates
from search_core.strategies.endings import StepwiseEndingOptions
from search_core.strategies.options import option


def lookahead_option(default: int) -> int:
    """How many steps to look ahead, as every strategy that can do it asks for it."""
    return option(
        default,
        "Lookahead k",
        "Judge each candidate by where it leads k steps on at temperature 0. 0: do not look.",
        minimum=0,
        maximum=10,
    )


@dataclass(frozen=True)
class LookaheadOptions(StepwiseEndingOptions):
    """Options of strategies that can look ahead."""

    lookahead: int = lookahead_option(0)

    @property
    def steps_each(self) -> int:
        return 1 + self.lookahead

    @property
    def judged_by(self) -> str:
        """What candidates are ranked by, for a decision's reason."""
        if not self.lookahead:
            return f"{self.aggregate} score"
        steps = "1 step" if self.lookahead == 1 else f"{self.lookahead} steps"
        return f"{self.aggregate} score up to {steps} ahead"


def look_ahead(
    candidates: Nodes, steps: int, *, merge: bool = False
) -> Generator[Request, Nodes, Nodes]:
    """The last node of a rollout behind each candidate, of at most `steps` steps.

    Source: arXiv 2408.03314, section 5.2; search-and-learn `generate_k_steps`. A candidate
    behind which the solver would write nothing more (it ended, or was cut off) is its own end,
    and so is every candidate with 0 steps.

    Args:
        merge: Whether the search continues equal paths only once. Then only the first of them
            is looked behind: at temperature 0 the others lead to the very same place.
    """
    going = [node for node in candidates if node.ended == "step"]
    if merge:
        going, _ = split_duplicates(going)
    if not steps or not going:
        return candidates
    ends = yield Sample(
        tuple(going),
        to_end=True,
        max_steps=going[0].depth + steps,
        temperature=0.0,
        rollout=True,
    )
    end_of = {node.id: end for node, end in zip(going, ends, strict=True)}
    return tuple(end_of.get(node.id, node) for node in candidates)
