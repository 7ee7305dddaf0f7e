"""The guide's format of one class and one row: read here, and over servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from search_core.protocols import ScoreRequest, Verifier
from search_core.remote import RemoteAddress, open_verifier
from search_core.verifiers import FORMATS, add_format, format_table, load_verifier
from search_core.verifiers.format_choice import list_of_formats
from tests.fake_server import FakeServer
from tests.pages import GUIDE, fences
from tests.tiny_models import tiny_solver, tiny_tokenizer

NAME = "numbered_lines"
PROBLEM, STEPS = "What is 3 + 4?", ("3 + 4 = 7.", "Check it\nonce.", "The answer is 7.")


def go_on() -> bool:
    return False


def scores(verifier: Verifier, first: int = 0, finished: bool = True) -> tuple[float, ...]:
    asked = ScoreRequest(PROBLEM, STEPS, first, finished, (0.0,) * len(STEPS))
    return verifier.score([asked], go_on)[0].scores


@pytest.fixture(scope="module")
def example() -> Iterator[dict[str, Any]]:
    """The names that the example defines; its row stands in the table meanwhile."""
    known = dict(format_table._by_name)
    [code] = [code for code in fences(GUIDE / "extending.md", "python") if "add_format(" in code]
    names: dict[str, Any] = {}
    exec(compile(code, "extending.md", "exec"), names)
    yield names
    format_table._by_name.clear()
    format_table._by_name.update(known)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_solver(tmp_path_factory.mktemp("lines"), seed=3, max_position_embeddings=512)


@pytest.fixture(scope="module")
def expected(folder: Path) -> list[float]:
    """By the plain model over the whole text, as the example's row says it."""
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    tokenizer = tiny_tokenizer()
    yes, no = (tokenizer(word)["input_ids"][-1] for word in ("yes", "no"))
    found = []
    for end in range(1, len(STEPS) + 1):
        lines = [f"\n{n}. {step}\nRight?" for n, step in enumerate(STEPS[:end], 1)]
        text = "".join([f"Problem: {PROBLEM}", *lines])
        with torch.inference_mode():
            logits = model(torch.tensor([tokenizer(text)["input_ids"]])).logits[0, -1]
        found.append(float(logits[[yes, no]].softmax(-1)[0]))
    assert max(found) - min(found) > 1e-3
    return found


@pytest.mark.usefixtures("example")
def test_it_is_read_in_this_process(folder: Path, expected: list[float]) -> None:
    verifier = load_verifier(folder, format=NAME, device="cpu", dtype="float32")
    assert scores(verifier) == pytest.approx(expected, abs=1e-4)
    assert scores(verifier, first=1, finished=False) == pytest.approx(expected[1:], abs=1e-4)


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("maker", ["vllm", "sglang", "llamacpp"])
@pytest.mark.parametrize("ours", [False, True], ids=["its own tokenizer", "ours"])
def test_it_is_read_over_every_server(
    folder: Path, expected: list[float], maker: str, ours: bool
) -> None:
    server = FakeServer(folder, maker=maker)
    try:
        named = f"&tokenizer={folder}" if ours else ""
        remote = open_verifier(RemoteAddress.parse(f"{server.url}#format={NAME}{named}"))
        assert scores(remote) == pytest.approx(expected, abs=1e-3)
        assert scores(remote, first=2) == pytest.approx(expected[2:], abs=1e-3)
    finally:
        server.close()


def test_help_and_messages_list_it(example: dict[str, Any]) -> None:
    assert f"\n  {NAME}: numbered lines" in list_of_formats()
    with pytest.raises(ValueError, match=f"one of: .*{NAME}"):
        open_verifier(RemoteAddress.parse("http://localhost:1/v1"))
    with pytest.raises(ValueError, match=f"a verifier format {NAME} already"):
        add_format(FORMATS[NAME])
    assert FORMATS[NAME].texts is example["NumberedLines"]
