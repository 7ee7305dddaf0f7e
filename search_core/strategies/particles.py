"""A population of particles: what one is, how it is resampled, how a round's draws are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

from search_core.seeds import unit_numbers
from search_core.strategies.base import Allocate, Decide, Nodes, NodeView, Request
from search_core.strategies.resampling import Resampling, multinomial, systematic


@dataclass(frozen=True, slots=True)
class Particle:
    """One path of a population, and what it weighs from rounds without resampling.

    Attributes:
        path: The problem and all steps.
        log_weight: Logarithm of a factor of its weight; 0 right after resampling.
    """

    path: Nodes
    log_weight: float = 0.0

    @property
    def node(self) -> NodeView:
        return self.path[-1]

    @property
    def finished(self) -> bool:
        return self.node.ended == "end"


def resample(
    weights: Sequence[float], count: int, scheme: Resampling, seed: int, label: str
) -> list[int]:
    """How many of `count` copies each particle gets, by the draws of this label."""
    if scheme == "multinomial":
        return multinomial(weights, unit_numbers(seed, label, count))
    return systematic(weights, unit_numbers(seed, label, 1)[0], count)


def repeated(particles: Sequence[Particle], copies: Sequence[int]) -> list[Particle]:
    """Each particle as often as it has copies, all of equal weight."""
    return [
        Particle(particle.path)
        for particle, times in zip(particles, copies, strict=True)
        for _ in range(times)
    ]


def allocation(
    rule: str,
    particles: Sequence[Particle],
    weights: Sequence[float],
    copies: Sequence[int],
    effective: float,
) -> Allocate:
    """The shares by node: those of particles at the same node add up.

    The effective sample size stays that of the particles: copies of one count as many.
    """
    nodes = {particle.node.id: particle.node for particle in particles}
    shares = dict.fromkeys(nodes, 0.0)
    counts = dict.fromkeys(nodes, 0)
    for particle, weight, times in zip(particles, weights, copies, strict=True):
        shares[particle.node.id] += weight
        counts[particle.node.id] += times
    # Rounding may lift the share of one that has everything above 1.
    parts = tuple(min(1.0, share) for share in shares.values())
    return Allocate(rule, tuple(nodes.values()), parts, tuple(counts.values()), effective)


def fates(new: Nodes, allotted: Allocate, drawn: int) -> Generator[Request, Nodes, Nodes]:
    """Keep the new steps that were drawn and prune the others, each with its numbers.

    Returns:
        Those of the others that a person keeps all the same.
    """
    saved: Nodes = ()
    ids = {node.id for node in new}
    shares = [
        share
        for share in zip(allotted.nodes, allotted.weights, allotted.copies, strict=True)
        if share[0].id in ids
    ]
    kept = [share for share in shares if share[2]]
    gone = [share for share in shares if not share[2]]
    if kept:
        got = _span(copies for _, _, copies in kept)
        why = _draw([weight for _, weight, _ in kept], allotted.rule, drawn, got)
        yield Decide("resampled", why, kept=tuple(node for node, _, _ in kept))
    if gone:
        why = _draw([weight for _, weight, _ in gone], allotted.rule, drawn, "none")
        away = tuple(node for node, _, _ in gone)
        saved = yield Decide("resampled_away", why, pruned=away, revisable=True)
    return saved


def with_saved(drawn: list[Particle], before: Sequence[Particle], saved: Nodes) -> list[Particle]:
    """The population where a person keeps paths that were not drawn: one particle each, in place
    of a copy of the path that has the most; where all have one, on top."""
    population = list(drawn)
    for node in saved:
        copies = Counter(particle.node.id for particle in population)
        most, count = next(iter(copies.most_common(1)), ("", 0))
        if count > 1:
            population.remove(next(o for o in population if o.node.id == most))
        population.append(Particle(next(o.path for o in before if o.node.id == node.id)))
    return population


def _span(values: Iterable[float]) -> str:
    """ "0.031", or "0.01 to 0.031"; what is hardly anything is said so."""
    least, *_, most = sorted([*values] * 2)
    said = ["under 0.001" if 0 < value < 0.001 else f"{value:.2g}" for value in (least, most)]
    return " to ".join(dict.fromkeys(said))


def _draw(weights: Sequence[float], scheme: str, drawn: int, got: str) -> str:
    draws = "1 particle" if drawn == 1 else f"{drawn} particles"
    who = "This path" if len(weights) == 1 else f"These {len(weights)} paths"
    return (
        f"{scheme.capitalize()} resampling drew {draws} by weight. {who}, of weight "
        f"{_span(weights)}, could expect {_span(w * drawn for w in weights)} of them"
        f"{'' if len(weights) == 1 else ' each'}, and got {got}."
    )
