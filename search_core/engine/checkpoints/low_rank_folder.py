"""A folder of low-rank changes to another model (LoRA), as the library PEFT writes it.

It holds `adapter_config.json`, which names the base and the scale, and `adapter_model.safetensors`
with two thin matrices A and B for each matrix W that is changed to W + scale × B A, and perhaps
the head of a classifier. What would make another model of it than these sentences say is refused.
Imports no torch.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_core.engine.checkpoints.hub import ModelLoadError
from search_core.engine.checkpoints.json_files import read_object

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
BEFORE = "base_model.model."
"""How PEFT's names of weights begin: what follows is the base's own name of the module."""
_CHANGE = re.compile(re.escape(BEFORE) + r"([A-Za-z0-9_.]{1,200})\.lora_([AB])\.weight")
_HEAD = re.compile(re.escape(BEFORE) + r"(?:score|classifier)\.(weight|bias)")
_TASKS: Mapping[str, str] = {
    "CAUSAL_LM": "ForCausalLM",
    "TOKEN_CLS": "ForTokenClassification",
    "SEQ_CLS": "ForSequenceClassification",
}
_OFF: Mapping[str, tuple[Any, ...]] = {
    "use_dora": (None, False),
    "use_qalora": (None, False),
    "lora_bias": (None, False),
    "fan_in_fan_out": (None, False),
    "bias": (None, "none"),
    "rank_pattern": (None, {}),
    "alpha_pattern": (None, {}),
    "layer_replication": (None, []),
    "trainable_token_indices": (None, [], {}),
    "target_parameters": (None, []),
}
"""Options that change what the matrices mean, with the values that leave it as it is."""
_MOST_RANK = 4096
_LONGEST_HEADER = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class LowRankChanges:
    """What a folder changes in which model.

    Attributes:
        folder: Where it is.
        base: The model that is changed: a folder, a Hub id, or "package:NAME".
        scale: What B A is multiplied by.
        ends_in: What the changed model is: "ForCausalLM", "ForTokenClassification" or
            "ForSequenceClassification".
        modules: The names of the changed matrices' modules in the base.
        labels: Rows of the head that it brings; 0: it brings none.
    """

    folder: Path
    base: str
    scale: float
    ends_in: str
    modules: tuple[str, ...]
    labels: int

    @property
    def file(self) -> Path:
        """The weights."""
        return self.folder / WEIGHTS

    def config(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The base's config.json, of the model that it becomes."""
        named = [str(name) for name in base.get("architectures") or ["ForCausalLM"]]
        changed = [re.sub(r"For[A-Z]\w*$", "", name) + self.ends_in for name in named]
        labels = {"num_labels": self.labels} if self.labels else {}
        return {**base, "architectures": changed, **labels}


def is_low_rank(folder: Path) -> bool:
    """Whether a folder holds changes to a model, and no model."""
    return (folder / CONFIG).is_file() and not (folder / "config.json").is_file()


def read_low_rank(folder: Path) -> LowRankChanges:
    """What a folder of low-rank changes says, by its config and its weights' header.

    Raises:
        ModelLoadError: It is in another format, incomplete, or changes more than matrices and head.
    """
    values = read_object(folder / CONFIG)
    kind = values.get("peft_type")
    if kind != "LORA":
        raise _refusal(folder, f"peft_type is {kind!r:.40}; expected LORA")
    for name, usual in _OFF.items():
        if values.get(name) not in usual:
            raise _refusal(folder, f"{name} is {values[name]!r:.60}, which is not supported")
    task = str(values.get("task_type"))
    if task not in _TASKS:
        raise _refusal(folder, f"task_type is {task!r:.40}; expected {', '.join(_TASKS)}")
    modules, labels = _weights(folder)
    if (task == "CAUSAL_LM") == bool(labels):
        raise _refusal(folder, f"task_type is {task}, and it brings {labels or 'no'} labels")
    return LowRankChanges(
        folder, _base(folder, values), _scale(folder, values), _TASKS[task], modules, labels
    )


def _base(folder: Path, values: Mapping[str, Any]) -> str:
    base = values.get("base_model_name_or_path")
    if not isinstance(base, str) or not 0 < len(base) <= 1000:
        raise _refusal(folder, "base_model_name_or_path names no model that it changes")
    # As in a catalogue: "./…" is beside the file that says so.
    return str((folder / base).resolve()) if base.startswith(("./", "../")) else base


def _scale(folder: Path, values: Mapping[str, Any]) -> float:
    rank, alpha = values.get("r"), values.get("lora_alpha")
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= _MOST_RANK:
        raise _refusal(folder, f"r is {rank!r:.40}; expected 1 to {_MOST_RANK:,}")
    if not isinstance(alpha, int | float) or isinstance(alpha, bool) or not math.isfinite(alpha):
        raise _refusal(folder, f"lora_alpha is {alpha!r:.40}; expected a number")
    return alpha / (math.sqrt(rank) if values.get("use_rslora") else rank)


def _weights(folder: Path) -> tuple[tuple[str, ...], int]:
    """The changed modules, and the head's number of labels."""
    parts: dict[str, dict[str, list[int]]] = {}
    labels = 0
    for name, shape in _shapes(folder).items():
        if found := _CHANGE.fullmatch(name):
            parts.setdefault(found[1], {})[found[2]] = shape
        elif _HEAD.fullmatch(name):
            labels = shape[0] if shape else 0
        else:
            raise _refusal(folder, f"it has a weight {name!r:.80} that is not known here")
    for module, shapes in parts.items():
        a, b = shapes.get("A", []), shapes.get("B", [])
        if len(a) != 2 or len(b) != 2 or a[0] != b[1]:
            raise _refusal(folder, f"A and B of {module:.80} have the shapes {a} and {b}")
    if not parts and not labels:
        raise _refusal(folder, "it changes nothing")
    return tuple(sorted(parts)), labels


def _shapes(folder: Path) -> dict[str, list[int]]:
    path = folder / WEIGHTS
    if not path.is_file():
        raise _refusal(
            folder,
            f"it has no {WEIGHTS}. Only that is loaded, because pickled weights can run code",
        )
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header: Any = json.loads(file.read(length)) if length <= _LONGEST_HEADER else {}
        shapes = {
            str(name): [int(size) for size in entry["shape"]]
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise _refusal(folder, f"{WEIGHTS} is no safetensors file") from error
    return shapes


def _refusal(folder: Path, why: str) -> ModelLoadError:
    return ModelLoadError(
        f"{folder.name} cannot be loaded: it holds low-rank changes to a model ({CONFIG}), and "
        f"{why}. Merge it into its base with the library that wrote it, and load that."
    )
