"""The price of one cut: what going on from it would have given, beside what was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from search_core.audit.choices import KeptOrCut
from search_core.audit.shares import ReachedShare, chance_better

CutState = Literal["clear", "noise", "neither", "reversed", "open"]


@dataclass(frozen=True, slots=True)
class CutPrice:
    """A step that was cut, and what that cost.

    Attributes:
        id: Of the node.
        against: The last one kept in the same choice; None: nothing was kept.
        share: How often the solver would have reached the answer from it: the price.
        kept_share: The same of the last one kept.
        kept_better: Probability that the last one kept is really the better; None: nobody knows.
        state: "clear": that probability is at least the audit's level. "noise": it is
            below, and so is that of the cut one: a coin flip. "neither": likewise, but neither of
            the two ever reached the answer. "reversed": the cut one is the better with at least
            that level. "open": there are no rollouts to tell.
    """

    id: str
    round: int
    against: str | None
    share: ReachedShare
    kept_share: ReachedShare | None
    kept_better: float | None
    state: CutState

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "id": self.id,
            "round": self.round,
            "against": self.against,
            "kept_better": self.kept_better,
            "state": self.state,
            "share": share_values(self.share),
            "kept_share": share_values(self.kept_share) if self.kept_share else None,
        }


def price_of(
    choice: KeptOrCut, node: str, shares: Mapping[str, ReachedShare], level: float
) -> CutPrice:
    """The price of one cut, held against the last one kept."""
    share, last = shares[node], choice.last_kept
    kept = None if last is None else shares[last]
    better = None
    if kept is not None and kept.judged and share.judged:
        better = chance_better(kept, share)
    state = _state(better, level)
    if state == "noise" and not share.hope and kept is not None and not kept.hope:
        state = "neither"
    return CutPrice(node, choice.round, last, share, kept, better, state)


def _state(better: float | None, level: float) -> CutState:
    if better is None:
        return "open"
    if better >= level:
        return "clear"
    return "reversed" if 1 - better >= level else "noise"


def share_values(share: ReachedShare) -> dict[str, Any]:
    """JSON-ready values of a share."""
    low, high = share.interval
    return {
        "reached": share.reached,
        "rollouts": share.rollouts,
        "known": share.known,
        "value": round(share.value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
