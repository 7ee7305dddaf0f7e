"""The shipped models go through the same loading and engine as any others."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from search_core import search
from search_core.engine.path_tokens import PathTokens
from search_core.models import HoldsMemory, open_pair
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.solvers import load_solver
from search_core.strategies.single_stream import FORCED_TEXTS
from search_core.verifiers import load_verifier
from tests.waiting import wait_until

MODELS = Path(__file__).resolve().parent.parent / "assets" / "models"
PROBLEM = "What is 3 + 4 * 5 - 2?"
pytestmark = pytest.mark.models


def go_on() -> bool:
    return False


def shipped(name: str) -> Path:
    if not (MODELS / name / "model.safetensors").exists():
        pytest.skip(f"{name} has not been trained yet")
    return MODELS / name


def test_greedy_solution_equals_generate() -> None:
    solver = load_solver(shipped("solver-small"), device="cpu")
    tokenizer, model = solver._loaded.tokenizer, solver._loaded.model
    steps: list[str] = []
    for _ in range(12):
        (sample,) = solver.sample(
            [SampleRequest(PROBLEM, tuple(steps), 0)], Sampling(0, 1, 64), go_on
        )
        steps.append(sample.text)
        if sample.ended != "step":
            break
    messages = [{"role": "user", "content": PROBLEM}]
    prompt = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    whole = model.generate(**prompt, max_new_tokens=400, do_sample=False)
    text = tokenizer.decode(whole[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True)
    assert "\n\n".join(steps) == text


def test_verifier_scores_a_path_step_by_step() -> None:
    verifier = load_verifier(shipped("verifier-small"), device="cpu")
    steps = ("4 * 5 = 20, now 3 + 20 - 2", "3 + 20 = 23, now 23 - 2")
    last = (*steps, "23 - 2 = 21", "The answer is 21.")
    requests = [
        ScoreRequest(PROBLEM, steps, 0, False, (0.0,) * 2),
        ScoreRequest(PROBLEM, last, 0, True, (0.0,) * 4),
    ]
    open_path, finished = verifier.score(requests, go_on)
    assert torch.tensor(open_path.scores) == pytest.approx(
        torch.tensor(finished.scores[:2]), abs=1e-4
    )
    assert all(0 <= score <= 1 for score in finished.scores)


def test_words_put_into_its_mouth_are_read_back_as_they_were_written() -> None:
    loaded = load_solver(shipped("solver-small"), device="cpu")._loaded
    paths = PathTokens(loaded.tokenizer)
    for word in FORCED_TEXTS:
        asked = paths.path(PROBLEM, ("The answer is 9.",), opening=word)
        for rest in ("", ", back to 3 7.", " 4 + 5 = 9", "."):
            later = paths.path(PROBLEM, ("The answer is 9.", word + rest))
            assert later[: len(asked)] == asked


def test_a_pair_that_was_warmed_up_and_searched_keeps_nothing() -> None:
    """What a run held is freed when it ends, and nobody holds what the warm-up read."""
    pair = open_pair("small", "small", device="cpu")
    pair.warm_up().join()
    search(PROBLEM, "beam_search", solver=pair.solver, verifier=pair.verifier, n=4)
    assert isinstance(pair.solver, HoldsMemory)
    assert isinstance(pair.verifier, HoldsMemory)
    models: list[HoldsMemory] = [pair.solver, pair.verifier]

    def held() -> list[int]:
        return [model.memory() for model in models]

    # It happens on the models' own threads.
    wait_until(lambda: held() == [0, 0], "Freeing what the run held")
