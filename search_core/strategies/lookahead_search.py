"""Lookahead search: beam search that judges a step by where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.strategies.base import Strategy
from search_core.strategies.beam_search import BEAM_SEARCH, BeamSearchOptions, plan
from search_core.strategies.looking_ahead import lookahead_option


@dataclass(frozen=True)
class LookaheadSearchOptions(BeamSearchOptions):
    """Options of beam search, with a lookahead that is on."""

    lookahead: int = lookahead_option(3)


# The algorithm is beam search's own, `beam_search.plan`: arXiv 2408.03314, section 5.2, runs
# it with k = 3 and k = 1 and counts N * (k + 1) samples a round. As published in code it looks
# ahead and does not use what it sees; that is `lookahead_unscored`.
LOOKAHEAD_SEARCH = Strategy(
    name="lookahead_search",
    title="Lookahead search",
    does="Beam search that writes on k steps from each new step, and judges it by where they lead.",
    does_not="It does not keep what it wrote to look ahead: each round costs up to k + 1 times "
    "as much, and the steps are written anew.",
    source="arXiv 2408.03314, section 5.2; huggingface/search-and-learn, generate_k_steps",
    kind="prune",
    pseudocode="""\
beam ← N copies of the problem
repeat
    write one step for each of the N paths
    from each, write k more steps at temperature 0
    score the new steps by the end of these k steps
    forget the k steps, set finished paths aside
    keep the N/M best of the others
    beam ← each of them M times
until N are finished, or the steps run out
let the finished solutions vote""",
    options=LookaheadSearchOptions,
    plan=plan,
    as_published=BEAM_SEARCH.as_published,
)
