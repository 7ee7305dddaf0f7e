"""Seeds: one number per node, from the run's seed and the node's place in the tree."""

from __future__ import annotations

import hashlib


def node_seed(run_seed: int, node_id: str) -> int:
    """Seed of one sample, 0 to 2**63 - 1.

    It depends on nothing else, so a run's tree does not change with who else is in a batch.
    """
    digest = hashlib.sha256(f"{run_seed}/{node_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def unit_numbers(seed: int, label: str, count: int) -> list[float]:
    """`count` numbers in [0, 1) for one random choice of a strategy.

    Args:
        seed: A node's seed, as `NodeView.seed` says it.
        label: What the choice is, e.g. "resample 3"; the same label gives the same numbers.
    """
    return [
        int.from_bytes(hashlib.sha256(f"{seed}/{label}/{place}".encode()).digest()[:7], "big")
        / 2**56
        for place in range(count)
    ]
