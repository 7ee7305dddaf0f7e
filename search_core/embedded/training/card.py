"""Model cards: `README.md` for people, `espalier.json` for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import safe_open

from search_core.embedded.training.export import WEIGHTS_FILE, revision_of
from search_core.embedded.training.solver_card import solver_card
from search_core.embedded.training.verifier_card import verifier_card
from search_core.embedded.training.workshop import Workshop


def write_cards(shop: Workshop) -> None:
    """Writes every model's card into its folder, from what the stages noted."""
    measured = shop.noted("measured")
    for name in measured["solvers"]:
        metadata = _solver_metadata(shop, name, measured)
        write_card(shop.solver_folder(name), metadata, solver_card(shop, name, metadata))
    for name in measured["verifiers"]:
        metadata = _verifier_metadata(shop, name, measured)
        write_card(shop.verifier_folder(name), metadata, verifier_card(shop, name, metadata))


def write_card(folder: Path, metadata: dict[str, Any], text: str) -> None:
    (folder / "espalier.json").write_text(json.dumps(metadata, indent=1) + "\n")
    (folder / "README.md").write_text(text)


def common_metadata(folder: Path, kind: str, seed: int) -> dict[str, Any]:
    return {
        "name": folder.name,
        "kind": kind,
        "revision": revision_of(folder),
        "parameters": count_weights(folder),
        "seed": seed,
    }


def _solver_metadata(shop: Workshop, name: str, measured: dict[str, Any]) -> dict[str, Any]:
    tokens = shop.noted(f"solver-{name}")["tokens"]
    return {
        **common_metadata(shop.solver_folder(name), "solver", shop.settings.seed),
        "trained_on": f"{tokens:,} tokens of worked solutions of generated problems "
        "(training split)",
        "measured": measured["solvers"][name],
        **measured["lengths"][name],
    }


def _verifier_metadata(shop: Workshop, name: str, measured: dict[str, Any]) -> dict[str, Any]:
    calibration = shop.noted(f"calibration-{name}")
    threshold = calibration.get("first_error_threshold")
    return {
        **common_metadata(shop.verifier_folder(name), "verifier", shop.settings.seed),
        "scores": "solutions" if name == "outcome" else "steps",
        **({} if threshold is None else {"first_error_threshold": threshold}),
        "trained_on": _verifier_data(shop, name),
        "measured": measured["verifiers"][name],
        **measured["lengths"]["small"],
    }


def _verifier_data(shop: Workshop, name: str) -> str:
    tuned = shop.noted(f"verifier-{name}")["tokens"]
    attempts = f"{tuned:,} tokens of the small solver's own attempts (verifier split)"
    if name == "early":
        return f"the small solver's weights, then {attempts}, labelled by rollouts"
    size = "large" if name == "large" else "small"
    spoiled = shop.noted(f"corruptions-{size}")["tokens"]
    labelled = "by their outcome" if name == "outcome" else "by rollouts"
    return (
        f"the {size} solver's weights, then {spoiled:,} tokens of solutions spoiled on purpose "
        f"(training split), then {attempts}, labelled {labelled}"
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
