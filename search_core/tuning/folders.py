"""Writes what was learned as a folder of low-rank changes, in the form of the library PEFT."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from search_core.engine.checkpoints.low_rank_folder import BEFORE, CONFIG, WEIGHTS
from search_core.tuning.layers import MATRICES, LowRankShape


def write_folder(
    folder: Path,
    base: str,
    changes: Mapping[str, Tensor],
    shape: LowRankShape,
    *,
    head: Mapping[str, Tensor] | None = None,
    card: Mapping[str, Any],
    sampling: Mapping[str, float] | None = None,
) -> None:
    """A folder that `find_checkpoint` reads.

    Args:
        base: The model that is changed, as `find_checkpoint` takes it.
        changes: As `layers.state` gives them; written in bfloat16, at half the size.
        head: "weight" [labels, hidden] and "bias" [labels] of a verifier; None: a solver.
        card: Its espalier.json.
        sampling: Its generation_config.json.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        f"{BEFORE}{name}.weight": value.to(torch.bfloat16).contiguous()
        for name, value in changes.items()
    }
    if head is not None:
        tensors |= {f"{BEFORE}score.{name}": value.contiguous() for name, value in head.items()}
    config = {
        "base_model_name_or_path": base,
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM" if head is None else "TOKEN_CLS",
        "r": shape.rank,
        "lora_alpha": shape.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": list(MATRICES),
        "modules_to_save": None if head is None else ["score"],
        "inference_mode": True,
    }
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    files = {CONFIG: config, "espalier.json": card, "generation_config.json": sampling}
    for name, values in files.items():
        if values is not None:
            (folder / name).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
