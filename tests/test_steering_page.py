"""What the page asks when a person steers: checked where it comes in, and what comes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from components.controls.model_offer import ModelOffer
from components.controls.recipe_link import read_link
from components.controls.steering_request import (
    MOST_ASKED,
    read_steering,
    steering_choices,
    steering_request,
)
from components.explorer import ReadyRuns
from components.handlers.runs import RunHandlers
from components.handlers.steering import SteerHandlers
from search_core.acts import Act, ActError
from search_core.log.events import Noted
from search_core.models import ModelPair, embedded_pair
from search_core.problem import Problem
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.recorded import RecordedRun, recorded_run
from search_core.serving import HostedRun, RunRegistry
from search_core.steer import check_acts
from search_core.strategies import STRATEGIES
from search_core.thoughts import trace_of_text
from tests.fakes import World
from tests.test_search_properties import run_in

WORLD = World(seed=7, ends=0.3, cut_off=0.05, words=6)
LIMITS = Limits(nodes=500)


def pair() -> ModelPair:
    return ModelPair.of(WORLD.solver(), WORLD.verifier())


def recipe(name: str = "beam_search", **options: object) -> Recipe:
    strategy = STRATEGIES[name]
    values = {"n": 8, "beam_width": 4} | options if name == "beam_search" else options
    return Recipe(Problem("What is it?", "1"), strategy, strategy.options.from_values(values))


def recorded() -> RecordedRun:
    return recorded_run(run_in(WORLD, recipe()).events)


def cut_step(run: RecordedRun) -> str:
    """The first step that beam search cut."""
    tree = run.tree
    return next(
        node.id
        for node in tree.steps()
        if node.decision is not None
        and tree.decisions[node.decision].rule == "top_k"
        and node.state == "pruned"
    )


def asked(**parts: object) -> str:
    return json.dumps({"run": "a-run", **parts})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("[" * 5000, "cannot be read"),
        ("[]", "No run is steered"),
        ('{"run": 3}', "No run is steered"),
        ("x" * (MOST_ASKED + 1), "at most 20,000 fit"),
        (asked(act={"action": "sing", "node": "0"}), "is no act"),
        (asked(act=[1]), "at least an action and a node"),
        (asked(act={"action": "go_on", "node": "0"}, going_on=[1]), "cannot be read"),
        (asked(act={"action": "go_on", "node": "0"}, going_on={"strategy": 1}), "cannot be read"),
        (asked(act={"action": "go_on", "node": "0"}, going_on={"solver": [1]}), "by their names"),
        (asked(act={"action": "go_on", "node": "0"}, going_on={"options": 1}), "Options are names"),
        (asked(), "at least an action and a node"),
        (
            asked(act={"action": "change", "node": "root", "changed": {"max_steps": 3}}),
            "Only these can be changed here",
        ),
    ],
)
def test_what_is_no_request_is_refused(text: str, message: str) -> None:
    with pytest.raises(ActError, match=message):
        read_steering(text)


def test_an_act_becomes_a_run_of_the_same_models_within_the_operators_limits() -> None:
    run = recorded()
    node = cut_step(run)
    query = read_steering(asked(act={"action": "keep", "node": node, "author": "Ada"}))
    order, steering = steering_request(query, run, ModelOffer.of(pair()), LIMITS)
    assert order.recipe.limits == LIMITS
    assert order.recipe.options == run.recipe.options
    assert order.score_source == "verifier"
    assert steering.act == Act("keep", node, "Ada", of="a-run")


def test_missing_steps_are_grown_with_what_was_changed() -> None:
    act = {"action": "change", "node": "root", "changed": {"beam_width": 2}}
    query = read_steering(asked(act=act))
    order, steering = steering_request(query, recorded(), ModelOffer.of(pair()), LIMITS)
    assert steering.act == Act("change", "root", of="a-run", changed={"beam_width": 2})
    assert (order.recipe.options.n, order.recipe.options.beam_width) == (8, 2)  # type: ignore[attr-defined]


def test_what_this_page_cannot_do_is_refused_in_a_sentence() -> None:
    run = recorded()
    query = read_steering(asked(act={"action": "keep", "node": cut_step(run)}))
    with pytest.raises(ActError, match="which this page does not offer; go on from a step"):
        steering_request(query, run, ModelOffer.of(embedded_pair()), LIMITS)
    text = recorded_run(trace_of_text("Let me see.\n\nThe answer is 4.", "2 + 2?"))
    with pytest.raises(ActError, match="Nobody ran this"):
        steering_request(query, text, ModelOffer.of(pair()), LIMITS)
    going = read_steering(
        asked(act={"action": "go_on", "node": "root"}, going_on={"strategy": "dvts", "solver": "x"})
    )
    with pytest.raises(ValueError, match="this page serves other models"):
        steering_request(going, run, ModelOffer.of(pair()), LIMITS)


def test_the_page_offers_what_can_go_on() -> None:
    choices = steering_choices(ModelOffer.of(embedded_pair()))
    names = [one["name"] for one in choices["strategies"]]
    assert "beam_search" in names
    assert not {"single_stream", "self_revision"} & set(names)
    assert [one["name"] for one in choices["models"]["solver"]] == ["small", "large"]
    assert steering_choices(ModelOffer.of(pair()))["models"] == {
        "pair": [],
        "solver": [],
        "verifier": [],
    }


# From the page to the run --------------------------------------------------------------------


class Follows(RunHandlers):
    """Starts runs as ever, and tells of each only which it is."""

    def __init__(self, offer: ModelOffer, registry: RunRegistry) -> None:
        fields: Any = None
        super().__init__(offer, registry, [], fields, fields, LIMITS)

    async def follow(  # type: ignore[override]
        self, run: HostedRun, *_: Any, **__: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        yield {"run": run.id}, None, None, None, None


class Ties:
    def unchanged(self) -> list[Any]:
        return []

    def fill(self, run: HostedRun) -> tuple[list[Any], str]:
        return [], ""


class Endless(type(WORLD.solver())):  # type: ignore[misc]
    """It writes first steps, and nothing after them."""

    def sample(self, requests: Any, sampling: Any, cancelled: Any) -> Any:
        if requests[0].steps:
            while not cancelled():
                pass
        return super().sample(requests, sampling, cancelled)


def endless() -> ModelPair:
    return ModelPair.of(Endless(WORLD.step), WORLD.verifier())


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    made = RunRegistry(tmp_path)
    yield made
    made.close()


def steer(registry: RunRegistry, text: str, session: str = "here") -> dict[str, Any]:
    """What the page is told first."""
    offer = ModelOffer.of(pair())
    handlers = SteerHandlers(offer, registry, ReadyRuns(), Follows(offer, registry), Ties(), LIMITS)  # type: ignore[arg-type]
    request = SimpleNamespace(session_hash=session, client=None, headers={})

    async def first() -> dict[str, Any]:
        async for update in handlers.steer(request, "n" * 22, text):  # type: ignore[arg-type]
            return update[0]
        raise AssertionError("Nothing was told.")

    return asyncio.run(first())


def test_a_steered_run_is_a_run_of_its_own_beside_the_one_that_it_came_of(
    registry: RunRegistry,
) -> None:
    base = registry.start(recipe(), pair())
    assert base.wait(60)
    before = base.lines()
    node = cut_step(recorded_run(base.events()))
    told = steer(registry, json.dumps({"run": base.id, "act": {"action": "keep", "node": node}}))
    assert told == {"run": "n" * 22}
    run = registry.get("n" * 22)
    assert run
    assert run.wait(60)
    assert run.error == ""
    [note] = [event for event in run.events() if isinstance(event, Noted)]
    assert (note.id, note.action, note.of) == (node, "kept", base.id)
    assert base.lines() == before
    assert recorded_run(run.events()).tree.nodes[node].state == "kept"


@pytest.mark.parametrize(
    ("act", "message"),
    [
        ({"action": "keep", "node": "9"}, "The run has no step 9."),
        ({"action": "cut", "node": "root"}, "The problem itself cannot be cut"),
        ({"action": "edit", "node": "0", "text": " "}, "has no text"),
    ],
)
def test_a_refusal_is_told_where_the_person_acted(
    registry: RunRegistry, act: dict[str, str], message: str
) -> None:
    base = registry.start(recipe(), pair())
    assert base.wait(60)
    told = steer(registry, json.dumps({"run": base.id, "act": act}))
    assert told["refused"] == "n" * 22
    assert message in told["why"]
    assert "no longer has" in steer(registry, asked(act={"action": "cut", "node": "0"}))["why"]


def test_an_act_stops_ones_own_run_and_leaves_somebody_elses_alone(registry: RunRegistry) -> None:
    base = registry.start(recipe(), endless(), page="here")
    while not any('"scored"' in line for line in base.lines()):
        base.wait(0.01)
    text = json.dumps({"run": base.id, "act": {"action": "cut", "node": "0"}})
    assert "Somebody else's run goes on here" in steer(registry, text, session="there")["why"]
    assert base.live
    assert steer(registry, text, session="here") == {"run": "n" * 22}
    assert not base.live
    run = registry.get("n" * 22)
    assert run
    assert run.wait(60)
    assert recorded_run(run.events()).tree.nodes["0"].state == "pruned"


# Links ---------------------------------------------------------------------------------------


def test_a_link_says_what_was_done() -> None:
    acts = [{"action": "keep", "node": "0.1", "author": "Ada"}]
    link = read_link({"problem": "1 + 1 = ?", "acts": json.dumps(acts)})
    assert link
    assert link.acts == (Act("keep", "0.1", "Ada"),)
    assert link.notes == ()


@pytest.mark.parametrize("text", ["{", "3", "[3]", "[" * 9000, '[{"action": "sing", "node": "0"}]'])
def test_what_a_link_cannot_have_meant_is_said(text: str) -> None:
    link = read_link({"problem": "1 + 1 = ?", "acts": text})
    assert link
    assert link.acts == ()
    assert "What the link says was done by hand cannot be read" in link.notes[0]


def test_acts_with_which_no_run_can_begin_are_refused() -> None:
    check_acts((), recipe())
    check_acts((Act("cut", "0"),), recipe())
    with pytest.raises(ActError, match="only where that step is there already"):
        check_acts((Act("go_on", "0"),), recipe())
    with pytest.raises(ActError, match="At most 64 steps"):
        check_acts((Act("grow", "0", count=16),) * 5, recipe())
    with pytest.raises(ActError, match="at most 64 acts; got 65"):
        check_acts((Act("cut", "0"),) * 65, recipe())
    with pytest.raises(ActError, match="log-probabilities"):
        check_acts((Act("write", "0", text="x"),), recipe("mcts"))


def test_a_run_may_have_its_acts_from_the_beginning(registry: RunRegistry) -> None:
    run = registry.start(recipe(), pair(), acts=[Act("cut", "0", "Ada")])
    assert run.wait(60)
    assert recorded_run(run.events()).tree.nodes["0"].state == "pruned"
