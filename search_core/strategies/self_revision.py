"""Self-revision: attempts that follow each other, each written with the earlier ones in view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search_core.log.events import VoteMethod
from search_core.scoring import Candidate, vote
from search_core.strategies.base import (
    Choose,
    Complete,
    Nodes,
    NodeView,
    Plan,
    Sample,
    Score,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.options import ScoredOptions, option


@dataclass(frozen=True)
class SelfRevisionOptions(ScoredOptions):
    """Options of self-revision."""

    sequential: int = option(
        4,
        "Attempts in a chain",
        "How many attempts follow each other. The budget N makes N divided by this many chains "
        "side by side; 1 is best-of-N.",
        minimum=1,
        maximum=64,
    )
    attempts_seen: int = option(
        4,
        "Attempts read",
        "How many of its earlier attempts, the latest ones, the solver reads before it writes.",
        minimum=1,
        maximum=16,
        advanced=True,
    )
    electors: str = option(
        "attempts",
        "Who votes",
        "All attempts; or, as the paper does with a verifier, the best one of each chain.",
        choices=("attempts", "chains"),
        advanced=True,
    )

    def chains_at(self, place: int) -> int:
        """How many chains have an attempt at this place, from 0; the last may be shorter."""
        whole, rest = divmod(self.n, self.sequential)
        return whole + (place < rest)


def plan(root: NodeView, options: SelfRevisionOptions) -> Plan:
    """Write chains of attempts, all chains side by side, and choose among all attempts.

    Source: arXiv 2408.03314, section 6: a solver that reads its last four attempts writes the
    next one; how much of the budget is sequential and how much parallel is the paper's
    question, and an option here. As there, and unlike in Reflexion (arXiv 2303.11366), nothing
    tells the solver whether an attempt was right. Deliberate differences: all attempts vote as
    equals, where the paper, with a verifier, chooses within each chain first and then among
    the chains' winners (option `electors`; by majority all attempts vote there too); the
    verifier judges each attempt by itself, where the paper's may see those before it; an
    attempt that did not end is not shown to later ones; where N is no multiple of the chains'
    length, the last chain is shorter.
    """
    solutions: Nodes = ()
    latest: list[NodeView | None] = [None] * options.chains_at(0)
    chain_of: dict[str, int] = {}
    for place in range(min(options.sequential, options.n)):
        active = range(options.chains_at(place))
        leaves = yield Sample(
            (root,) * len(active),
            to_end=True,
            max_steps=options.max_steps,
            after=tuple(latest[chain] for chain in active),
            attempts_seen=options.attempts_seen,
        )
        for leaf in leaves:
            if leaf.ended == "end":
                latest[active[leaf.place]] = leaf
                chain_of[leaf.id] = active[leaf.place]
        yield from cut_off(leaves)
        yield out_of_steps([leaf for leaf in leaves if leaf.ended == "step"], options.max_steps)
        solutions += yield Complete(tuple(leaf for leaf in leaves if leaf.ended == "end"))
    solutions = yield Score(solutions, options.aggregate)
    if options.electors == "chains" and options.judge != "majority":
        solutions = winners(solutions, chain_of, options.judge)
    yield Choose(solutions, options.judge)


def winners(solutions: Nodes, chain_of: Mapping[str, int], judge: VoteMethod) -> Nodes:
    """The solution that each chain alone would choose, in the order of the solutions.

    Args:
        chain_of: The number of each solution's chain, by its id.
    """
    chosen = set()
    for chain in set(chain_of.values()):
        own = [node for node in solutions if chain_of[node.id] == chain]
        # As in the vote among all: without a score of each only the majority can be asked.
        method = judge if all(node.aggregate is not None for node in own) else "majority"
        held = vote([Candidate(n.id, str(n.group), n.group, n.aggregate) for n in own], method)
        if held.chosen:
            chosen.add(held.chosen.id)
    return tuple(node for node in solutions if node.id in chosen)


SELF_REVISION = Strategy(
    name="self_revision",
    title="Self-revision",
    does="Writes one attempt after the other, each with the earlier ones in view, then lets the "
    "verifier or a vote choose among all.",
    does_not="Nothing tells it whether an attempt was right: it may improve a wrong one, and it "
    "may spoil a right one.",
    source="arXiv 2408.03314, section 6",
    kind="think",
    pseudocode="""\
for each of N / k chains, side by side
    repeat k times
        read the chain's latest attempts
        write another attempt, from the problem on, to its end
score every finished attempt once
let all attempts of all chains vote""",
    options=SelfRevisionOptions,
    plan=plan,
    asks_about="solutions",
    writes="solutions",
    revises=True,
)
