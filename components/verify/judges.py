"""The verifiers that a visitor may ask at once: the embedded ones, and a training's checkpoints."""

from __future__ import annotations

from functools import cache
from typing import Any

from search_core.evaluation.first_errors import THRESHOLD
from search_core.model_card import read_card
from search_core.models import FIRST, VERIFIERS, checkpoints, open_pair
from search_core.protocols import Verifier

MOST_JUDGES = 4


def judges() -> dict[str, dict[str, Any]]:
    """What the page is told of each, by its name."""
    found: dict[str, dict[str, Any]] = {
        name: {"title": model.title, "threshold": threshold_of(name)}
        for name, model in VERIFIERS.items()
    }
    for name, checkpoint in checkpoints().items():
        found[name] = {
            "title": f"Checkpoint {name.removeprefix('checkpoint-')}",
            "threshold": checkpoint.threshold,
            "tokens": checkpoint.tokens,
            "measured": dict(checkpoint.measured),
        }
    return found


def read_judges(names: object) -> list[str]:
    """The verifiers that are asked for.

    Raises:
        ValueError: None, too many, or one that is not offered; the message is for the visitor.
    """
    known = judges()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("Name the verifiers as a list.")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"The verifier {unknown[0][:60]!r} is not offered here; choose among "
            f"{', '.join(known)}."
        )
    if not 1 <= len(set(names)) <= MOST_JUDGES:
        raise ValueError(f"Choose one to {MOST_JUDGES} verifiers.")
    return list(dict.fromkeys(names))


def threshold_of(name: str) -> float:
    """A step that scores below it is called wrong by this verifier."""
    if name in checkpoints():
        return checkpoints()[name].threshold
    return float(read_card(VERIFIERS[name].folder).get("first_error_threshold", THRESHOLD))


@cache
def judge(name: str) -> Verifier:
    """The verifier of an offered name; loaded when it is first asked."""
    return open_pair(FIRST, name).verifier
