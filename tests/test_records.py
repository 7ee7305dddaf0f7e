"""Records that are made quickly are what `dataclass` makes, in every respect."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import (
    FrozenInstanceError,
    asdict,
    dataclass,
    field,
    fields,
    make_dataclass,
    replace,
)
from typing import Any

import pytest

from search_core.log.cost import Cost
from search_core.log.events import BackedUp
from search_core.log.run_log import KnownLog, RunLog
from search_core.log.tree import LogError
from search_core.problem import Problem
from search_core.protocols import SampleRequest, ScoreRequest, StepScores
from search_core.records import quickly_made
from search_core.run.recipe import Recipe
from search_core.strategies import STRATEGIES
from search_core.strategies.base import Decide, NodeView
from search_core.strategies.mcts import MctsOptions
from search_core.strategies.mcts_tree import Selected
from search_core.whatif import Difference
from tests.fakes import World
from tests.test_search_properties import run_in

MADE: tuple[type[Any], ...] = (
    *(NodeView, Decide, SampleRequest, ScoreRequest, StepScores, Selected, Cost, Difference),
)


@pytest.mark.parametrize("cls", MADE)
def test_fields_defaults_and_order_are_those_of_a_dataclass(cls: type[Any]) -> None:
    values = [(one.name, one.type, field(default=one.default)) for one in fields(cls)]
    plain = make_dataclass(cls.__name__, values, frozen=True, slots=True)
    said = [(p.name, p.default, p.kind) for p in inspect.signature(cls).parameters.values()]
    assert said == [
        (p.name, p.default, p.kind) for p in inspect.signature(plain).parameters.values()
    ]
    given = {one.name: (one.name,) for one in fields(cls) if one.name != "step_ids"}
    made = cls(**given)
    assert asdict(made) == asdict(plain(**given))
    assert made == cls(**given)
    assert hash(made) == hash(cls(**given))
    assert pickle.loads(pickle.dumps(made)) == made
    first = fields(cls)[0].name
    assert getattr(replace(made, **{first: "other"}), first) == "other"
    with pytest.raises(FrozenInstanceError):
        setattr(made, first, "other")


@quickly_made
@dataclass(frozen=True, slots=True)
class Pair:
    first: int
    second: int = 2

    def __post_init__(self) -> None:
        if self.first > self.second:
            raise ValueError("The first is the smaller one.")


def test_what_does_not_fit_is_refused_as_ever() -> None:
    assert Pair(1) == Pair(first=1, second=2)
    with pytest.raises(ValueError, match="smaller"):
        Pair(3)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'first'"):
        Pair()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'third'"):
        Pair(1, third=3)  # type: ignore[call-arg]


def test_a_default_that_is_made_anew_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Lists\.names is made anew"):

        @quickly_made
        @dataclass(frozen=True, slots=True)
        class Lists:
            names: list[str] = field(default_factory=list)


@pytest.mark.parametrize("log", [RunLog(lambda: 0.0, lambda _: None), KnownLog()])
def test_statistics_of_a_node_that_nobody_wrote_leave_the_log_as_it_was(log: RunLog) -> None:
    recipe = Recipe(Problem("What is it?"), STRATEGIES["mcts"], MctsOptions(n=4))
    events = run_in(World(seed=3, ends=0.3), recipe).events
    begun = [event for event in events if event.kind in ("started", "sampled")]
    for event in begun[:3]:
        fields_of = {name: getattr(event, name) for name in type(event).model_fields}
        log.add(
            type(event), **{k: v for k, v in fields_of.items() if k not in ("seq", "t", "kind")}
        )
    log.add_step(BackedUp, ("0", 1, 0.5))
    log.add_step(BackedUp, ("0", 2, 0.25))
    with pytest.raises(LogError, match="speaks of node '9', never sampled"):
        log.add_step(BackedUp, ("9", 1, 0.5))
    assert [event.seq for event in log.events] == list(range(5))
    assert (log.tree.seq, log.tree.nodes["0"].visits, log.tree.nodes["0"].value) == (4, 2, 0.25)
    assert log.events[-1] == BackedUp(seq=4, t=0.0, id="0", visits=2, value=0.25)
