"""Writes a training's kept weights as the checkpoints that the repository ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import save_file
from torch import Tensor

from search_core.embedded.training.calibration import calibrate
from search_core.embedded.training.learning_stages import KEPT
from search_core.embedded.training.rollout_stages import validation_solutions
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.verifier_model import build_verifier, read_state
from search_core.embedded.training.workshop import Workshop
from search_core.engine.checkpoints.differences import read_differences, write_differences

COMMAND = "python -m search_core.embedded checkpoints --out DIR"
_SEED = 1
"""Of the stage's weights, as `verifier_stages` has it."""
_UNUSED = "likelihood"


def write_checkpoints(shop: Workshop) -> None:
    """Write them, each read as it is read back, into the folder "verifier-checkpoints"."""
    shape = shop.settings.small.verifier_shape
    folder = shop.out / "verifier-checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    base = read_state(shop.work / "base-small" / "finished.pt")
    torch.manual_seed(shop.settings.seed + _SEED)
    start = _arrays(build_verifier(shape, base).state_dict())
    # What the solver has is in its own folder already.
    new = {name: array for name, array in start.items() if name not in base}
    save_file({name: array.astype(np.float16) for name, array in new.items()},
              folder / "start.safetensors")  # fmt: skip
    start = {name: array.astype(np.float16).astype(np.float32) for name, array in start.items()}
    tokenizer, solutions = load_tokenizer(shop.tokenizer_folder), validation_solutions(shop)
    entries = []
    for number, tokens in enumerate(KEPT, start=1):
        name = f"checkpoint-{number}"
        kept = read_state(shop.work / "corruptions-small" / f"kept-{tokens}.pt")
        path = folder / f"{name}.safetensors"
        write_differences(_arrays(kept), start, path)
        again = {key: torch.from_numpy(array.astype(np.float16).astype(np.float32))
                 for key, array in read_differences(path, start).items()}  # fmt: skip
        again[_UNUSED] = torch.zeros(2)
        reading, found = calibrate(again, shape, tokenizer, solutions, only_ends=False)
        entries.append(
            {
                "name": name,
                "tokens": tokens,
                "threshold": found["first_error_threshold"],
                "reading": reading.to_config(),
            }
        )
    values = {"command": COMMAND, "torch": torch.__version__, "seed": shop.settings.seed}
    _write(folder / "checkpoints.json", values | {"checkpoints": entries})


def _arrays(state: Mapping[str, Tensor]) -> dict[str, npt.NDArray[np.float32]]:
    return {
        name: tensor.detach().float().numpy() for name, tensor in state.items() if name != _UNUSED
    }


def _write(path: Any, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
