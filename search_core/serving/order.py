"""A run that was asked for, and what may drive it in place of the registry's own threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from search_core.acts import Act
from search_core.log.events import Event
from search_core.models import ModelPair
from search_core.protocols import Solver, Verifier, Watch
from search_core.run.pairing import told
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.steer import Steered, Steering, steered

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Order:
    """Search by this recipe, with these models, under this id.

    Attributes:
        score_source: Name of what scores steps, in `SCORE_SOURCES`.
        acts: What a person does to it from its beginning, where it is driven over no other run.
        steering: The run that it is driven over, and what a person does to that; None: none.
    """

    run_id: str
    recipe: Recipe
    pair: ModelPair
    score_source: str
    steering: Steering | None = None
    acts: tuple[Act, ...] = ()

    def models(self) -> tuple[Solver, Verifier]:
        """Both models, loaded. Raises as `ModelPair.solver` and `told`."""
        # A strategy that reads no scores needs no verifier, whichever was chosen.
        source = self.score_source if self.recipe.strategy.uses_verifier else "log-probability"
        solver = told(self.pair.solver, self.recipe.system_prompt)
        return solver, self.pair.score_source(source)

    def ready(self, solver: Solver, verifier: Verifier, listener: Listener) -> Steered:
        """The run, before its first event, with the models that it asks.

        Raises:
            ActError: The models are others than those of the run that is steered.
        """
        if self.steering is None:
            return Steered(self.run(solver, verifier, listener), solver, verifier)
        return steered(
            self.steering,
            solver,
            verifier,
            recipe=self.recipe,
            run_id=self.run_id,
            created=_now(),
            listener=listener,
        )

    def run(self, solver: Solver, verifier: Verifier, listener: Listener) -> Run:
        """The run, before its first event."""
        return Run(
            self.recipe,
            solver.info,
            verifier.info,
            run_id=self.run_id,
            created=_now(),
            listener=listener,
            acts=self.acts,
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Driver(Protocol):
    """Drives the runs of some pairs elsewhere than on the registry's threads."""

    def takes(self, pair: ModelPair) -> bool:
        """Whether runs with these models are its own."""
        ...

    def drive(self, order: Order, listener: Listener, watch: Watch) -> None:
        """Drive a run from its first event to its last; returns when it is over.

        Args:
            watch: Says when the run is to stop, and hears what is being written.

        Raises:
            Exception: It failed; the message is for the person who waits for it. A log that
                had begun is ended by then.
        """
        ...
