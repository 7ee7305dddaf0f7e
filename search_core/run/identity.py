"""Who a run's models are, as its log says it."""

from __future__ import annotations

from pydantic import ValidationError

from search_core.log.events import Judged, ModelRecord, StepsBy
from search_core.protocols import ModelInfo, SolverInfo, VerifierInfo
from search_core.run.pairing import steps_of
from search_core.run.replies import ProtocolError
from search_core.steps import BLANK_LINES
from search_core.strategies.base import Strategy


def solver_record(info: object, strategy: Strategy | None = None) -> ModelRecord:
    """What a log says of a solver.

    Args:
        strategy: For which it writes; None: for whichever.

    Raises:
        ProtocolError: It says of itself what cannot be written down.
    """
    if not isinstance(info, SolverInfo):
        raise _misfit("solver", info, "a SolverInfo")
    steps = info.steps if strategy is None else steps_of(strategy, info.steps)
    style = "" if info.step_style == BLANK_LINES.name else info.step_style
    return _record("solver", info, prompt=info.prompt, steps=steps, style=style)


def verifier_record(info: object) -> ModelRecord:
    """What a log says of a verifier. Raises as `solver_record`."""
    if not isinstance(info, VerifierInfo):
        raise _misfit("verifier", info, "a VerifierInfo")
    return _record("verifier", info, scores=info.scores)


def _record(
    role: str,
    info: ModelInfo,
    prompt: str = "",
    scores: Judged = "steps",
    steps: StepsBy = "continued",
    style: str = "",
) -> ModelRecord:
    try:
        return ModelRecord(
            name=info.name,
            revision=info.revision,
            parameters=info.parameters,
            dtype=info.dtype,
            device=info.device,
            prompt=prompt,
            scores=scores,
            steps=steps,
            step_style=style,
        )
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise ProtocolError(
            f"The {role}'s {wrong['loc'][0]} is {wrong['input']!r:.80}, which no log can hold: "
            f"{wrong['msg']}."
        ) from error


def _misfit(role: str, info: object, expected: str) -> ProtocolError:
    return ProtocolError(
        f"The {role}'s info is something of type {type(info).__name__}; expected {expected}."
    )
