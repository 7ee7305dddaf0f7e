"""A verifier that comes to no verdict on a step: the score is missing, and never 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from search_core import search
from search_core.log.events import Event, Finished, Scored, Voted, Warned
from search_core.log.traces import read_trace, write_trace
from search_core.protocols import Cancelled, ScoreRequest, StepScores, UsageError, VerifierInfo
from search_core.strategies import STRATEGIES
from tests.fakes import World

WORLD = World(seed=2, ends=0.4, cut_off=0)


@dataclass
class Unsure:
    """A verifier that has no verdict on the steps of some places in their paths, or of some paths.

    Attributes:
        places: Depths, from 1, of paths whose first step is among `first`; all if that is empty.
    """

    places: tuple[int, ...] = (1,)
    first: tuple[str, ...] = ()
    info: VerifierInfo = field(default_factory=lambda: VerifierInfo("unsure"))

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        return [StepScores(tuple(self._scores(request)), tokens=3) for request in requests]

    def _scores(self, request: ScoreRequest) -> list[float | None]:
        unsure = not self.first or request.steps[0] in self.first
        depths = range(request.first + 1, len(request.steps) + 1)
        return [None if unsure and depth in self.places else 0.25 for depth in depths]


def run(strategy: str, verifier: Unsure, **options: object) -> list[Event]:
    events: list[Event] = []
    solver = WORLD.solver()
    search("Q?", strategy, solver=solver, verifier=verifier, listener=events.append, **options)
    return events


def test_a_vote_goes_on_by_the_majority_and_says_why() -> None:
    events = run("best_of_n", Unsure(first=("step 1",)), n=8, judge="weighted", aggregate="min")
    warned = [event.message for event in events if isinstance(event, Warned)]
    assert len(warned) == 1
    assert "Verifier unsure came to no verdict on node" in warned[0]
    assert "only the majority has a vote" in warned[0]
    scored = {event.id: event.score for event in events if isinstance(event, Scored)}
    assert set(scored.values()) == {0.25}
    assert {event.method for event in events if isinstance(event, Voted)} == {"majority"}
    assert isinstance(events[-1], Finished)
    assert (events[-1].status, events[-1].method) == ("completed", "majority")


def test_what_is_missing_is_missing_in_the_tree_and_in_its_file(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    result = search(
        "Q?", "best_of_n", solver=WORLD.solver(), verifier=Unsure((2,)), n=8, aggregate="mean"
    )
    path = tmp_path_factory.mktemp("trace") / "run.jsonl"
    write_trace(result.events, path)
    tree = read_trace(path).tree
    second = [node for node in tree.steps() if node.depth == 2]
    assert second
    assert all((node.score, node.aggregate) == (None, None) for node in second)
    assert {node.score for node in tree.steps() if node.depth == 1} == {0.25}
    # What it cost is the run's all the same.
    assert tree.cost.verified == result.cost.verified > 0


def test_what_comes_after_has_an_aggregate_only_where_it_needs_no_other() -> None:
    long = {"n": 8, "max_steps": 9}
    for aggregate, known in (("last", True), ("mean", False), ("min", False), ("prod", False)):
        events = run("best_of_n", Unsure((1,)), aggregate=aggregate, **long)
        scored = {event.id for event in events if isinstance(event, Scored)}
        deeper = {event.id for event in events if event.kind == "completed" and "." in event.id}  # type: ignore[attr-defined]
        assert deeper
        assert (deeper <= scored) == known
        assert all("." in key for key in scored)


def refusal(name: str, events: list[Event], **options: object) -> str:
    """Why this strategy cannot go on; "" where it can."""
    try:
        search(
            "Q?",
            name,
            solver=WORLD.solver(),
            verifier=Unsure(),
            listener=events.append,
            **options,
        )
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_no_strategy_crashes_on_it(name: str) -> None:
    """It does without the score, or is refused in a sentence that names the node."""
    strategy = STRATEGIES[name]
    options = {"n": 4} if "n" in {spec.name for spec in strategy.options.specs()} else {}
    events: list[Event] = []
    refused = refusal(name, events, **options)
    if refused:
        assert strategy.writes != "solutions"
        assert "Verifier unsure came to no verdict on node" in refused
        assert f"{strategy.title} decides by the score of every step" in refused
        assert isinstance(events[-1], Finished)
        assert (events[-1].status, events[-1].message) == ("failed", refused)
    else:
        assert strategy.writes == "solutions" or not strategy.uses_verifier
    assert not [event for event in events if isinstance(event, Scored) and event.score == 0]


def test_a_few_are_named_and_the_others_counted() -> None:
    with pytest.raises(UsageError, match=r"on nodes 0, 1, 2, 3, 4 and \d+ more, and Beam search"):
        run("beam_search", Unsure(), n=16, beam_width=2)


def test_in_a_chain_of_revisions_nothing_counts_as_nought() -> None:
    """One attempt of each chain has no score: it is not the worst for that."""
    whole = run("self_revision", Unsure((99,)), n=8, electors="chains", judge="best")
    assert any(isinstance(event, Voted) and event.method == "best" for event in whole)
    events = run("self_revision", Unsure(), n=8, electors="chains", judge="best")
    assert isinstance(events[-1], Finished)
    assert events[-1].method == "majority"
