"""The embedded solver with wider attention heads, for vLLM: `python -m tests.vllm.widen FROM TO`.

Its heads are 24 wide, which vLLM's CPU attention refuses and 96 it takes. The copy computes
the same: what is added is zero; rotary pair i becomes pair 4 i, which turns at the same speed among
four times as many; and queries are doubled, because scores are divided by the root of the width.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

FACTOR = 4


def widen(source: Path, target: Path) -> None:
    """Writes the copy; the original is left as it is."""
    shutil.copytree(source, target)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    width = config["head_dim"]
    wide = FACTOR * width
    pairs = torch.arange(width // 2) * FACTOR
    rotary = torch.cat([pairs, pairs + wide // 2])
    weights = load_file(source / "model.safetensors")
    for name, weight in weights.items():
        weight = weight.float()
        projection = name.split(".")[-2]
        if projection in ("q_proj", "k_proj", "v_proj"):
            heads = weight.reshape(-1, width, weight.shape[1])
            places = torch.arange(width) if projection == "v_proj" else rotary
            padded = heads.new_zeros(len(heads), wide, weight.shape[1])
            padded[:, places] = heads * (FACTOR**0.5 if projection == "q_proj" else 1)
            weight = padded.reshape(-1, weight.shape[1])
        elif projection == "o_proj":
            heads = weight.reshape(weight.shape[0], -1, width)
            padded = heads.new_zeros(weight.shape[0], heads.shape[1], wide)
            padded[:, :, :width] = heads
            weight = padded.reshape(weight.shape[0], -1)
        weights[name] = weight.contiguous()
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    config |= {"head_dim": wide, "dtype": "float32"}
    (target / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")


if __name__ == "__main__":
    widen(Path(sys.argv[1]), Path(sys.argv[2]))
