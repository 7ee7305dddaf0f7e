"""Servers that the contract of remote models is held against: the fake one, or a real one.

`tests/vllm/run.sh` and its siblings start real ones and name them in the environment; without that
each is a fake over the same checkpoint.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fake_server import FakeServer
from tests.tiny_models import tiny_verifier

ROOT = Path(__file__).resolve().parents[1]
SOLVER = ROOT / "assets" / "models" / "solver-small"
GOLDEN = ROOT / "tests" / "golden" / "prm"
REAL = {
    "solver": "ESPALIER_TEST_SERVER",
    "rlhflow": "ESPALIER_TEST_RLHFLOW",
    "math_shepherd": "ESPALIER_TEST_MATH_SHEPHERD",
    "qwen_prm": "ESPALIER_TEST_QWEN_PRM",
    "token_classification": "ESPALIER_TEST_TOKEN_CLASSIFICATION",
}


def is_real(name: str) -> bool:
    """Whether a real server was named for this model."""
    return bool(os.environ.get(REAL[name]))


def makers(name: str) -> list[str]:
    """Kinds of servers that a test of this model is run against."""
    return ["real"] if is_real(name) else ["vllm", "sglang", "llamacpp"]


def lacking(maker: str) -> set[str]:
    """What this server is known not to do: "n" (one sample a request), "seed" (the same seed gives
    other samples), "raw" (its log-probabilities are those after temperature), "ids" (it gives none
    of its samples).

    ESPALIER_TEST_WITHOUT says so of a real one.
    """
    if maker == "real":
        return set(os.environ.get("ESPALIER_TEST_WITHOUT", "").split())
    return {"seed", "raw", "ids"} if maker == "sglang" else set()


@contextmanager
def address_of(name: str, folder: Path, maker: str = "vllm") -> Iterator[str]:
    """Base address of a server of this model."""
    real = os.environ.get(REAL[name])
    if real:
        yield real
        return
    kinds = {"qwen_prm": "qwen_prm", "token_classification": "classifier"}
    kind = kinds.get(name, "language model")
    server = FakeServer(folder, kind, maker=maker, context=1024)
    try:
        yield server.url
    finally:
        server.close()


def classifier(folder: Path) -> Path:
    """Saves a random token classifier, always the same, with heads that vLLM can compute."""
    return tiny_verifier(
        folder, hidden_size=64, num_attention_heads=2, num_key_value_heads=1, head_dim=32
    )
