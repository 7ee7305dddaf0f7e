"""The choices of a run: in each, some steps were kept and others cut."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from search_core.log.tree import UNFINISHED_RULES, Node, Tree


@dataclass(frozen=True, slots=True)
class KeptOrCut:
    """One choice: what was kept and what was cut side by side.

    Attributes:
        round: Of the search.
        subtree: Which subtree, where each is searched apart (DVTS); None: the whole tree.
        kept, cut: Ids, the highest aggregate first.
    """

    round: int
    subtree: int | None
    kept: tuple[str, ...]
    cut: tuple[str, ...]

    @property
    def last_kept(self) -> str | None:
        """The weakest that was kept, against which every cut is held; None: nothing was kept."""
        return self.kept[-1] if self.kept else None


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of a run, in their order.

    Attributes:
        left_out: How many steps were cut that no rollout can go on from as the solver would have:
            it had read more than the path (one long stream, or an attempt that it revises).
    """

    choices: tuple[KeptOrCut, ...]
    left_out: int = 0

    @property
    def cuts(self) -> list[str]:
        """Ids of all steps that were cut, in the order of the choices."""
        return [node for choice in self.choices for node in choice.cut]


@dataclass
class _Sides:
    kept: list[Node] = field(default_factory=list)
    cut: list[Node] = field(default_factory=list)


def choices_of(tree: Tree) -> Choices:
    """What a run chose between. A path that ended badly (too long, out of steps) is no cut."""
    sides: dict[tuple[int, int | None], _Sides] = defaultdict(_Sides)
    left_out = 0
    for decision in tree.decisions:
        if decision.rule in UNFINISHED_RULES:
            continue
        at = sides[decision.round, decision.subtree]
        at.kept += [tree.nodes[verdict.id] for verdict in decision.kept]
        for verdict in decision.pruned:
            node = tree.nodes[verdict.id]
            if _read_more(tree, node):
                left_out += 1
            else:
                at.cut.append(node)
    choices = tuple(
        KeptOrCut(round_, subtree, _ordered(at.kept), _ordered(at.cut))
        for (round_, subtree), at in sides.items()
        if not any(_read_more(tree, node) for node in at.kept) and (at.kept or at.cut)
    )
    return Choices(choices, left_out)


def _ordered(nodes: list[Node]) -> tuple[str, ...]:
    # Of equals the first written stays first, as everywhere.
    ranked = sorted(nodes, key=lambda node: -1.0 if node.aggregate is None else -node.aggregate)
    return tuple(node.id for node in ranked)


def _read_more(tree: Tree, node: Node) -> bool:
    return any(step.after is not None for step in tree.path(node.id))
