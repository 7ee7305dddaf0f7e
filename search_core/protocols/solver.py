"""What a solver is: it continues a path by one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from search_core.log.events import Ended
from search_core.numerals import shown
from search_core.protocols.identity import SolverInfo
from search_core.protocols.watch import Cancelled


@dataclass(frozen=True, slots=True)
class Sampling:
    """How steps are sampled.

    Attributes:
        temperature: 0 (greedy) to 2.
        top_p: Nucleus mass, above 0 to 1.
        max_step_tokens: Length limit of one step, in tokens, 1 to 4,096.
    """

    temperature: float = 0.8
    top_p: float = 1.0
    max_step_tokens: int = 96

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 2:
            raise ValueError(f"temperature is {shown(self.temperature)}; it must be 0 to 2.")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p is {shown(self.top_p)}; it must be above 0 and at most 1.")
        if not 1 <= self.max_step_tokens <= 4096:
            raise ValueError(
                f"max_step_tokens is {shown(self.max_step_tokens)}; it must be 1 to 4096."
            )


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """Continue one path by one step.

    Attributes:
        problem: Problem text.
        steps: The path so far, without delimiters.
        seed: Seed of this sample alone (0 to 2**63 - 1): the same request gives the same
            step whoever else is in the batch.
        index: Place among its parent's children, from 0; rollouts are counted apart.
        attempts: Earlier attempts at the problem, each as its steps, the oldest first: the
            solver is to read them and to do better (self-revision). Always empty for a solver
            whose `info.revises` is False.
        opening: How the step must begin: the solver reads it as if it had written it, and
            its reply leaves it out.
        run: Id of the run that asks. It changes nothing of the step: an engine shares its time
            fairly between runs by it, and knows by it what a run still holds.
    """

    problem: str
    steps: tuple[str, ...]
    seed: int
    index: int = 0
    attempts: tuple[tuple[str, ...], ...] = ()
    opening: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class StepSample:
    """One sampled step.

    Attributes:
        text: The step, without its delimiter.
        tokens: Generated tokens, the delimiter or end token included.
        logprob: Sum of their log-probabilities under the model (before temperature); None where
            one of them is not known: it is never taken for 0.
        ended: "step" (delimiter), "end" (the solution is finished), "length" (cut off); "aborted",
            "filtered" or "unknown" of a step that was not written to its end by no fault of its
            length: given up, stopped by a content filter, or nobody says how.
        prefilled: Prompt tokens computed for this sample: its share, where several
            samples shared one prompt, so that a batch's sum is what was really computed.
        reused: Prompt tokens that were not computed again.
        known: Those of them that nobody computed in this call, where several samples shared
            one prompt; None: all. What a share costs depends on it.
    """

    text: str
    tokens: int
    logprob: float | None
    ended: Ended
    prefilled: int = 0
    reused: int = 0
    known: int | None = None


class Solver(Protocol):
    """Samples next steps. Ten lines are enough; see `search_core/testing.py` for a whole one."""

    @property
    def info(self) -> SolverInfo: ...

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        """One step for each request, in their order.

        Args:
            cancelled: Often a `Watch` (`protocols.watch`), which also hears how far each sample is;
                `watch_of` makes one of whatever came.

        Raises:
            RunCancelled: `cancelled()` became True.
        """
        ...


@runtime_checkable
class KeepsPaths(Protocol):
    """A solver or a verifier that keeps what it computed of a path, to continue from there."""

    def release(
        self, run: str, problem: str, paths: Sequence[tuple[str, ...]] | None = None
    ) -> None:
        """Forget what a run will not come back to: memory only, never a result.

        Args:
            paths: Their last steps, and whatever continues them, are let go; the steps before
                may still be needed. None: everything of the run, which is over.
        """
        ...
