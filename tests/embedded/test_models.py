"""The models that the repository ships are real, whole, and as their cards say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
)

from search_core import search
from search_core.embedded import FAMILIES, grade, read_problem
from search_core.embedded.training.export import revision_of
from search_core.protocols import ScoreRequest
from search_core.verifiers import load_verifier

MODELS = Path(__file__).parents[2] / "assets" / "models"
PROMPT = "<|user|>What is 3 + 4 * 5?<|assistant|>"

pytestmark = pytest.mark.models


NAMES = [
    "solver-small",
    "solver-large",
    "verifier-small",
    "verifier-large",
    "verifier-outcome",
    "verifier-early",
]


@pytest.mark.parametrize("name", NAMES)
def test_cards_match_the_weights(name: str) -> None:
    metadata = json.loads((MODELS / name / "espalier.json").read_text())
    assert metadata["revision"] == revision_of(MODELS / name)
    assert (MODELS / name / "model.safetensors").stat().st_size < 16_000_000
    assert (MODELS / name / "README.md").read_text().startswith("---\nlicense: apache-2.0")


def test_the_solver_solves_an_easy_problem() -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODELS / "solver-small")
    model = AutoModelForCausalLM.from_pretrained(MODELS / "solver-small", dtype=torch.float32)
    tokens = tokenizer(PROMPT, return_tensors="pt")
    out = model.generate(**tokens, do_sample=False, temperature=None, top_p=None)
    text = tokenizer.decode(out[0, tokens["input_ids"].shape[1] :]).removesuffix("<|end|>")
    assert grade(read_problem("What is 3 + 4 * 5?"), text.split("\n\n")).correct


@pytest.mark.parametrize(
    ("problem", "right", "wrong"),
    [
        (
            "Jonas has 45 markers. Jonas doubles the number of markers. "
            "Maya gives 10 markers to Jonas. How many markers does Jonas have now?",
            "Jonas doubles the number of markers. 45 * 2 = 90\n\n"
            "Maya gives 10 markers to Jonas. 90 + 10 = 100\n\nThe answer is 100.",
            "Jonas doubles the number of markers. 45 * 2 = 90\n\n"
            "Maya gives 10 markers to Jonas. 90 - 10 = 80\n\nThe answer is 80.",
        ),
        (
            "Use 3, 7, 8 and 25 to make 24.",
            "25 - 8 = 17, left 3 7 17\n\n17 + 7 = 24, left 3 24\n\nThe answer is 24.",
            "25 * 8 = 200, left 3 7 200\n\n200 - 7 = 193, left 3 193\n\nThe answer is 193.",
        ),
        (
            "What is 2 + 3 * 4?",
            "3 * 4 = 12, now 2 + 12\n\n2 + 12 = 14\n\nThe answer is 14.",
            "2 + 3 = 5, now 5 * 4\n\n5 * 4 = 20\n\nThe answer is 20.",
        ),
    ],
)
def test_the_verifier_prefers_a_right_solution(problem: str, right: str, wrong: str) -> None:
    verifier = load_verifier(MODELS / "verifier-small", device="cpu")
    asked = [
        ScoreRequest(problem, steps, len(steps) - 1, True, (0.0,) * len(steps))
        for steps in (tuple(solution.split("\n\n")) for solution in (right, wrong))
    ]
    better, worse = (one.scores[-1] for one in verifier.score(asked, lambda: False))
    assert better > worse


@pytest.mark.parametrize("strategy", ["best_of_n", "beam_search", "dvts"])
def test_a_search_solves_what_is_offered_to_try_first(strategy: str) -> None:
    """Whoever tries it would take anything else for a broken app."""
    for family in FAMILIES.values():
        found = search(family.first, strategy=strategy, n=16, seed=1)
        assert found.answer == read_problem(family.first).answer, family.name
