"""What the FLOPs of a search could have bought instead: one answer of a bigger model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from search_core.flops import LARGER_MODELS, ModelShape, one_answer_flops
from search_core.log.tree import Tree
from search_core.model_card import parameters_of
from search_core.models.shipped import SOLVERS


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
    """One answer as long as the chosen one: by this solver, and by larger models.

    Larger models are the embedded ones, where an embedded one searched, and published ones.
    Token counts are those of this solver's tokenizer: an approximation for published models.
    Empty while nothing was chosen.
    """
    chosen = tree.finished.chosen if tree.finished else None
    if chosen is None:
        return []
    path = tree.path(chosen)
    prompt = path[0].prefilled + path[0].reused
    answer = sum(node.tokens for node in path)
    rows = [Alternative("This solver, answering once", sum(node.solver_flops for node in path))]
    for name, shape in [*_larger_shipped(tree), *LARGER_MODELS.items()]:
        rows.append(Alternative(f"{name}, answering once", one_answer_flops(shape, prompt, answer)))
    return [row for row in rows if row.flops]


def _larger_shipped(tree: Tree) -> Iterator[tuple[str, ModelShape | None]]:
    """Embedded solvers that are larger than the embedded one that searched."""
    solver = tree.started.solver if tree.started else None
    if solver is None or solver.name not in {shipped.folder.name for shipped in SOLVERS.values()}:
        return
    for shipped in SOLVERS.values():
        if (parameters_of(shipped.card) or 0) > (solver.parameters or 0):
            yield f"The {shipped.name} embedded solver", shipped.shape
