"""Weights kept as their difference to others: four bits for each number, in groups of one scale.

So a training's checkpoints, which differ little from where it began, take a quarter of what half
precision takes. What is read back is not quite what was trained: a checkpoint is measured as it is
read back. Matrices are kept so; what is small (norms, heads) is kept whole, in half precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

Weights = Mapping[str, npt.NDArray[np.float32]]
_GROUP = 32
_MOST = 7
"""Of the whole numbers -7 to 7 that a difference becomes."""
_FEWEST = 1_000
"""Numbers of a matrix that is kept as a difference."""
_PACKED, _SCALES, _WHOLE = "packed", "scales", "whole"


def write_differences(weights: Weights, start: Weights, path: Path) -> None:
    """Keep weights as their difference to others of the same names and shapes.

    Raises:
        ValueError: They have other names or shapes.
    """
    if {name: array.shape for name, array in weights.items()} != {
        name: array.shape for name, array in start.items()
    }:
        raise ValueError("The weights and those that they began with differ in names or shapes.")
    kept: dict[str, npt.NDArray[np.generic]] = {}
    for name, array in weights.items():
        if array.ndim != 2 or array.size < _FEWEST or array.size % (2 * _GROUP):
            kept[f"{name}.{_WHOLE}"] = array.astype(np.float16)
            continue
        groups = (array - start[name]).reshape(-1, _GROUP)
        scales = (np.abs(groups).max(axis=1) / _MOST).astype(np.float16)
        divisor = np.where(scales > 0, scales, 1).astype(np.float32)[:, None]
        whole = np.clip(np.rint(groups / divisor), -_MOST, _MOST).astype(np.int8) + 8
        pairs = whole.astype(np.uint8).reshape(-1, 2)
        kept[f"{name}.{_PACKED}"] = pairs[:, 0] | (pairs[:, 1] << 4)
        kept[f"{name}.{_SCALES}"] = scales
    save_file(kept, path)


def restore(path: Path, start: Path, out: Path) -> None:
    """Write the weights that a file of differences stands for, in half precision.

    Args:
        start: File of the weights that the differences are to, under the same names.

    Raises:
        ValueError: The file holds something else than differences to these.
    """
    began = {name: array.astype(np.float32) for name, array in load_file(start).items()}
    weights = read_differences(path, began)
    halves = {name: array.astype(np.float16) for name, array in weights.items()}
    save_file(halves, out, metadata={"format": "pt"})


def read_differences(path: Path, start: Weights) -> dict[str, npt.NDArray[np.float32]]:
    """The weights again, in the precision in which they were kept.

    Raises:
        ValueError: The file holds something else than differences to these.
    """
    kept = load_file(path)
    found = {}
    for name, array in start.items():
        if f"{name}.{_WHOLE}" in kept:
            whole = kept[f"{name}.{_WHOLE}"].astype(np.float32)
            if whole.shape != array.shape:
                raise ValueError(f"{path.name} holds {name} in another shape than {array.shape}.")
            found[name] = whole
            continue
        packed, scales = kept.get(f"{name}.{_PACKED}"), kept.get(f"{name}.{_SCALES}")
        if packed is None or scales is None or packed.size * 2 != array.size:
            raise ValueError(f"{path.name} holds no difference to {name} {array.shape}.")
        pairs = np.stack([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
        groups = pairs.reshape(-1, _GROUP) * scales.astype(np.float32)[:, None]
        found[name] = array + groups.reshape(array.shape)
    return found
