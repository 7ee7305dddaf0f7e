"""A run as it crosses a fork: plain values, of which the other side makes the order again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search_core.acts import Act
from search_core.log.events import event_to_json
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Sampling
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.run.recorded import recorded_run
from search_core.serving.encoded_log import events_of
from search_core.serving.order import Order
from search_core.steer import GoingOn, Steering
from search_core.strategies import get_strategy


@dataclass(frozen=True, slots=True)
class SteeringValues:
    """A run that is steered, and what is done to it, as plain values.

    Attributes:
        log: The run's events, one line of JSON each: what was replied is learnt of it again.
        act: As `Act.to_values` gives it; None: only the recipe is another one.
        going_on: Strategy and options with which the search goes on; None: it does not.
    """

    log: tuple[str, ...]
    act: dict[str, Any] | None
    going_on: tuple[str, dict[str, Any]] | None

    @classmethod
    def of(cls, steering: Steering) -> SteeringValues:
        """The values of a steering."""
        act, going_on = steering.act, steering.going_on
        return cls(
            log=tuple(event_to_json(event) for event in steering.recorded.events),
            act=None if act is None else act.to_values(),
            going_on=None if going_on is None else (going_on.strategy, dict(going_on.options)),
        )

    def steering(self) -> Steering:
        """The steering again: the run is driven over its own log."""
        return Steering(
            recorded_run(list(events_of(self.log))),
            None if self.act is None else Act.from_values(self.act),
            None if self.going_on is None else GoingOn(*self.going_on),
        )


@dataclass(frozen=True, slots=True)
class Ticket:
    """A run as it crosses a fork: plain values, which any pickle can carry.

    Attributes:
        pair: Name under which the main process placed the models.
        stop_file: Once this file is there, the run is to stop.
        seconds: How long the GPU is asked for.
        acts: What a person does to it from its beginning, as `Act.to_values` gives them.
        steering: The run that it is driven over, and what is done to that; None: none.
    """

    run_id: str
    pair: str
    score_source: str
    stop_file: str
    seconds: int
    problem: dict[str, Any]
    strategy: str
    options: dict[str, Any]
    sampling: dict[str, Any]
    seed: int
    limits: dict[str, Any]
    system_prompt: str | None = None
    acts: tuple[dict[str, Any], ...] = ()
    steering: SteeringValues | None = None

    @classmethod
    def of(cls, order: Order, pair: str, stop_file: Path, seconds: int) -> Ticket:
        """The ticket of an order."""
        recipe, steering = order.recipe, order.steering
        return cls(
            run_id=order.run_id,
            pair=pair,
            score_source=order.score_source,
            stop_file=str(stop_file),
            seconds=seconds,
            problem=asdict(recipe.problem),
            strategy=recipe.strategy.name,
            options=asdict(recipe.options),
            sampling=asdict(recipe.sampling),
            seed=recipe.seed,
            limits=asdict(recipe.limits),
            system_prompt=recipe.system_prompt,
            acts=tuple(act.to_values() for act in order.acts),
            steering=None if steering is None else SteeringValues.of(steering),
        )

    def order(self, pair: ModelPair) -> Order:
        """The order again, over these models.

        Raises:
            OtherCourse: The run that is steered is not what its strategy does today.
        """
        strategy = get_strategy(self.strategy)
        recipe = Recipe(
            Problem(**self.problem),
            strategy,
            strategy.options(**self.options),
            Sampling(**self.sampling),
            self.seed,
            Limits(**self.limits),
            self.system_prompt,
        )
        return Order(
            self.run_id,
            recipe,
            pair,
            self.score_source,
            None if self.steering is None else self.steering.steering(),
            tuple(Act.from_values(values) for values in self.acts),
        )
