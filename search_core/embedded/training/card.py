"""Model cards: `README.md` for people, `espalier.json` for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import safe_open

from search_core.embedded.training.card_text import solver_card, verifier_card
from search_core.embedded.training.export import WEIGHTS_FILE, revision_of
from search_core.embedded.training.workshop import Workshop

_SOLVER_FIGURES = ("problems", "greedy", "pass@1", "greedy by level")


def write_cards(shop: Workshop) -> None:
    """Writes both cards into both model folders, from what the stages noted."""
    measured = shop.noted("measured")
    for kind, folder in (("solver", shop.solver_folder), ("verifier", shop.verifier_folder)):
        facts = _facts(shop, kind, folder, measured)
        (folder / "espalier.json").write_text(json.dumps(facts, indent=1) + "\n")
        text = solver_card(shop, facts) if kind == "solver" else verifier_card(shop, facts)
        (folder / "README.md").write_text(text)


def _facts(shop: Workshop, kind: str, folder: Path, measured: dict[str, Any]) -> dict[str, Any]:
    figures = measured["figures"]
    if kind == "solver":
        figures = {
            family: {name: values[name] for name in _SOLVER_FIGURES}
            for family, values in figures.items()
        }
    return {
        "name": folder.name,
        "kind": kind,
        "revision": revision_of(folder),
        "parameters": count_weights(folder),
        "trained_on": _trained_on(shop, kind),
        "seed": shop.settings.seed,
        "measured": figures,
        **measured["lengths"],
    }


def _trained_on(shop: Workshop, kind: str) -> str:
    if kind == "solver":
        tokens = shop.noted("solver")["tokens"]
        return f"{tokens:,} tokens of worked solutions of generated problems (training split)"
    spoiled, tuned = shop.noted("verifier-a")["tokens"], shop.noted("verifier-b")["tokens"]
    rollouts = shop.noted("rollouts")["rollouts"]
    return (
        f"the solver's weights, then {spoiled:,} tokens of solutions spoiled on purpose "
        f"(training split), then {tuned:,} tokens with labels from {rollouts:,} rollouts "
        "(verifier split)"
    )


def count_weights(folder: Path) -> int:
    """Parameters in a folder's weights file."""
    total = 0
    with safe_open(folder / WEIGHTS_FILE, "pt") as weights:
        for name in weights.keys():  # noqa: SIM118 (not a dictionary)
            size = 1
            for side in weights.get_slice(name).get_shape():
                size *= side
            total += size
    return total
