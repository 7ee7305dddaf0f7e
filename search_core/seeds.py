"""Seeds: one number per node, from the run's seed and the node's place in the tree."""

from __future__ import annotations

import hashlib
from functools import lru_cache


@lru_cache(maxsize=1 << 14)
def node_seed(run_seed: int, node_id: str) -> int:
    """Seed of one sample, 0 to 2**63 - 1.

    It depends on nothing else, so a run's tree does not change with who else is in a batch.
    What-if asks for those of the same run again and again, so they are remembered.
    """
    digest = hashlib.sha256(f"{run_seed}/{node_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def unit_numbers(seed: int, label: str, count: int) -> list[float]:
    """`count` numbers in [0, 1) for one random choice of a strategy.

    Args:
        seed: A node's seed, as `NodeView.seed` says it.
        label: What the choice is, e.g. "resample 3"; the same label gives the same numbers.
    """
    return [_unit(f"{seed}/{label}/{place}") for place in range(count)]


def _unit(text: str) -> float:
    """53 bits, all that a float holds: one bit more could be rounded up to 1."""
    digest = hashlib.sha256(text.encode()).digest()
    return (int.from_bytes(digest[:7], "big") >> 3) / 2**53
