"""How much memory loaded models hold, in numbers and in one plain line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from search_core.models.pair import ModelPair
from search_core.protocols import ModelInfo

NOT_LOADED = "not loaded yet."
_DEVICES = {"cpu": "CPU", "cuda": "GPU", "mps": "GPU (Metal)"}
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@runtime_checkable
class HoldsMemory(Protocol):
    """A solver or a verifier that keeps keys and values of what it read."""

    def memory(self) -> int:
        """Bytes of keys and values that it holds now. Cheap enough to ask every second."""
        ...


@dataclass(frozen=True, slots=True)
class ModelMemory:
    """What one loaded model holds.

    Attributes:
        info: Its identity.
        kept: Bytes of keys and values; None if it does not say.
    """

    info: ModelInfo
    kept: int | None


def held_by(pair: ModelPair) -> list[ModelMemory]:
    """What the loaded ones of a pair's models hold: solver first."""
    models = [lazy.loaded for lazy in pair.parts]
    return [
        ModelMemory(model.info, model.memory() if isinstance(model, HoldsMemory) else None)
        for model in models
        if model is not None
    ]


def memory_line(pair: ModelPair) -> str:
    """Which models run, on what, and what they hold: one sentence for the page."""
    solver, verifier = pair.names
    who = f"{solver} with {verifier}"
    held = held_by(pair)
    if not held:
        return f"{who}: {NOT_LOADED}"
    devices = dict.fromkeys(model.info.device for model in held if model.info.device)
    where = " and ".join(_DEVICES.get(device, device) for device in devices)
    kept = [model.kept for model in held if model.kept is not None]
    # One checkpoint in two roles is there once.
    whose = {
        (info.name, info.revision, info.dtype, info.device, info.weight_bytes): info.weight_bytes
        for info in (model.info for model in held)
    }
    weights = [size for size in whose.values() if size is not None]
    parts = []
    if weights:
        parts.append(f"{readable_bytes(sum(weights))} of weights")
    if kept:
        parts.append(f"{readable_bytes(sum(kept))} of keys and values")
    if "cuda" in devices:
        taken = _allocated()
        parts += [f"{readable_bytes(taken)} of GPU memory taken in all"] if taken else []
    place = f" on {where}" if where else ""
    return f"{who}{place}: {', '.join(parts)}." if parts else f"{who}{place}."


def readable_bytes(count: int) -> str:
    """Three digits and a unit, in powers of 1000: "18.5 GB"."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 0 else max(0, 3 - len(f"{value:.0f}"))
    return f"{value:.{digits}f} {_UNITS[unit]}"


def _allocated() -> int | None:
    from search_core.engine.memory.device_memory import allocated

    return allocated()
