"""Writes folders of random low-rank changes, as the library PEFT does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

BEFORE = "base_model.model."
USUAL: dict[str, Any] = {
    "peft_type": "LORA",
    "task_type": "CAUSAL_LM",
    "r": 2,
    "lora_alpha": 4,
    "bias": "none",
    "use_dora": False,
    "rank_pattern": {},
    "inference_mode": True,
}


def low_rank(
    folder: Path,
    base: Path | str,
    shapes: dict[str, tuple[int, int]],
    *,
    head: dict[str, tuple[int, ...]] | None = None,
    seed: int = 0,
    **changed: Any,
) -> Path:
    """A folder of random changes.

    Args:
        shapes: Rows and columns of each changed matrix.
        head: The shapes of a classifier's weights.
        changed: What its config says in place of the usual.
    """
    folder.mkdir(parents=True)
    config = {**USUAL, "base_model_name_or_path": str(base), **changed}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    made = torch.Generator().manual_seed(seed)
    rank = config["r"]
    tensors = {}
    for name, (rows, columns) in shapes.items():
        tensors[f"{BEFORE}{name}.lora_A.weight"] = torch.randn(rank, columns, generator=made)
        tensors[f"{BEFORE}{name}.lora_B.weight"] = torch.randn(rows, rank, generator=made)
    for name, shape in (head or {}).items():
        tensors[BEFORE + name] = torch.randn(shape, generator=made)
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder
