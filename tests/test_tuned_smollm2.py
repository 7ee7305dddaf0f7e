"""The low-rank changes that are shipped: whole, of the base that they name, as good as is said."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from search_core.engine.checkpoints.low_rank_folder import WEIGHTS, read_low_rank
from search_core.models import SHIPPED, read_catalogue
from search_core.models.entries import ModelEntry, Sizes

NAME = "smollm2-countdown"
CATALOGUE = read_catalogue()
ENTRIES: dict[str, ModelEntry] = {
    "solver": CATALOGUE.solvers[NAME],
    "verifier": CATALOGUE.verifiers[NAME],
}
ROOT = SHIPPED.parents[1]
MEASURED = json.loads((ROOT / "assets/results/tuning_three_numbers.json").read_text("utf-8"))


def folder_of(role: str) -> Path:
    return SHIPPED.parent / ENTRIES[role].model


def shapes(sizes: Sizes) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of each matrix of a layer."""
    heads, keys = sizes.heads * sizes.head_size, sizes.key_value_heads * sizes.head_size
    inside, wide = sizes.hidden, sizes.feed_forward
    return {
        "self_attn.q_proj": (heads, inside),
        "self_attn.k_proj": (keys, inside),
        "self_attn.v_proj": (keys, inside),
        "self_attn.o_proj": (inside, heads),
        "mlp.gate_proj": (wide, inside),
        "mlp.up_proj": (wide, inside),
        "mlp.down_proj": (inside, wide),
    }


@pytest.mark.parametrize("role", ENTRIES)
def test_the_changes_fit_the_base_that_the_catalogue_names(role: str) -> None:
    entry, changes = ENTRIES[role], read_low_rank(folder_of(role))
    base = CATALOGUE.solvers["smollm2-135m"]
    assert changes.base == entry.base == base.model
    assert entry.sizes is not None
    assert base.sizes is not None
    assert entry.sizes.model_copy(update={"outputs": None}) == base.sizes
    head = 0 if role == "solver" else 2 * (base.sizes.hidden + 1)
    assert entry.parameters == (base.parameters or 0) + head
    assert (changes.labels, changes.ends_in) == (
        (0, "ForCausalLM") if role == "solver" else (2, "ForTokenClassification")
    )
    assert len(changes.modules) == 7 * 20
    weights = load_file(changes.file)
    for module in changes.modules:
        layer, matrix = re.fullmatch(r".*layers\.(\d+)\.(.+)", module).groups()  # type: ignore[union-attr]
        out, given = shapes(base.sizes)[matrix]
        a, b = (weights.pop(f"base_model.model.{module}.lora_{part}.weight") for part in "AB")
        assert 10 <= int(layer) < base.sizes.layers
        assert (tuple(a.shape), tuple(b.shape)) == ((8, given), (out, 8))
        assert a.isfinite().all()
        assert b.isfinite().all()
        assert b.abs().max() > 0
    assert {name.rpartition("score.")[2] for name in weights} == (
        {"weight", "bias"} if head else set()
    )
    assert all(torch.isfinite(weight).all() for weight in weights.values())


@pytest.mark.parametrize("role", ENTRIES)
def test_a_folder_has_a_few_megabytes_and_a_card(role: str) -> None:
    folder = folder_of(role)
    assert (folder / WEIGHTS).stat().st_size < 4_000_000
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: apache-2.0\n")
    assert "SmolLM2-135M-Instruct" in card
    made = json.loads((folder / "espalier.json").read_text(encoding="utf-8"))["tuned"]
    assert made["largest"] == MEASURED["settings"]["largest"]
    assert made["tokens"] == (275_452 if role == "solver" else 56_011)


def percent(estimate: Any, sign: str = "") -> str:
    """As cards and guide say it: "56 [39, 72]"."""
    mean, low, high = (round(100 * estimate[name]) for name in ("value", "low", "high"))
    return f"{mean:{sign}} [{low}, {high}]"


@pytest.mark.parametrize("page", ["models/verifier-smollm2/README.md", "guide/tuning_tried.md"])
def test_what_is_said_was_measured(page: str) -> None:
    text = (SHIPPED.parent / page).read_text(encoding="utf-8")
    for name, estimate in MEASURED["right"].items():
        if not name.startswith("weighted"):
            assert percent(estimate["average"]) in text, name
    for name, estimates in MEASURED["auroc_within_problem"].items():
        mean, low, high = (
            f"{estimates['average'][key]:.2f}".lstrip("0") for key in ("value", "low", "high")
        )
        assert f"{mean} [{low}, {high}]" in text, name


def test_what_is_said_of_expressions_was_measured() -> None:
    """Where greedy answers are in the band that was aimed at, the verifier's choice is worse."""
    found = json.loads((ROOT / "assets/results/tuning_expressions.json").read_text("utf-8"))
    text = (ROOT / "assets/guide/tuning_tried.md").read_text(encoding="utf-8")
    right, gained = found["right"], found["more_than_greedy"]
    for name, estimates in right.items():
        if name != "weighted by judge":
            assert percent(estimates["expression"]) in text, name
    assert percent(right["best by verifier"]["countdown"]) in text
    assert 0.2 <= right["greedy"]["expression"]["value"] <= 0.6
    assert gained["best by verifier"]["expression"]["high"] < 0
    for estimates in found["auroc_within_problem"].values():
        low, high = (f"{estimates['expression'][key]:.2f}".lstrip("0") for key in ("low", "high"))
        assert f"[{low}, {high}]" in text


def test_it_is_shipped_because_it_is_clearly_better() -> None:
    gained = MEASURED["more_than_greedy"]["best by verifier"]["average"]
    assert gained["low"] > 0.2
    areas = MEASURED["auroc_within_problem"]
    for other in ("judge", "log-probability"):
        assert areas["verifier"]["average"]["low"] > areas[other]["average"]["high"]
