"""All strategies by name, each a generator that asks for samples and scores, and decides.

They know no model, no network and no clock. Begin with `base.py` (what a strategy may ask) and
`greedy.py` (the shortest one). To add one: write a file like `greedy.py` and list it here.
"""

from __future__ import annotations

from search_core.strategies.adaptive_consistency import ADAPTIVE_CONSISTENCY
from search_core.strategies.base import Strategy
from search_core.strategies.beam_search import BEAM_SEARCH
from search_core.strategies.best_of_n import BEST_OF_N
from search_core.strategies.dvts import DVTS
from search_core.strategies.exhaustive import EXHAUSTIVE
from search_core.strategies.greedy import GREEDY
from search_core.strategies.lookahead_search import LOOKAHEAD_SEARCH
from search_core.strategies.mcts import MCTS
from search_core.strategies.options import OptionError, OptionSpec, StrategyOptions
from search_core.strategies.particle_filtering import PARTICLE_FILTERING
from search_core.strategies.particle_gibbs import PARTICLE_GIBBS
from search_core.strategies.rebase import REBASE
from search_core.strategies.self_revision import SELF_REVISION
from search_core.strategies.single_stream import SINGLE_STREAM

STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        GREEDY,
        BEST_OF_N,
        ADAPTIVE_CONSISTENCY,
        BEAM_SEARCH,
        LOOKAHEAD_SEARCH,
        DVTS,
        REBASE,
        PARTICLE_FILTERING,
        PARTICLE_GIBBS,
        MCTS,
        EXHAUSTIVE,
        SELF_REVISION,
        SINGLE_STREAM,
    )
}


def get_strategy(name: str) -> Strategy:
    """The strategy of this name.

    Raises:
        OptionError: There is none; the message lists those there are.
    """
    try:
        return STRATEGIES[name]
    except KeyError:
        raise OptionError(
            f"Unknown strategy {name!r:.60}; known are {', '.join(STRATEGIES)}."
        ) from None


__all__ = [
    "STRATEGIES",
    "OptionError",
    "OptionSpec",
    "Strategy",
    "StrategyOptions",
    "get_strategy",
]
