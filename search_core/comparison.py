"""What the FLOPs of a search could have bought instead: one answer of a bigger model."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.cost import LARGER_MODELS, one_answer_flops
from search_core.tree import Tree


@dataclass(frozen=True, slots=True)
class Alternative:
    """Somebody answering once.

    Attributes:
        name: Who.
        flops: What one answer of the same length costs, greedily and with a cache.
    """

    name: str
    flops: float


def alternatives(tree: Tree) -> list[Alternative]:
    """One answer as long as the chosen one: by this solver, and by published larger models.

    Token counts are those of this solver's tokenizer: an approximation for other models.
    Empty while nothing was chosen.
    """
    chosen = tree.finished.chosen if tree.finished else None
    if chosen is None:
        return []
    path = tree.path(chosen)
    prompt = path[0].prefilled + path[0].reused
    answer = sum(node.tokens for node in path)
    rows = [Alternative("This solver, answering once", sum(node.solver_flops for node in path))]
    for name, shape in LARGER_MODELS.items():
        rows.append(Alternative(f"{name}, answering once", one_answer_flops(shape, prompt, answer)))
    return [row for row in rows if row.flops]
