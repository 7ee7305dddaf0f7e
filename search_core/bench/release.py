"""Models that stand in front of others to be measured, and pass on what a run lets go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from search_core.protocols import KeepsPaths, StepIds


class StandIn(ABC):
    """Stands in front of models; see `KeepsPaths`."""

    @property
    @abstractmethod
    def behind(self) -> tuple[object, ...]:
        """The models that it passes things on to; one that keeps no paths has nothing to let go."""

    def releasing(self) -> AbstractContextManager[object]:
        """Around what they are told: nothing."""
        return nullcontext()

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """Pass it on."""
        with self.releasing():
            for model in self.behind:
                if isinstance(model, KeepsPaths):
                    model.release(run, problem, paths, step_ids)
