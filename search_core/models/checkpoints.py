"""The checkpoints of a verifier's training that the repository ships, kept by difference.

They are verifiers like others, by the names "checkpoint-1" to the last; each is put together in a
folder of its own when it is first asked for, which the process takes away when it ends.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from search_core.models.shipped import ASSETS, VERIFIERS

FOLDER = ASSETS / "verifier-checkpoints"
_LIST = "checkpoints.json"
_BEGAN_WITH = VERIFIERS["small"].folder
"""Whose layers the training began with."""
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")


@dataclass(frozen=True, slots=True)
class VerifierCheckpoint:
    """One state of a verifier in training.

    Attributes:
        name: What a command line calls it.
        tokens: How many it had been trained on.
        threshold: A step that scores below it is called wrong.
        reading: How its score follows from what it reads, as a model's config has it.
        measured: Its figures on held-out problems, by name.
    """

    name: str
    tokens: int
    threshold: float
    reading: Mapping[str, Any]
    measured: Mapping[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """Its difference to the verifier whose layers it began with."""
        return FOLDER / f"{self.name}.safetensors"


@cache
def checkpoints() -> Mapping[str, VerifierCheckpoint]:
    """All of them by name, the youngest first; {} where none are shipped."""
    path = FOLDER / _LIST
    if not path.is_file():
        return {}
    values = json.loads(path.read_text(encoding="utf-8"))
    found = [VerifierCheckpoint(**entry) for entry in values["checkpoints"]]
    return {each.name: each for each in found}


@cache
def checkpoint_folder(name: str) -> Path:
    """The folder of a checkpoint, as any model's.

    Raises:
        KeyError: There is none of this name.
    """
    from search_core.engine.checkpoints.differences import restore

    checkpoint = checkpoints()[name]
    folder = Path(_room().name) / f"verifier-{name}"
    folder.mkdir()
    for file in _TOKENIZER:
        shutil.copyfile(_BEGAN_WITH / file, folder / file)
    restore(checkpoint.file, _BEGAN_WITH / "model.safetensors", folder / "model.safetensors")
    config = json.loads((_BEGAN_WITH / "config.json").read_text(encoding="utf-8"))
    config["score_reading"] = checkpoint.reading
    card = {"scores": "steps", "first_error_threshold": checkpoint.threshold}
    for file, values in (("config.json", config), ("espalier.json", card)):
        (folder / file).write_text(json.dumps(values), encoding="utf-8")
    return folder


@cache
def _room() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="espalier-checkpoints-")
