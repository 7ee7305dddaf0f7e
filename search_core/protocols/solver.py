"""What a solver is: it continues a path by one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from search_core.log.events import Ended
from search_core.log.fields import Repeats, Thought
from search_core.numerals import shown
from search_core.protocols.identity import SolverInfo
from search_core.protocols.watch import Cancelled
from search_core.records import quickly_made

TokenIds = tuple[int, ...]
StepIds = tuple[TokenIds | None, ...]
"""Of each step of a path its token ids, as `StepSample.ids` gave them; None: none are known."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How steps are sampled.

    Attributes:
        temperature: 0 (greedy) to 2.
        top_p: Nucleus mass, above 0 to 1.
        max_step_tokens: Length limit of one step, in tokens, 1 to 4,096.
        top_k: Only the likeliest so many tokens are drawn from; 0: all. 0 to 1,000,000.
        min_p: Only tokens that are at least this share as likely as the likeliest, 0 to 1.
        repetition_penalty: Logits of tokens that the path has already, its prompt included, are
            divided by it where they are positive and multiplied by it where they are negative;
            above 0 to 10, 1: nothing. Greedy steps go by it too (arXiv 1909.05858, section 4.1).
    """

    temperature: float = 0.8
    top_p: float = 1.0
    max_step_tokens: int = 96
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 2:
            raise ValueError(f"temperature is {shown(self.temperature)}; it must be 0 to 2.")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p is {shown(self.top_p)}; it must be above 0 and at most 1.")
        if not 1 <= self.max_step_tokens <= 4096:
            raise ValueError(
                f"max_step_tokens is {shown(self.max_step_tokens)}; it must be 1 to 4096."
            )
        if not 0 <= self.top_k <= 10**6:
            raise ValueError(f"top_k is {shown(self.top_k)}; it must be 0 to 1000000.")
        if not 0 <= self.min_p <= 1:
            raise ValueError(f"min_p is {shown(self.min_p)}; it must be 0 to 1.")
        if not 0 < self.repetition_penalty <= 10:
            raise ValueError(
                f"repetition_penalty is {shown(self.repetition_penalty)}; it must be above 0 and "
                "at most 10."
            )

    def said(self) -> dict[str, float]:
        """Its values by name, without those of the last three that change nothing: as a log
        says them, and as `Sampling(**values)` takes them."""
        values = {name: getattr(self, name) for name in self.__slots__}
        for name, nothing in FILTERS.items():
            if values[name] == nothing:
                del values[name]
        return values


FILTERS: Mapping[str, float] = MappingProxyType(
    {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
)
"""What may keep a token from being drawn beside temperature and top-p; where it changes nothing."""


@quickly_made
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
        step_ids: Of each step the ids that this solver gave for it in this run: what the model
            wrote is what it goes on from. None for a step that it did not write; empty: none
            is known, and the text is tokenised.
        to_end: The run writes this path to its end, whatever its next step says: how many steps
            it may still have, this one among them. A solver may write them at once, and give them
            one by one as they are asked for. 0: this step alone is wanted.
        parent: Id of the node that is continued, in the run that asks; for a piece of a stream, of
            the piece before it. It changes nothing of the step. "": nobody says.
    """

    problem: str
    steps: tuple[str, ...]
    seed: int
    index: int = 0
    attempts: tuple[tuple[str, ...], ...] = ()
    opening: str = ""
    run: str = ""
    step_ids: StepIds = ()
    to_end: int = 0
    parent: str = ""

    def __post_init__(self) -> None:
        if self.step_ids and len(self.step_ids) != len(self.steps):
            raise ValueError(
                f"A request has {len(self.steps)} steps and the token ids of "
                f"{len(self.step_ids)}; expected one entry for each step, or none at all."
            )


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
        ids: The step in the solver's own token ids: its opening, what was generated, and the
            delimiter with whatever else its token holds, which is how the next step begins; no
            end token. None: the solver does not say, and what continues the step is tokenised.
        thought: Whether it is what the model thinks before it answers. None: the text says so.
        flops, repeats: What it took, and what it repeats, of a step that was written before
            (`search_core/run/known.py`). None: the solver's shape and the text say so.
        by: The person who wrote it, of a step that was written before; "": a solver did.
        again: Whether it is of an earlier run, so that nothing was spent on it now.
    """

    text: str
    tokens: int
    logprob: float | None
    ended: Ended
    prefilled: int = 0
    reused: int = 0
    known: int | None = None
    ids: TokenIds | None = None
    thought: Thought | None = None
    flops: float | None = None
    repeats: Repeats | None = None
    by: str = ""
    again: bool = False


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
class TakesPrompt(Protocol):
    """A solver that reads a system prompt, which each run may have its own of."""

    @property
    def info(self) -> SolverInfo: ...

    def told(self, system_prompt: str) -> Solver:
        """The same model, told this before each problem; nothing is loaded again.

        Its `info.prompt` is this. It shares memory and batches with the one that it was made from.

        Args:
            system_prompt: System message before the problem; "" for none.
        """
        ...


@runtime_checkable
class KeepsPaths(Protocol):
    """A solver or a verifier that keeps what it computed of a path, to continue from there."""

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """Forget what a run will not come back to: memory only, never a result.

        Args:
            paths: Their last steps, and whatever continues them, are let go; the steps before
                may still be needed. None: everything of the run, which is over.
            step_ids: For each of these paths, as in a request; empty: none are known. A verifier
                reads text and has no use for them.
        """
        ...
