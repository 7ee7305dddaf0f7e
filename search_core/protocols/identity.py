"""What a model says of itself: what its cost depends on, and what it can be asked."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.flops import ModelShape
from search_core.log.events import Judged, StepsBy


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Identity of any model, with what its cost depends on.

    Attributes:
        name: What people call it.
        revision: Commit or content hash; "" if unknown.
        parameters: Parameter count; None if unknown.
        dtype, device: As strings, e.g. "float32", "cpu"; "" if they mean nothing here.
        shape: Architecture sizes for counting FLOPs; None: FLOPs are counted as 0.
        weight_bytes: What its weights take in memory; None if they are not in this process.
    """

    name: str
    revision: str = ""
    parameters: int | None = None
    dtype: str = ""
    device: str = ""
    shape: ModelShape | None = None
    weight_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class SolverInfo(ModelInfo):
    """Identity of a solver, as the trace records it.

    Attributes:
        prompt: System prompt that goes before every problem; "" for none.
        revises: Whether it reads `SampleRequest.attempts`. One that does not must say so here:
            then self-revision is refused.
        logprobs: Whether it gives log-probabilities. One that does not must say so here: then what
            goes by them is refused.
        steps: How it writes a step after others: it goes on from them as its own text; it is shown
            them and asked for the next one; or it does not, and writes whole solutions.
        step_style: How it writes steps, by the name of a `search_core.steps.StepStyle`; "": nobody
            says.
    """

    prompt: str = ""
    revises: bool = True
    logprobs: bool = True
    steps: StepsBy = "continued"
    step_style: str = ""

    @classmethod
    def of(
        cls, model: ModelInfo, *, prompt: str = "", revises: bool = True, step_style: str = ""
    ) -> SolverInfo:
        """A model as a solver."""
        return cls(*_shared(model), prompt, revises, step_style=step_style)


@dataclass(frozen=True, slots=True)
class VerifierInfo(ModelInfo):
    """Identity of a verifier, as the trace records it.

    Attributes:
        scores: What it judges: each step, or finished solutions only.
        writes: Most tokens that it writes, one after the other, before it judges; 0: it only
            reads.
        reads_logprobs: Whether it goes by the solver's log-probabilities.
    """

    scores: Judged = "steps"
    writes: int = 0
    reads_logprobs: bool = False

    @classmethod
    def of(cls, model: ModelInfo, *, scores: Judged = "steps", writes: int = 0) -> VerifierInfo:
        """A model as a verifier."""
        return cls(*_shared(model), scores, writes)


def _shared(
    model: ModelInfo,
) -> tuple[str, str, int | None, str, str, ModelShape | None, int | None]:
    return (
        model.name,
        model.revision,
        model.parameters,
        model.dtype,
        model.device,
        model.shape,
        model.weight_bytes,
    )
