"""Loads a causal language model as a solver. torch is imported when a model is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.checkpoint import ModelLoadError, find_checkpoint
from search_core.engine.checkpoints.loading import LoadedModel, card_of, load_checkpoint
from search_core.engine.checkpoints.refusals import as_load_errors
from search_core.engine.checkpoints.turns import loading_turn
from search_core.engine.path_tokens import REVISION_REQUEST, TEMPLATE_DATE, PathTokens
from search_core.model_card import revises
from search_core.protocols import UsageError
from search_core.steps import BLANK_LINES, StepStyle

if TYPE_CHECKING:
    from search_core.solvers.transformers_solver import TransformersSolver


def load_solver(
    path_or_id: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    system_prompt: str = "",
    date: str = TEMPLATE_DATE,
    style: StepStyle = BLANK_LINES,
) -> TransformersSolver:
    """Loads a causal language model as a solver.

    One without an espalier.json reads its earlier attempts if it has a chat template; one with
    such a file reads them if that says so ("revises").

    Args:
        path_or_id: Folder, or Hub id.
        device: "cuda", "mps", "cpu", or "auto" for the first of them that is there.
        dtype: "float32", "bfloat16", "float16", "int8" (on CUDA, with bitsandbytes), "int4",
            or "auto": as for `load_checkpoint`.
        system_prompt: System message before the problem; "" for none.
        date: The day that a chat template is told it is.
        style: How it writes steps.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    checkpoint = find_checkpoint(path_or_id)
    request = _revision_request(card_of(checkpoint))
    with loading_turn(), as_load_errors(checkpoint.name):
        from search_core.solvers.transformers_solver import TransformersSolver

        loaded = load_checkpoint(checkpoint, "ForCausalLM", device, dtype)
        _try_template(loaded, system_prompt, date)
        return TransformersSolver(
            loaded,
            system_prompt=system_prompt,
            date=date,
            revision_request=request,
            style=style,
        )


def _try_template(loaded: LoadedModel, system_prompt: str, date: str) -> None:
    """A chat template that cannot write a chat is known now, and not in the middle of a run."""
    try:
        PathTokens(loaded.tokenizer, system_prompt=system_prompt, date=date).prompt("1 + 1")
    except UsageError as error:
        raise ModelLoadError(f"{loaded.info.name} cannot be loaded: {error}") from error


def _revision_request(card: Mapping[str, Any]) -> str | None:
    """How a solver with this card reads its earlier attempts, as `TransformersSolver` wants."""
    if not revises(card):
        return None
    return "" if card else REVISION_REQUEST
