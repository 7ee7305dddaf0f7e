"""Writes a training's kept weights as the checkpoints that the repository ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load_file

from search_core.embedded.training.learning_stages import KEPT, STAGE
from search_core.embedded.training.verifier_model import read_state
from search_core.embedded.training.workshop import Workshop
from search_core.engine.checkpoints.differences import write_differences
from search_core.engine.reading.score_reading import ReadingWeights, ScoreReading
from search_core.evaluation.first_errors import THRESHOLD
from search_core.models.shipped import VERIFIERS

FOLDER, LIST = "verifier-checkpoints", "checkpoints.json"
COMMAND = "python -m search_core.embedded checkpoints --out DIR"
DRAWN = "test"
"""The split of what `verify --drawn` draws."""
_LIKELIHOOD = "likelihood"


def write_checkpoints(shop: Workshop) -> None:
    """Write them as differences to the verifier whose layers they began with.

    They are read as they were trained: nothing is calibrated, so that early ones show how little
    they know.
    """
    folder = shop.out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    start = _single(load_file(VERIFIERS["small"].folder / "model.safetensors"))
    entries = []
    for number, tokens in enumerate(KEPT, start=1):
        state = read_state(shop.work / STAGE / f"kept-{tokens}.pt")
        total, least = state.pop(_LIKELIHOOD).tolist()
        weights = _single({name: tensor.float().numpy() for name, tensor in state.items()})
        name = f"checkpoint-{number}"
        path = folder / f"{name}.safetensors"
        write_differences(weights, start, path)
        path.chmod(0o644)
        reading = ReadingWeights(total=total, least=least)
        entries.append(
            {
                "name": name,
                "tokens": tokens,
                "threshold": THRESHOLD,
                "reading": ScoreReading(reading, reading).to_config(),
            }
        )
    values = {"command": COMMAND, "torch": torch.__version__, "seed": shop.settings.seed}
    _write(folder / LIST, values | {"checkpoints": entries})


def add_figures(shop: Workshop, report: Path) -> None:
    """Note what a report of `verify` says of each checkpoint beside it.

    Raises:
        KeyError: It has no card of one of them.
    """
    path = shop.out / FOLDER / LIST
    values = json.loads(path.read_text(encoding="utf-8"))
    found = json.loads(report.read_text(encoding="utf-8"))
    for entry in values["checkpoints"]:
        card = found["cards"][entry["name"]]
        ranking = {
            what: card["ranking"][what]["within_problem"]["auroc"]
            for what in ("solutions", "steps")
        }
        entry["measured"] = {
            "auroc": ranking["solutions"],
            "steps_auroc": ranking["steps"],
            "f1": card["benchmarks"]["processbench"]["splits"][DRAWN]["interval"],
            "steps_ece": card["reliability"]["steps"]["ece"],
            "ece": card["reliability"]["solutions"]["ece"],
        }
    values["measured_by"] = found["command"]
    _write(path, values)


def _single(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[np.float32]]:
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
