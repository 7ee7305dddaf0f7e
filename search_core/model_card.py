"""A model card: what a folder says of its model, in its espalier.json. Nothing is loaded for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search_core.log.events import Judged

# The best answer by the verifier's score alone, in espalier.json's table of measured figures.
_BEST_BY_SCORE = "best by score"


def read_card(folder: str | Path) -> Mapping[str, Any]:
    """The folder's espalier.json, or that beside a GGUF file; {} if there is none.

    Raises:
        ValueError: The file is no JSON object.
    """
    folder = Path(folder)
    path = (folder.parent if folder.suffix == ".gguf" else folder) / "espalier.json"
    if not path.is_file():
        return {}
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not valid JSON: {error!s:.200}.") from error
    if not isinstance(card, dict):
        raise ValueError(f"{path} holds a {type(card).__name__}; expected a JSON object.")
    return card


def judged_by(card: Mapping[str, Any]) -> Judged:
    """What a verifier judges: "steps" unless its card says "solutions".

    Raises:
        ValueError: They say something else.
    """
    scores = card.get("scores", "steps")
    if scores == "solutions":
        return "solutions"
    if scores == "steps":
        return "steps"
    raise ValueError(
        f'"scores" in espalier.json is {scores!r:.60}; expected "steps" (a process verifier) or '
        '"solutions" (an outcome verifier).'
    )


def revises(card: Mapping[str, Any]) -> bool:
    """Whether a solver with this card was trained to read its earlier attempts ("revises").

    A solver without one, {}, is a chat model that can be asked to.
    """
    return not card or card.get("revises") is True


def parameters_of(card: Mapping[str, Any]) -> int | None:
    """The model's parameter count; None if nobody wrote it down."""
    count = card.get("parameters")
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def over_optimises(card: Mapping[str, Any]) -> bool:
    """Whether the measured figures show that best-of-N gets worse as N grows.

    They do if, in some problem family, the accuracy at the largest N lies below the 95 %
    interval of a smaller N: a fall that is more than luck.
    """
    measured = card.get("measured")
    families = measured.values() if isinstance(measured, Mapping) else ()
    return any(_falls(family) for family in families if isinstance(family, Mapping))


def _falls(family: Mapping[str, Any]) -> bool:
    by_n: dict[int, tuple[float, float]] = {}
    for key, judges in family.items():
        number = key.removeprefix("n=")
        entry = judges.get(_BEST_BY_SCORE) if isinstance(judges, Mapping) else None
        if key != number and number.isdigit() and isinstance(entry, Mapping):
            by_n[int(number)] = (float(entry["mean"]), float(entry["low"]))
    if not by_n:
        return False
    last, _ = by_n.pop(max(by_n))
    return any(last < low for _, low in by_n.values())
