"""Runs a strategy in a text world and says what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from search_core.fidelity.observer import Observer, texts
from search_core.fidelity.record import SearchRecord
from search_core.fidelity.text_world import (
    IndexBy,
    Onward,
    TextSolver,
    TextVerifier,
    TextWorld,
    text_of,
)
from search_core.log.tree import Tree
from search_core.problem import Problem
from search_core.run.driving import drive
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import get_strategy
from search_core.strategies.options import ScoredOptions

_LIMITS = Limits(nodes=1_000_000, tokens=10**12)


def search_in(
    world: TextWorld,
    strategy: str,
    options: Mapping[str, Any],
    *,
    index_by: IndexBy = "text",
    onward: Onward = "first",
    problem: str = "?",
    seed: int = 0,
) -> SearchRecord:
    """Run a strategy in a world.

    Args:
        options: By name; what is not there has its default. `published_options` gives those
            that reproduce search-and-learn.
        seed: For strategies that draw at random.

    Raises:
        OptionError: There is no such strategy or option.
        WorldError: The world said what cannot be a step.
        ProtocolError: It gave a score outside 0 to 1.
    """
    chosen = get_strategy(strategy)
    made = chosen.options.from_values(options)
    product = isinstance(made, ScoredOptions) and made.aggregate == "prod"
    solver = TextSolver(world, index_by, onward)
    verifier = TextVerifier(world, empty_end=1.0 if product else None)
    observer = Observer(solver)
    watched = replace(chosen, plan=lambda root, given: observer.watch(chosen, root, given))
    recipe = Recipe(Problem(problem), watched, made, seed=seed, limits=_LIMITS)
    run = Run(recipe, solver.info, verifier.info, grader=lambda *_: None)
    drive(run, solver, verifier)
    tree = run.tree
    return SearchRecord(
        strategy=strategy,
        options=asdict(made),
        rounds=observer.rounds,
        completed=[path for round_ in observer.rounds for path in round_.completed],
        completions=texts(observer.candidates),
        scores=[_scores(tree, node.id) for node in observer.candidates],
        pred=_chosen(tree),
        votes={
            method: [[entry.answer, entry.votes, entry.solutions] for entry in vote.tally]
            for method, vote in tree.votes.items()
        },
    )


def _scores(tree: Tree, node_id: str) -> list[float]:
    path = tree.path(tree.nodes[node_id].ahead or node_id)
    return [node.score for node in path if node.score is not None]


def _chosen(tree: Tree) -> str | None:
    if tree.finished is None or tree.finished.chosen is None:
        return None
    path = tree.path(tree.finished.chosen)
    return text_of([node.text for node in path], ended=path[-1].ended != "step")
