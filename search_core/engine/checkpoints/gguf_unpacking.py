"""Unpacks the numbers of a GGUF tensor, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from search_core.engine.checkpoints.gguf_header import GgufFile, StoredTensor
from search_core.engine.checkpoints.gguf_library import gguf_library
from search_core.engine.checkpoints.hub import ModelLoadError

_AT_ONCE = 4 * 1024**2
"""Numbers that are unpacked at once."""


def unpacked_rows(file: GgufFile, stored: StoredTensor) -> Iterator[Any]:
    """The rows of a tensor in float32, in their order and in pieces of at most 4 million numbers
    (or of one row).

    Raises:
        ModelLoadError: The file ends before it.
    """
    library = gguf_library()
    kind = library.GGMLQuantizationType[stored.kind]
    width = stored.shape[-1]
    rows = stored.size // (taken := _row_bytes(library, kind, width))
    step = max(1, _AT_ONCE // width)
    with file.path.open("rb") as opened:
        opened.seek(stored.start)
        for first in range(0, rows, step):
            count = min(step, rows - first)
            packed = bytearray(count * taken)
            if opened.readinto(packed) < len(packed):
                raise ModelLoadError(f"{file.path.name} cannot be loaded: it is cut off.")
            blocks = numpy.frombuffer(packed, numpy.uint8).reshape(count, taken)
            # A scale that is no number is a stranger's; it makes no noise here.
            with numpy.errstate(all="ignore"):
                yield library.quants.dequantize(blocks, kind).reshape(count, width)


def unpacked(file: GgufFile, stored: StoredTensor) -> Any:
    """A whole small tensor in float32. Raises as `unpacked_rows`."""
    return numpy.concatenate(list(unpacked_rows(file, stored))).reshape(stored.shape)


def _row_bytes(library: Any, kind: Any, width: int) -> int:
    numbers, taken = library.GGML_QUANT_SIZES[kind]
    size: int = width // numbers * taken
    return size
