"""The first decision that another verifier's scores would change, and who was right there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from search_core.log.tree import Tree
from search_core.verify.rescoring.truth import TruthSource
from search_core.whatif import Difference, WhatIf

Right = Literal["was", "now", "alike", "not known"]
"""Who was right: the run's own verifier, the other one, both alike, or nobody knows."""


@dataclass(frozen=True, slots=True)
class FirstDecision:
    """A decision that comes out otherwise with the other scores.

    Attributes:
        what: "cut": which steps go on; "choice": which solution is chosen.
        round: In which it is taken; 0: in none (the choice).
        kept_then: Steps that the run preferred and the other verifier would not.
        kept_now: Steps that the other verifier would prefer instead.
        right: Who was right.
        source: Who says so.
        driven: Whether the run's own strategy was driven again; else the steps of a decision were
            put in the order of the other scores.
    """

    what: Literal["cut", "choice"]
    round: int
    kept_then: tuple[str, ...]
    kept_now: tuple[str, ...]
    right: Right
    source: TruthSource
    driven: bool


def first_of_run(found: WhatIf, sound: Mapping[str, bool]) -> FirstDecision | None:
    """The first difference of a run that was driven again; None: it would come out the same."""
    if found.differences:
        first = found.differences[0]
        together = [each for each in found.differences if each.round == first.round]
        kept_then = [each.id for each in together if not _gains(each)]
        kept_now = [each.id for each in together if _gains(each)]
        return _cut(first.round, kept_then, kept_now, sound, driven=True)
    then = found.before.finished.chosen if found.before.finished else None
    if then == found.chosen or not found.sure:
        return None
    right, source = _who_chose_right(found.before, then, found.chosen)
    return FirstDecision("choice", 0, _one(then), _one(found.chosen), right, source, True)


def first_by_order(
    tree: Tree, scores: Mapping[str, float | None], sound: Mapping[str, bool]
) -> FirstDecision | None:
    """The first decision whose kept steps are not those that score highest; ties count as kept.

    For trees that no strategy of this program grew: as many steps are kept as were.
    """
    for decision in tree.decisions:
        kept = [verdict.id for verdict in decision.kept]
        all_of = [*kept, *(verdict.id for verdict in decision.pruned)]
        known = {node: score for node in all_of if (score := scores.get(node)) is not None}
        if not kept or len(known) < len(all_of) or len(kept) == len(all_of):
            continue
        # What was kept comes first among equals: sorting is stable.
        best = sorted(all_of, key=lambda node: -known[node])[: len(kept)]
        if set(best) != set(kept):
            then = [node for node in kept if node not in best]
            now = [node for node in best if node not in kept]
            return _cut(decision.round, then, now, sound, driven=False)
    return None


def _gains(difference: Difference) -> bool:
    if difference.was != difference.would_be:
        return difference.was in ("pruned", "merged")
    return (difference.copies or 0) > (difference.copies_was or 0)


def _cut(
    round_: int,
    kept_then: Sequence[str],
    kept_now: Sequence[str],
    sound: Mapping[str, bool],
    *,
    driven: bool,
) -> FirstDecision:
    right: Right = "not known"
    if all(node in sound for node in (*kept_then, *kept_now)):
        held_then, held_now = _held(kept_then, sound), _held(kept_now, sound)
        # A mistake: to prefer a step that does not hold, or to leave one that does.
        mistakes_then = len(kept_then) - held_then + held_now
        mistakes_now = len(kept_now) - held_now + held_then
        right = "alike" if mistakes_then == mistakes_now else "now"
        right = "was" if mistakes_then < mistakes_now else right
    source: TruthSource = "" if right == "not known" else "checker"
    return FirstDecision("cut", round_, tuple(kept_then), tuple(kept_now), right, source, driven)


def _held(nodes: Iterable[str], sound: Mapping[str, bool]) -> int:
    return sum(sound[node] for node in nodes)


def _who_chose_right(tree: Tree, then: str | None, now: str | None) -> tuple[Right, TruthSource]:
    marks = [tree.nodes[node].right if node in tree.nodes else None for node in _ids(then, now)]
    if len(marks) < 2 or None in marks:
        return "not known", ""
    first, second = marks
    if first == second:
        return "alike", "reference"
    return ("was" if first else "now"), "reference"


def _ids(*nodes: str | None) -> list[str]:
    return [node for node in nodes if node is not None]


def _one(node: str | None) -> tuple[str, ...]:
    return () if node is None else (node,)
