"""The models that the repository ships are real, whole, and as their cards say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForTokenClassification,
    AutoTokenizer,
)

from search_core.embedded import grade, read_problem
from search_core.embedded.training.export import revision_of

MODELS = Path(__file__).parents[2] / "assets" / "models"
PROMPT = "<|user|>What is 3 + 4 * 5?<|assistant|>"

pytestmark = pytest.mark.models


@pytest.mark.parametrize("name", ["embedded-solver", "embedded-verifier"])
def test_cards_match_the_weights(name: str) -> None:
    facts = json.loads((MODELS / name / "espalier.json").read_text())
    assert facts["revision"] == revision_of(MODELS / name)
    assert (MODELS / name / "model.safetensors").stat().st_size < 16_000_000
    assert (MODELS / name / "README.md").read_text().startswith("---\nlicense: apache-2.0")


def test_the_solver_solves_an_easy_problem() -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODELS / "embedded-solver")
    model = AutoModelForCausalLM.from_pretrained(MODELS / "embedded-solver", dtype=torch.float32)
    tokens = tokenizer(PROMPT, return_tensors="pt")
    out = model.generate(**tokens, do_sample=False, temperature=None, top_p=None)
    text = tokenizer.decode(out[0, tokens["input_ids"].shape[1] :]).removesuffix("<|end|>")
    assert grade(read_problem("What is 3 + 4 * 5?"), text.split("\n\n")).correct


def test_the_verifier_prefers_a_right_solution_to_a_wrong_one() -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODELS / "embedded-verifier")
    model = AutoModelForTokenClassification.from_pretrained(
        MODELS / "embedded-verifier", dtype=torch.float32
    )
    scores = []
    for product, answer in ((20, 23), (21, 24)):
        solution = (
            f"4 * 5 = {product}, now 3 + {product}\n\n3 + {product} = {answer}\n\n"
            f"The answer is {answer}.<|end|>"
        )
        tokens = tokenizer(PROMPT + solution, return_tensors="pt")
        with torch.inference_mode():
            scores.append(float(model(**tokens).logits.softmax(-1)[0, -1, 1]))
    assert scores[0] > 0.8
    assert scores[1] < 0.2
