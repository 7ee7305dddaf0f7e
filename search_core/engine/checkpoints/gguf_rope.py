"""Llama 3's stretched positions, which a GGUF file has as one factor for each frequency."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy

from search_core.engine.checkpoints.gguf_header import GgufFile
from search_core.engine.checkpoints.gguf_unpacking import unpacked
from search_core.engine.checkpoints.hub import ModelLoadError

_LOW, _HIGH, _TRAINED = 1.0, 4.0, 8192
"""Of all published ones: Llama 3.1, 3.2 and 3.3."""


def rope_of_factors(file: GgufFile, told: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The parameters of rotary positions, told from what they make of each frequency.

    Args:
        told: Those without a stretch.
        size: Of a head.

    Raises:
        ModelLoadError: The factors follow from no parameters that are known.
    """
    stored = file.tensors["rope_freqs.weight"]
    if stored.shape == (size // 2,):
        factors = unpacked(file, stored)
        factor = round(float(factors.max()), 3)
        if factor >= 1 and numpy.allclose(factors, _factors(told, size, factor), rtol=1e-4):
            return {
                **told,
                "rope_type": "llama3",
                "factor": factor,
                "low_freq_factor": _LOW,
                "high_freq_factor": _HIGH,
                "original_max_position_embeddings": _TRAINED,
            }
    raise ModelLoadError(
        f"{file.path.name} cannot be loaded: its factors of rotary frequencies are not Llama 3's, "
        "and no others are read."
    )


def _factors(told: Mapping[str, Any], size: int, factor: float) -> Any:
    """What each frequency is divided by (transformers' `_compute_llama3_parameters`)."""
    frequencies = told["rope_theta"] ** -(numpy.arange(0, size, 2) / size)
    turns = _TRAINED * frequencies / (2 * math.pi)
    between = (turns - _LOW) / (_HIGH - _LOW)
    smooth = 1 / ((1 - between) / factor + between)
    return numpy.where(turns > _HIGH, 1.0, numpy.where(turns < _LOW, factor, smooth))
