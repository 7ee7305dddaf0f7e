"""One checkpoint in two roles is in memory once, and neither disturbs the other."""

from __future__ import annotations

import gc
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from search_core.engine.checkpoints import loading
from search_core.models import ModelPair, memory_line, readable_bytes
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.decoding import go_on
from tests.tiny_models import tiny_solver, tiny_verifier

SCORED = [ScoreRequest("1 + 2", ("a step.", "b"), 0, False, (None, None))]
ASKED = [SampleRequest("1 + 2", (), seed) for seed in range(4)]
SAMPLING = Sampling(1.0, 1.0, 12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_solver(tmp_path / "both", max_position_embeddings=512)


def places(loaded: Any) -> set[int]:
    return {tensor.data_ptr() for tensor in loaded._loaded.model.parameters()}


def test_a_solver_that_judges_stands_on_its_own_weights(folder: Path) -> None:
    solver = load_solver(folder, device="cpu")
    alone = [sample.text for sample in solver.sample(ASKED, SAMPLING, go_on)]
    judge = load_verifier(folder, format="judge", device="cpu")
    assert places(solver) == places(judge)
    one, other = solver._loaded, judge._loaded  # type: ignore[union-attr]
    assert one.model is not other.model
    assert one.model.config is not other.model.config
    assert one.lock is not other.lock
    assert one.tokenizer is not other.tokenizer
    scores = judge.score(SCORED, go_on)
    again = [sample.text for sample in solver.sample(ASKED, SAMPLING, go_on)]
    assert again == alone
    found: list[Any] = []
    work = threading.Thread(target=lambda: found.append(judge.score(SCORED, go_on)))
    work.start()
    assert [sample.text for sample in solver.sample(ASKED, SAMPLING, go_on)] == alone
    work.join()
    assert found[0][0].scores == pytest.approx(scores[0].scores, abs=1e-5)


def test_another_precision_class_or_content_is_another_model(folder: Path) -> None:
    solver = load_solver(folder, device="cpu", dtype="float32")
    half = load_solver(folder, device="cpu", dtype="bfloat16")
    assert not places(solver) & places(half)
    generation = folder / "generation_config.json"
    generation.write_text('{"eos_token_id": [3, 9]}', encoding="utf-8")
    changed = load_solver(folder, device="cpu", dtype="float32")
    assert changed._loaded.model.generation_config.eos_token_id == [3, 9]
    assert solver._loaded.model.generation_config.eos_token_id == 3
    copy = shutil.copytree(folder, folder.parent / "other")
    assert not places(solver) & places(load_solver(copy, device="cpu", dtype="float32"))


@dataclass
class State:
    """As bitsandbytes keeps an 8-bit layer's weights once it was used."""

    CB: torch.Tensor | None
    SCB: torch.Tensor | None = None
    used: int = 0


def test_a_quantised_checkpoint_in_two_roles_is_loaded_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a stand-in for bitsandbytes, which needs CUDA: what it is told is tested elsewhere."""
    monkeypatch.setattr(
        loading, "quantisation", lambda *_: (torch.float32, {"attn_implementation": "sdpa"})
    )
    solver = load_solver(folder, device="cpu", dtype="int8")
    layer = solver._loaded.model.lm_head
    layer.state = State(layer.weight.data)
    judge = load_verifier(folder, format="judge", device="cpu", dtype="int8")
    assert places(solver) == places(judge)
    other = judge._loaded.model.lm_head.state  # type: ignore[union-attr]
    assert other is not layer.state
    assert other.CB is layer.state.CB
    assert solver.info.dtype == judge.info.dtype == "int8"
    assert not places(solver) & places(load_solver(folder, device="cpu", dtype="int4"))


def test_weights_are_read_once_and_let_go_with_their_last_user(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    check = loading.check_weights

    def counted(checkpoint: Any, *more: Any) -> None:
        checked.append(checkpoint.name)
        check(checkpoint, *more)

    monkeypatch.setattr(loading, "check_weights", counted)
    solver = load_solver(folder, device="cpu")
    judge = load_verifier(folder, format="judge", device="cpu")
    assert checked == ["both"]
    del solver, judge
    gc.collect()
    load_solver(folder, device="cpu")
    assert checked == ["both", "both"]


def test_what_is_there_once_counts_once(folder: Path, tmp_path: Path) -> None:
    pair = ModelPair(str(folder), str(folder), device="cpu", verifier_format="judge")
    weights = pair.solver.info.weight_bytes
    assert weights
    assert pair.verifier.info.weight_bytes == weights
    assert f"{readable_bytes(weights)} of weights" in memory_line(pair)
    two = ModelPair(str(folder), str(tiny_verifier(tmp_path / "prm")), device="cpu")
    sizes = [two.solver.info.weight_bytes, two.verifier.info.weight_bytes]
    assert f"{readable_bytes(sum(size or 0 for size in sizes))} of weights" in memory_line(two)


def test_the_twin_computes_what_a_model_of_its_own_does(folder: Path) -> None:
    first = load_solver(folder, device="cpu")
    second = load_solver(folder, device="cpu")
    ids = torch.arange(4, 20)[None]
    with torch.no_grad():
        one, other = (each._loaded.model(input_ids=ids).logits for each in (first, second))
    assert torch.equal(one, other)
