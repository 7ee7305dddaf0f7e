"""What ends one sample ends that sample, and what a server does not say is not made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from search_core.evaluation.attempts import attempts_of
from search_core.log.events import Event, Sampled, Warned, event_to_json
from search_core.log.traces import parse_trace
from search_core.picture import outline
from search_core.picture.words import told
from search_core.problem import Problem
from search_core.protocols import SampleRequest, Sampling, ScoreRequest, StepSample
from search_core.remote import RemoteAddress, RemoteError, RemoteSolver
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.replies import ProtocolError
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES, OptionError
from search_core.verifiers import LogProbabilityVerifier, RandomVerifier
from tests.fake_faults import Faults
from tests.fake_server import FakeServer
from tests.fakes import FakeSolver, World
from tests.runs import last, recipe, start
from tests.tiny_models import tiny_solver

SAMPLING = Sampling(1.0, 1.0, 12)
WORLD = World(ends=0.4)


def go_on() -> bool:
    return False


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeServer]:
    server = FakeServer(tiny_solver(tmp_path_factory.mktemp("tiny")), context=256)
    yield server
    server.close()


@pytest.fixture(scope="module")
def solver(served: FakeServer) -> RemoteSolver:
    """Opened while nothing was wrong."""
    return RemoteSolver(RemoteAddress.parse(served.url))


@pytest.fixture
def server(served: FakeServer) -> Iterator[FakeServer]:
    yield served
    for one in fields(Faults):
        setattr(served.faults, one.name, one.default)


def sampled(solver: RemoteSolver, count: int = 3) -> list[StepSample]:
    requests = [SampleRequest("p", (), 5 + index, index, run="r") for index in range(count)]
    return solver.sample(requests, SAMPLING, go_on)


# How a sample ended ------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [False, True], ids=["streamed", "whole"])
@pytest.mark.parametrize(
    ("reason", "ended"),
    [
        ("abort", "aborted"),
        ("content_filter", "filtered"),
        (None, "unknown"),
        ("tool_calls", "unknown"),
    ],
)
def test_one_sample_that_is_given_up_is_that_samples_end(
    server: FakeServer, solver: RemoteSolver, reason: str | None, ended: str, whole: bool
) -> None:
    fine = sampled(solver)
    server.faults.endings, server.faults.whole = ((1, reason),), whole
    found = sampled(solver)
    assert found[1].ended == ended
    assert [found[0], found[2]] == [fine[0], fine[2]]


def test_a_stream_that_breaks_off_is_no_samples_end(
    server: FakeServer, solver: RemoteSolver
) -> None:
    server.faults.cut_after = 3
    with pytest.raises(RemoteError, match="broke off"):
        sampled(solver)


def cut_world(ended: str) -> FakeSolver:
    """The first child of each step is not written to its end."""

    def step(steps: tuple[str, ...], index: int) -> Any:
        return ("half a st", ended) if index == 0 else WORLD.step(steps, index)

    return FakeSolver(step)


WHY = {
    "aborted": "given up",
    "filtered": "content filter",
    "unknown": "Nobody said how",
}


@pytest.mark.parametrize("ended", WHY)
@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_every_strategy_ends_the_path_there_and_says_why(name: str, ended: str) -> None:
    made = start(recipe(name))
    drive(made, cut_world(ended), WORLD.verifier())
    assert last(made).status == "completed"
    cut = [node for node in made.tree.steps() if node.ended == ended]
    assert cut
    assert not any(node.children for node in cut)
    for node in cut:
        if node.state == "rollout":
            continue
        assert node.state in ("pruned", "merged")
        if node.state == "pruned":
            assert node.decision is not None
            decided = made.tree.decisions[node.decision]
            assert (decided.rule, made.tree.unfinished(node)) == ("given_up", True)
            assert WHY[ended] in decided.why


def test_a_reader_is_told_how_it_ended() -> None:
    made = start(recipe())
    drive(made, cut_world("filtered"), WORLD.verifier())
    cut = next(node for node in made.tree.steps() if node.ended == "filtered")
    assert "stopped by a content filter before it ended" in told(made.tree, cut, "pruned")
    assert "[content filter]" in outline(made.tree)


# Log-probabilities -------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [None, -9999.0, float("-inf"), float("nan")])
def test_one_log_probability_that_is_none_leaves_the_step_without(
    server: FakeServer, solver: RemoteSolver, odd: float | None
) -> None:
    server.faults.odd_logprob = (odd,)
    found = sampled(solver)
    long = [sample for sample in found if sample.tokens > 1]
    assert long
    assert all(sample.logprob is None for sample in long)


def test_a_server_that_gives_none_says_so(server: FakeServer) -> None:
    server.faults.no_logprobs = True
    blind = RemoteSolver(RemoteAddress.parse(server.url))
    assert not blind.info.logprobs
    strategy = STRATEGIES["best_of_n"]
    verifier = RandomVerifier()
    options = strategy.options.from_values({"n": 2})
    made = Run(Recipe(Problem("p"), strategy, options, SAMPLING, 0), blind.info, verifier.info)
    drive(made, blind, verifier)
    assert {event.logprob for event in made.events if isinstance(event, Sampled)} == {None}
    [warning] = [event for event in made.events if isinstance(event, Warned)]
    assert "gives no log-probabilities" in warning.message


def without(places: set[int], world: World = WORLD) -> FakeSolver:
    """Gives no log-probability of these samples of each batch."""

    class Blind(FakeSolver):
        def sample(self, *args: Any) -> list[StepSample]:
            samples = super().sample(*args)
            return [
                replace(sample, logprob=None) if place in places else sample
                for place, sample in enumerate(samples)
            ]

    return Blind(world.step)


def test_what_goes_by_them_is_refused_at_the_start() -> None:
    solver, verifier = WORLD.solver(), WORLD.verifier()
    blind = replace(solver.info, logprobs=False)
    with pytest.raises(OptionError, match="no log-probabilities, and MCTS goes by them"):
        Run(recipe("mcts"), blind, verifier.info)
    Run(recipe("mcts", options={"selection": "uct"}), blind, verifier.info)
    with pytest.raises(OptionError, match="score source log-probability goes by nothing else"):
        Run(recipe("beam_search"), blind, LogProbabilityVerifier().info)
    # What reads no scores is not in its way.
    Run(recipe("greedy"), blind, LogProbabilityVerifier().info)


def test_what_goes_by_them_is_refused_where_one_is_missing() -> None:
    made = start(recipe("mcts"))
    with pytest.raises(ProtocolError, match="gave no log-probability of a step, and MCTS"):
        drive(made, without({1}), WORLD.verifier())
    assert last(made).status == "failed"
    assert "log-probability" in last(made).message
    scored = start(recipe())
    with pytest.raises(ValueError, match="gave no log-probability of a step"):
        drive(scored, without({1}), LogProbabilityVerifier())
    assert last(scored).message.startswith("The solver gave no log-probability of a step")


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_what_does_not_goes_on(name: str) -> None:
    options = {"selection": "uct"} if name == "mcts" else {}
    made = start(recipe(name, options=options))
    drive(made, without({0}), WORLD.verifier())
    assert last(made).status == "completed"
    assert None in {event.logprob for event in made.events if isinstance(event, Sampled)}


def test_a_score_asks_only_for_its_own_steps() -> None:
    request = ScoreRequest("p", ("a", "b"), 1, False, (None, 0.0))
    assert LogProbabilityVerifier().score([request], go_on)[0].scores == (1.0,)


def test_a_path_with_one_that_is_missing_has_no_sum() -> None:
    made = start(recipe("best_of_n"))
    drive(made, without({0}), WORLD.verifier())
    sums = [attempt.logprob for attempt in attempts_of(Problem("p"), made.tree)]
    paths = [made.tree.path(leaf.id) for leaf in made.tree.steps() if not leaf.children]
    missing = [any(step.logprob is None for step in path) for path in paths]
    assert sorted(missing) == sorted(one is None for one in sums)
    assert set(missing) == {True, False}


# Old traces --------------------------------------------------------------------------------------

OLD = (
    "The solver's server gives no log-probabilities: they are written down as 0, and the score "
    "source log-probability means nothing here."
)


def old_trace(warning: str) -> bytes:
    """As it was written of a server that gave none; some steps of a made-up world have one."""
    made = start(recipe("best_of_n"))
    drive(made, WORLD.solver(), WORLD.verifier())
    lines: list[dict[str, Any]] = [json.loads(event_to_json(event)) for event in made.events]
    for place, values in enumerate(line for line in lines if line["kind"] == "sampled"):
        values["logprob"] = 0.0 if place % 2 else -0.5
    warned = {"seq": 1, "t": 0.0, "kind": "warned", "message": warning}
    later = [line | {"seq": line["seq"] + 1} for line in lines[1:]]
    return b"".join(json.dumps(line).encode() + b"\n" for line in [lines[0], warned, *later])


def logprobs(events: tuple[Event, ...]) -> set[float | None]:
    return {event.logprob for event in events if isinstance(event, Sampled)}


def test_an_old_trace_that_made_them_up_has_none() -> None:
    assert logprobs(parse_trace(old_trace(OLD)).events) == {None, -0.5}
    assert logprobs(parse_trace(old_trace("Something else.")).events) == {0.0, -0.5}
