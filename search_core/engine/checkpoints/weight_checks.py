"""Whether weights are those of the model that the config describes: before loading, and after."""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.checkpoint import Checkpoint, ModelLoadError
from search_core.engine.checkpoints.library import transformers_library
from search_core.engine.checkpoints.weights import weight_shapes

_log = logging.getLogger(__name__)

_SLACK = 1_000_000
"""Parameters that a model may have beside those that are stored: small, or tied otherwise."""
_PACKED = 8
"""Parameters in a stored number, at most, where weights are quantised."""
_MOST_BUFFERS = 2**28
"""Numbers that a model may hold beside its parameters (tables of positions, masks)."""


def check_weights(checkpoint: Checkpoint, loader: Any, clean: Path) -> Any:
    """Refuse a model that is larger than what is stored of it, before memory is taken for it.

    The model is made without memory (on torch's meta device), and its parameters are counted.

    Returns:
        The model's class.

    Raises:
        ModelLoadError: It has more parameters than the weights, or weights of other shapes.
    """
    import torch

    shapes = weight_shapes(checkpoint)
    stored = sum(map(math.prod, shapes.values()))
    config = transformers_library().AutoConfig.from_pretrained(
        clean, trust_remote_code=False, local_files_only=True
    )
    with torch.device("meta"):
        model = loader.from_config(copy.deepcopy(config), trust_remote_code=False)
    wanted = sum(weight.numel() for weight in model.parameters())
    quantised = getattr(config, "quantization_config", None) is not None
    if wanted > (_PACKED if quantised else 1) * stored + _SLACK:
        raise ModelLoadError(
            f"{checkpoint.name} cannot be loaded: its config.json describes {wanted:,} parameters, "
            f"and its weights hold {stored:,}. Check that they belong together."
        )
    held = sum(buffer.numel() for buffer in model.buffers())
    if held > _MOST_BUFFERS:
        raise ModelLoadError(
            f"{checkpoint.name} cannot be loaded: tables of {held:,} numbers follow from its "
            f"config.json; at most {_MOST_BUFFERS:,} are made. Check max_position_embeddings."
        )
    if quantised:
        return type(model)
    for name, weight in model.named_parameters():
        shape = shapes.get(name)
        if shape is not None and math.prod(shape) != weight.numel():
            raise ModelLoadError(
                f"{checkpoint.name} cannot be loaded: {name} has the shape {list(shape)}, and its "
                f"config.json says {list(weight.shape)}. Check that they belong together."
            )
    return type(model)


@contextmanager
def load_report() -> Iterator[LoadReport]:
    """Holds back transformers' own report, which calls a verifier's head needless."""
    report = LoadReport()
    logger = logging.getLogger("transformers.modeling_utils")
    logger.addFilter(report)
    try:
        yield report
    finally:
        logger.removeFilter(report)


class LoadReport(logging.Filter):
    """Says of what was loaded what `LoadReport.check` finds, in the place of the library."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a message is shown."""
        return "LOAD REPORT" not in record.getMessage()

    def check(self, name: str, model: str, found: Mapping[str, Any], *, alone: bool) -> None:
        """What is missing is an error, and what is too much is said.

        Args:
            name, model: Of the checkpoint, and of its class.
            found: What transformers says of its loading.
            alone: Whether the decoder alone was wanted, whatever stands on it.

        Raises:
            ModelLoadError: Weights are missing.
        """
        missing = sorted(found["missing_keys"])
        if missing:
            raise ModelLoadError(
                f"{name} lacks weights that {model} needs ({', '.join(missing[:4])}); they would "
                "be random. Check that it is a checkpoint of this architecture."
            )
        needless = sorted(found["unexpected_keys"])
        if needless and not alone:
            _log.warning(
                "%s has %d weights that %s does not use (%s); they are left out.",
                name,
                len(needless),
                model,
                ", ".join(needless[:4]),
            )
