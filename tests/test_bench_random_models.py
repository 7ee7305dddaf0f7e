"""Models with random weights: they write what a benchmark wants them to write."""

from __future__ import annotations

import pytest
import torch

from search_core.bench.random_models import (
    LLAMA_1B,
    LLAMA_8B,
    MID,
    letter_tokenizer,
    random_problem,
    random_solver,
    tiny,
)
from search_core.engine.path_tokens import PathTokens
from search_core.protocols import SampleRequest
from search_core.solvers import TransformersSolver
from tests.benching import SAMPLING, TINY, go_on


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("tied", [True, False])
def test_a_random_model_writes_steps_of_drawn_lengths(tied: bool, dtype: torch.dtype) -> None:
    shape = tiny(tied=tied, shortest=4, longest=12)
    solver = TransformersSolver(random_solver(shape, dtype=dtype))
    problem = random_problem(shape, 10, 0)
    requests = [SampleRequest(problem, (), seed, seed) for seed in range(300)]
    steps = solver.sample(requests, SAMPLING, go_on)
    assert {step.ended for step in steps} == {"step"}
    assert {step.tokens for step in steps} == set(range(4, 13))
    assert all(len(step.text) == step.tokens - 1 for step in steps)
    assert len({step.text for step in steps}) > 0.9 * len(steps)  # short ones may meet
    # A step that follows another one has a length of its own too.
    later = solver.sample([SampleRequest(problem, (s.text,), 7) for s in steps], SAMPLING, go_on)
    assert {step.tokens for step in later} <= set(range(4, 13))
    assert {step.ended for step in later} == {"step"}


def test_text_and_tokens_of_a_random_model_say_the_same() -> None:
    tokenizer = letter_tokenizer(TINY)
    paths = PathTokens(tokenizer)
    problem = random_problem(TINY, 20, 3)
    assert len(paths.prompt(problem)) == 20
    ids = list(range(5, 5 + TINY.letters))
    assert paths.step(paths.texts.text(ids)) == (*ids, 4)
    assert random_problem(TINY, 20, 3) == problem != random_problem(TINY, 20, 4)


def test_the_shapes_are_those_of_the_models_they_are_called_after() -> None:
    from transformers import LlamaForCausalLM, LlamaForTokenClassification

    with torch.device("meta"):
        sizes = [
            sum(weight.numel() for weight in kind(shape.config(num_labels=2)).parameters())
            for shape, kind in (
                (MID, LlamaForCausalLM),
                (LLAMA_1B, LlamaForCausalLM),
                (LLAMA_8B, LlamaForCausalLM),
                (LLAMA_8B, LlamaForTokenClassification),
            )
        ]
    assert sizes[0] == pytest.approx(24e6, rel=0.03)
    assert sizes[1:3] == [1_235_814_400, 8_030_261_248]
    assert sizes[3] == sizes[2] - LLAMA_8B.vocabulary * LLAMA_8B.hidden + 2 * LLAMA_8B.hidden + 2


def test_a_shape_without_room_for_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="hidden size of 204"):
        random_solver(tiny(shortest=30, longest=100, vocabulary=300))
