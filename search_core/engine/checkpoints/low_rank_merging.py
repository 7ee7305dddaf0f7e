"""Adds low-rank changes to a model that was loaded: afterwards it is a model like any other."""

from __future__ import annotations

from typing import Any

from search_core.engine.checkpoints.hub import ModelLoadError
from search_core.engine.checkpoints.low_rank_folder import BEFORE, LowRankChanges

HEADS = ("score", "classifier")


def merge(model: Any, changes: LowRankChanges) -> None:
    """W becomes W + scale × B A for every matrix that is changed, and the head is put in place.

    The product is computed in float32 and rounded once, to the precision of W.

    Raises:
        ModelLoadError: The model has no such matrix, or one of another shape.
    """
    import torch
    from safetensors import safe_open

    with torch.no_grad(), safe_open(changes.file, framework="pt") as file:
        for name in changes.modules:
            weight = _matrix(model, name, changes)
            a, b = (file.get_tensor(f"{BEFORE}{name}.lora_{part}.weight").float() for part in "AB")
            if weight.shape != (b.shape[0], a.shape[1]):
                raise _refusal(
                    changes,
                    f"{name} has the shape {list(weight.shape)}, and the change is for "
                    f"{[b.shape[0], a.shape[1]]}",
                )
            weight.copy_(weight.float() + changes.scale * (b @ a).to(weight.device))
        names = {name for name in file.keys() if name.removeprefix(BEFORE).startswith(HEADS)}  # noqa: SIM118  a file is no mapping
        for name in names:
            own = dict(model.named_parameters()).get(name.removeprefix(BEFORE))
            given = file.get_tensor(name)
            if own is None or own.shape != given.shape:
                raise _refusal(changes, f"the model has no head {name.removeprefix(BEFORE)}")
            own.copy_(given)


def brought(model: Any, changes: LowRankChanges | None, told: Any) -> Any:
    """What transformers says of a base's loading, without what the changes bring: a head."""
    if changes is None or not changes.labels:
        return told
    own = {name for name, _ in model.named_parameters() if name.startswith(HEADS)}
    return {**told, "missing_keys": set(told["missing_keys"]) - own}


def _matrix(model: Any, name: str, changes: LowRankChanges) -> Any:
    import torch

    modules = dict(model.named_modules())
    # The decoder alone has no "model." before its layers.
    module = modules.get(name, modules.get(name.removeprefix("model.")))
    if not isinstance(module, torch.nn.Linear):
        raise _refusal(changes, f"the model has no matrix {name:.80}")
    if module.weight is model.get_input_embeddings().weight:
        raise _refusal(changes, f"{name:.80} is the embedding too, which would change with it")
    return module.weight


def _refusal(changes: LowRankChanges, why: str) -> ModelLoadError:
    return ModelLoadError(
        f"{changes.folder.name} cannot be loaded: it changes {changes.base}, and {why}. Check that "
        "it was made for that model."
    )
