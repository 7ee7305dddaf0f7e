"""What races: lanes, and the replies that they share."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from search_core.models import LazyModel, ModelPair
from search_core.protocols import Solver, Verifier
from search_core.run.recipe import Recipe
from search_core.run.shared import SharedReplies, SharedSolver, SharedVerifier
from search_core.spaces import on_zero_gpu

LEAST_LANES, MOST_LANES = 2, 4


@dataclass(frozen=True)
class Lane:
    """One run of a race.

    Attributes:
        recipe: Its problem and its seed are those of all lanes.
        pair: The models that search.
        score_source: Name of what scores steps, in `SCORE_SOURCES`.
    """

    recipe: Recipe
    pair: ModelPair
    score_source: str = "verifier"


def check_lanes(lanes: Sequence[Lane]) -> None:
    """Refuse what is no race.

    Raises:
        ValueError: Too few or too many lanes, or they differ in problem or seed.
        OptionError: A lane's models cannot follow its strategy.
    """
    if not LEAST_LANES <= len(lanes) <= MOST_LANES:
        raise ValueError(
            f"A race has {LEAST_LANES} to {MOST_LANES} lanes; got {len(lanes)}. "
            + ("Add a lane." if len(lanes) < LEAST_LANES else "Leave some out.")
        )
    first = lanes[0].recipe
    for place, lane in enumerate(lanes[1:], start=2):
        if lane.recipe.problem.text != first.problem.text or lane.recipe.seed != first.seed:
            raise ValueError(
                f"Lane {place} has another problem or another seed than lane 1; a race compares "
                "searches of one problem from one seed."
            )
    for lane in lanes:
        lane.pair.check(lane.recipe.strategy, lane.score_source, lane.recipe.options)


@dataclass(frozen=True)
class Sharing:
    """The lanes' pairs, and what they have saved so far.

    Attributes:
        pairs: Of each lane, in place of its own.
    """

    pairs: tuple[ModelPair, ...]
    solvers: tuple[SharedReplies, ...]
    verifiers: tuple[SharedReplies, ...]

    @property
    def written(self) -> int:
        """Tokens that were written once for several lanes: what a race of its own lanes saves."""
        return sum(shared.saved for shared in self.solvers)

    @property
    def read(self) -> int:
        """The same of tokens that a verifier read."""
        return sum(shared.saved for shared in self.verifiers)


def sharing_pairs(pairs: Sequence[ModelPair]) -> Sharing:
    """The pairs of a race's lanes, so that lanes with the same model share its replies.

    A solver that does not go on from a step's own text is not shared: what it writes next depends
    on what it was asked before. Nor is one whose runs are driven elsewhere (ZeroGPU).
    """
    solvers: dict[int, SharedReplies] = {}
    verifiers: dict[int, SharedReplies] = {}
    made = []
    for pair in pairs:
        if pair.needs_gpu and on_zero_gpu():
            made.append(pair)
            continue
        solver, verifier = pair.parts
        both = copy.copy(pair)
        both.share(
            _shared_solver(solver, solvers.setdefault(id(solver), SharedReplies())),
            _shared_verifier(verifier, verifiers.setdefault(id(verifier), SharedReplies())),
        )
        made.append(both)
    return Sharing(tuple(made), tuple(solvers.values()), tuple(verifiers.values()))


def _shared_solver(lazy: LazyModel[Solver], replies: SharedReplies) -> LazyModel[Solver]:
    def load() -> Solver:
        solver = lazy.get()
        return SharedSolver(solver, replies) if solver.info.steps == "continued" else solver

    # What is there already says of itself what a folder's name does not.
    return LazyModel(load) if lazy.loaded is None else LazyModel.of(load())


def _shared_verifier(lazy: LazyModel[Verifier], replies: SharedReplies) -> LazyModel[Verifier]:
    def load() -> Verifier:
        return SharedVerifier(lazy.get(), replies)

    return LazyModel(load) if lazy.loaded is None else LazyModel.of(load())
