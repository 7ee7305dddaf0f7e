"""How much compute a small pair needs to answer as well as a bigger solver does at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple


class CostPoint(NamedTuple):
    """A way to answer: FLOPs of solver and verifier per problem, and accuracy from 0 to 1."""

    name: str
    flops: float
    accuracy: float


def crossing(curve: Sequence[CostPoint], rival: CostPoint) -> dict[str, Any]:
    """Where the curve, by rising FLOPs, first reaches the rival's accuracy; JSON values.

    Between two points accuracy is taken to be linear in the logarithm of FLOPs.

    Returns:
        "flops" and "times_rival" are None where the curve never gets there, or where FLOPs
        are unknown.
    """
    ordered = sorted(curve, key=lambda point: point.flops)
    known = all(point.flops > 0 for point in (*ordered, rival))
    flops, between = _first_reach(ordered, rival.accuracy) if known else (None, None)
    return {
        "accuracy": rival.accuracy,
        "rival_flops": rival.flops,
        "flops": flops,
        "times_rival": None if flops is None else flops / rival.flops,
        "between": between,
    }


def _first_reach(
    ordered: Sequence[CostPoint], accuracy: float
) -> tuple[float | None, list[str] | None]:
    before: CostPoint | None = None
    for point in ordered:
        if point.accuracy >= accuracy:
            if before is None:
                return point.flops, [point.name]
            share = (accuracy - before.accuracy) / (point.accuracy - before.accuracy)
            low, high = math.log(before.flops), math.log(point.flops)
            return math.exp(low + share * (high - low)), [before.name, point.name]
        before = point
    return None, None
